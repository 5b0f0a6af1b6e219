"""Uploads that were saved here: their codes come back, or one sentence says why not."""

import shutil
from base64 import b64decode
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from pydantic import ValidationError

from explorer.page import going, saving, ui
from explorer.page.tabs import attributes, breed, paths, restore, sample, search, teach
from explorer.pictures.picture import PHOTO, Picture
from explorer.pictures.recipe import FORGED, KEY, Kin
from explorer.pictures.render import png_bytes, to_pil
from explorer.session.again import repaired, ways
from explorer.session.examples import astronaut
from explorer.session.family import Family
from explorer.session.saved import drawn, found, recipe, replay
from explorer.session.state import Session, Unavailable
from tests.explorer.conftest import CHECKPOINTS, event
from training.codes.damage import BLUR, LOW, NOISE, REGION
from training.errors import UserError


@pytest.fixture
def told(monkeypatch) -> list[str]:
    said: list[str] = []
    for module in (saving, going):
        monkeypatch.setattr(module, "warn", lambda message, **how: said.append(message))
    return said


@pytest.fixture
def edited(session):
    """What is said of an edit of a photo, which no link can name."""
    session.tab = "attributes"
    session.put("attributes", session.photo(astronaut(), "photo"))
    session.of(attributes.Changes).amounts = {"Smiling": 2.0}
    attributes.edit(session)
    return saving.said(session, {"key": "", "grid": "attributes", "index": 0})


def test_a_picture_that_was_saved_comes_back_with_codes_and_page(session, edited, tmp_path, told):
    code = session.grids["attributes"].codes["celeba32/faae"][0]
    path = tmp_path / "saved.png"
    path.write_bytes(edited.into(drawn(edited, found(edited, session.catalogue.models))))
    session.of(attributes.Changes).amounts = {}
    picture = saving.uploaded(session, path, "saved.png")
    assert picture.label == "Smiling +2" and session.shelf[0] is picture
    assert torch.allclose(picture.codes["celeba32/faae"], code, atol=1e-6)
    session.put("attributes", picture)
    session.tab = "morph"
    going.restore(session, session.find(picture.id), {})
    assert session.tab == "attributes"
    assert session.slots["attributes"].label == "photo, drawn from its code"
    attributes.show(session, "mean")
    assert session.of(attributes.Changes).amounts == {"Smiling": 2.0}
    session.put("attributes", session.tile("attributes", 0))
    attributes.show(session, "mean")
    assert session.of(attributes.Changes).amounts == {}  # of another that was edited
    assert len(told) == 1 and told[0].startswith(
        "A saved file holds no uploads: in place of 'photo'"
    )
    with pytest.raises(Unavailable, match="does not say how it was made"):
        going.restore(session, session.slots["attributes"], {})


def test_a_page_is_restored_where_its_models_have_other_names(session, edited, tmp_path, told):
    for name, called in zip(session.names, ("one", "other"), strict=True):
        shutil.copytree(CHECKPOINTS / name, tmp_path / "mine" / called)
    other = Session(str(tmp_path))
    going.restore(other, Picture("saved", PHOTO, astronaut(), saved=edited), {})
    assert other.tab == "attributes" and other.names == ["mine/one", "mine/other"]
    assert {*other.slots["attributes"].codes} == {*other.names}
    assert other.of(attributes.Changes).amounts == {"Smiling": 2.0}


def test_what_no_file_can_hold_is_one_sentence(session):
    with pytest.raises(UserError, match="A file cannot hold all that made this"):
        recipe(session, "x" * 10**7, [])


@pytest.mark.parametrize("fault", ["forged", "another model"])
def test_a_file_of_others_is_one_sentence_and_a_picture_like_any(
    session, edited, tmp_path, told, fault
):
    text = "{}"
    if fault == "another model":
        text = edited.model_copy(update={"weights": {"theirs/faae": "0" * 64}}).text
    path, before = tmp_path / "other.png", [*session.shelf]
    path.write_bytes(png_bytes(astronaut(), more={KEY: text}))
    picture = saving.uploaded(session, path, "other.png")
    assert picture.real and picture.crop.found and picture.saved is None
    assert session.shelf == [picture, *before]
    why = FORGED if fault == "forged" else "It was drawn by 'theirs/faae', with weights that"
    assert len(told) == 1 and told[0].startswith(why)
    assert told[0].endswith("It is taken as any other picture.")


def test_a_restored_page_has_drawn_pictures_as_they_were(session, tmp_path, told):
    session.tab = "attributes"
    sample.show(session, 0, 4, 1.0)
    session.put("attributes", replace(session.tile("sample", 1), label="mixed", reference=""))
    attributes.show(session, "mean")
    path = tmp_path / "saved.png"
    path.write_bytes(b64decode(asked_for(session, 0)["src"].partition(",")[2]))
    going.restore(session, saving.uploaded(session, path, path.name), {})
    assert session.slots["attributes"].label == "mixed" and told == []


def asked_for(session, index: int) -> dict:
    return saving.saved(session, {"key": "", "grid": session.tab, "index": index})


def is_saved(session, index: int, path: Path) -> bool:
    """Whether a tile of the open tab is saved as it is, by its label, and says where it was."""
    picture = session.tile(session.tab, index)
    file = asked_for(session, index)
    path.write_bytes(b64decode(file["src"].partition(",")[2]))
    pixels = np.asarray(Image.open(path)).transpose(2, 0, 1) / 255
    again = saving.uploaded(session, path, file["name"])
    where = f"tab={session.tab}" in again.saved.query and again.saved.result is None
    alike = np.abs(pixels - picture.pixels(256).numpy()).max() < 0.01
    return again.real and where and alike and file["name"] != "morph.png"


def test_a_found_picture_without_a_code_is_saved_and_no_program(session, tmp_path, told):
    session.tab = search.NAME
    session.put(search.NAME, session.examples()[1])
    session.keep(session.examples()[2])
    search.ask(session, search.MINE, [], [], "all", 5)
    assert is_saved(session, 0, tmp_path / "found.png") and told == []
    for asked in ({"grid": search.NAME, "index": 0}, {}):
        with pytest.raises(Unavailable, match="no program to copy"):
            saving.python(session, {"key": "", **asked})
    with pytest.raises(Unavailable, match="tile is gone"):
        saving.saved(session, {"key": ""})


def test_a_restored_picture_is_saved_and_a_program(session, tmp_path, told, monkeypatch):
    monkeypatch.setattr(restore, "STEPS", restore.EVERY)
    session.tab = restore.NAME
    session.put(restore.NAME, session.examples()[1])
    restore.show(session, REGION, 5, 10, 4, False)
    assert [*restore.invert(session)]
    path, found = tmp_path / "restored.png", session.grids[restore.NAME].repaired(1)
    one, other = (each.stages["restored"][0] for each in found.values())
    path.write_bytes(b64decode(asked_for(session, 1)["src"].partition(",")[2]))
    sheet = Image.open(path)  # of both models, under their titles
    assert sheet.width == 2 * 256 + 8 and sheet.height > 256
    for image, left in ((one, 0), (other, 264)):
        shown = sheet.crop((left, 0, left + 256, 256))
        assert shown.tobytes() == to_pil(image, 256).tobytes()
    session.names = session.names[:1]
    restore.show(session, REGION, 5, 10, 4, False)
    assert [*restore.invert(session)]
    assert is_saved(session, 1, path) and told == []
    assert "restore(" in saving.python(session, {"grid": restore.NAME, "index": 1})["text"]


@pytest.mark.parametrize("damaged", [False, True])
@pytest.mark.parametrize("kind", [REGION, BLUR, NOISE, LOW])
def test_what_is_restored_of_an_upload_is_made_again(session, tmp_path, monkeypatch, kind, damaged):
    monkeypatch.setattr(restore, "STEPS", restore.EVERY)
    session.tab = restore.NAME
    session.put(restore.NAME, session.photo(astronaut(), "me.png"))
    restore.show(session, kind, 5, 10, 4, damaged)
    assert [*restore.invert(session)]
    path, shown = tmp_path / "restored.png", session.grids[restore.NAME].repaired(1)
    path.write_bytes(b64decode(asked_for(session, 1)["src"].partition(",")[2]))
    said, again = replay(path, session.catalogue.models)
    assert again.apart == 0 and f"tab={restore.NAME}" in said.query
    images = repaired(said.repair, found(said, session.catalogue.models))
    for image, each in zip(images, shown.values(), strict=True):
        assert torch.allclose(image, each.stages["restored"][0], atol=1e-4)


def test_a_sheet_of_paths_is_made_again_as_far_as_they_were_found(session, tmp_path):
    session.tab, asked = paths.NAME, {"key": "", "grid": paths.NAME, "sheet": True}
    session.put("key-1", session.photo(astronaut(), "me.png"))
    paths.show(session, 3, 1.5)
    with pytest.raises(Unavailable, match="no paths to save"):
        saving.saved(session, asked)
    session.put("key-2", session.examples()[2])
    paths.show(session, 3, 1.5)
    search = paths.bend(session, 3, 1.5)
    next(search), next(search)
    paths.stop(session, 3, 1.5)
    file, path = saving.saved(session, asked), tmp_path / "paths.png"
    path.write_bytes(b64decode(file["src"].partition(",")[2]))
    said, again = replay(path, session.catalogue.models)
    assert file["name"] == path.name and again.apart == 0
    assert [each.label for each in said.paths] == ["linear", "spherical", "geodesic"]
    assert again.picture.height > 2 * 3 * said.px and again.picture.width > 4 * said.px
    for kind, codes in session.grids[paths.NAME].paths.items():
        for model, each in ways(said.paths, found(said, session.catalogue.models)).items():
            assert torch.allclose(each.ways[kind].codes, codes[model.name], atol=1e-6)


def test_a_view_of_the_page_says_where_it_was(session):
    session.tab, session.controls = "sample", {"seed": 7}
    sample.show(session, 7, 4, 1.0)
    said = saving.said(session, {"key": ""})
    assert said.result is None and "tab=sample" in said.query and "seed=7" in said.query
    with pytest.raises(Unavailable, match="tile is gone"):
        saving.said(session, {"key": "", "grid": "map", "index": 0})


def test_a_file_says_what_of_its_tab_it_leaves_out(session):
    session.tab, asked = teach.NAME, {"key": ""}
    assert saving.view(session, asked)["lost"] == ""
    session.of(teach.Draft).lesson.sides[0].pictures = session.examples()[1:3]
    assert (
        saving.view(session, asked)["lost"]
        == "The file cannot hold what Teach is given: that stays on this page."
    )
    session.tab = "reconstruct"
    assert saving.view(session, asked)["lost"] == ""


def test_a_family_has_no_generation_that_no_one_bred():
    picture = {"label": "me", "codes": {"celeba32/faae": "AAAA"}}
    kin = {"picture": picture, "parents": [], "generation": 4_000}
    assert Kin.model_validate(kin).generation == 4_000
    with pytest.raises(ValidationError, match="generation"):
        Kin.model_validate(kin | {"generation": 4_000_000_000})


def test_a_saved_child_brings_back_its_family(session, tmp_path, told):
    session.tab, inputs = breed.NAME, (0.3, 4, 0)
    session.put("parent-0", session.photo(astronaut(), "me.png"))
    breed.show(session, *inputs)
    for index, act in ((1, breed.go_on), (2, breed.go_on_crossed), (0, breed.go_on)):
        breed.choose(session, event(grid=breed.NAME, index=index))
        act(session, *inputs)
    *_, before, _ = breed.go_back(session, *inputs, event(id=[*session.of(Family).members][2]))
    file, path = asked_for(session, 1), tmp_path / "child.png"
    assert file["lost"] == ""
    path.write_bytes(b64decode(file["src"].partition(",")[2]))
    other = Session(session.root)
    other.put("parent-0", other.draw(9))
    going.restore(other, saving.uploaded(other, path, "child.png"), {})
    other.shown.clear()
    _, after, said, _ = breed.show(other, *inputs)
    assert other.tab == breed.NAME and said == ""

    def tree(value: list[dict]) -> list[tuple]:
        places = {each["id"]: at for at, each in enumerate(value)}
        return [
            (each["label"], [places[one] for one in each["parents"]], each["chosen"])
            for each in value
        ]

    assert len(after) == 4 and tree(after) == tree(before)
    for one, now in zip(session.of(Family).pictures, other.of(Family).pictures, strict=True):
        for name in session.names:
            assert torch.allclose(one.codes[name], now.codes[name], atol=1e-6)


def test_a_restored_page_is_drawn_anew_with_no_more_than_it_had(session, tmp_path, navigation):
    session.tab, path = "paths", tmp_path / "saved.png"
    for slot, example in zip(paths.SLOTS[:2], session.examples(), strict=False):
        session.put(slot.name, example)
    paths.show(session, *[each.value for each in navigation.parts[paths.TAB].inputs])
    said = saving.said(session, {"key": "", "grid": "paths", "index": 0})
    path.write_bytes(said.into(drawn(said, found(said, session.catalogue.models))))
    session.put(paths.SLOTS[3].name, session.examples()[3])
    picture = saving.uploaded(session, path, "saved.png")
    going.restore(session, session.find(picture.id), {})
    assert session.slots.keys() == {slot.name for slot in paths.SLOTS[:2]}
    assert session.shown == {}
    ui.fill(paths.TAB, session)
    assert session.slots.keys() == {slot.name for slot in paths.SLOTS[:2]}
