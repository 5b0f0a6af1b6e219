"""Programs that the page writes run, and find what it shows."""

import numpy as np
import pytest
import torch
from PIL import Image

from explorer.page import saving, ui
from explorer.page.cropping import crop
from explorer.page.tabs import attributes, breed, discover, morph, reconstruct, sample, teach
from explorer.pictures.picture import PHOTO, Picture
from explorer.pictures.render import to_pil
from explorer.session.attributes import Kept, Lesson, Own
from explorer.session.examples import astronaut
from explorer.session.family import Family
from explorer.session.groups import Groups
from explorer.session.state import Session
from training.errors import UserError

ONE = "celeba32/aae"


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs a program in a folder of its own; gives its names."""
    monkeypatch.chdir(tmp_path)

    def run(text: str) -> dict:
        names: dict = {}
        exec(compile(text, "copied.py", "exec"), names)
        return names

    return run


@pytest.fixture
def session() -> Session:
    """With the shipped models, as a program finds them."""
    session = Session()
    session.names = [ONE]
    return session


def copied(session: Session, tab: str, grid: str = "", index: int = 0) -> str:
    session.tab = tab
    return saving.python(session, {"key": "", "grid": grid or tab, "index": index})["text"]


def written(name: str, images: torch.Tensor) -> bool:
    """Whether the program has written this picture (3, H, W)."""
    return bool((np.asarray(Image.open(name)) == np.asarray(to_pil(images))).all())


def test_samples(session, run):
    sample.show(session, 5, 4, 1.0)
    names = run(copied(session, "sample"))
    (found,) = names["found"].values()
    assert torch.equal(found.codes, session.grids["sample"].codes[ONE])
    assert written("aae 3.png", found.images[3])


def test_an_edit_of_a_picture_that_no_link_can_name(session, run):
    sample.show(session, 5, 4, 1.0)
    picture = session.tile("sample", 2)
    picture.reference = ""
    session.put("attributes", picture)
    session.of(attributes.Changes).amounts = {"Smiling": 2.0}
    session.of(attributes.Changes).held = ["Male"]
    attributes.edit(session)
    names = run(copied(session, "attributes"))
    (found,) = names["found"].values()
    assert torch.allclose(found.after, session.grids["attributes"].codes[ONE][:1], atol=1e-6)
    assert written("aae after.png", found.images[1])


def test_what_a_model_without_directions_is_left_out_of(session, run):
    session.names = [ONE, "celeba32/gan"]
    sample.show(session, 5, 4, 1.0)
    picture = session.tile("sample", 2)
    session.put("attributes", picture)
    session.put("parent-0", picture)
    session.of(attributes.Changes).amounts = {"Smiling": 2.0}
    session.of(Family).held = ["Male"]
    attributes.edit(session)
    edited, alone = run(copied(session, "attributes"))["found"].values()
    assert edited.effects and not alone.effects
    assert torch.equal(alone.before, alone.after)
    breed.show(session, 0.3, 12, 0)
    text = copied(session, "breed")
    assert "ancestor" not in text
    for name, brood in zip(session.names, run(text)["found"].values(), strict=True):
        assert torch.allclose(brood.codes, session.grids["breed"].codes[name], atol=1e-5)


def test_a_morph_of_examples(session, run):
    ui.fill(morph.TAB, session)
    session.controls["n"] = 3
    morph.show(session, 3)
    names = run(copied(session, "morph"))
    (found,) = names["found"].values()
    assert torch.equal(found.codes.flatten(0, 1), session.grids["morph"].codes[ONE])


@pytest.mark.parametrize("side", (600, 4000))  # the page keeps no more pixels than it shows
def test_crop_and_colours_that_were_chosen(side, session, run):
    astronaut().resize((side, side)).save("me.png")
    picture = session.photo("me.png", "me.png")
    session.put("reconstruct", picture)
    edge = picture.source.width
    crop(session, "reconstruct", {"x": edge / 4, "y": edge / 8, "side": edge / 3, "angle": 20.0})
    reconstruct.tone(session, True)
    names = run(copied(session, "reconstruct"))
    (found,) = names["found"].values()
    near = (found.x[0] - picture.pixels(found.x.shape[-1])).abs().max()
    assert near < (1e-6 if side == edge else 0.1)


def test_a_picture_of_the_map_is_cut_from_its_file_as_it_was(session, run):
    astronaut().save("me.png")
    picture = session.photo("me.png", "me.png").small({32, 64})
    session.put("reconstruct", picture)
    (found,) = run(copied(session, "reconstruct"))["found"].values()
    assert (found.x[0] - picture.pixels(found.x.shape[-1])).abs().max() < 1e-6
    crop(session, "reconstruct", {"x": 8, "y": 8, "side": 32, "angle": 0})
    with pytest.raises(UserError, match="upload the picture here"):
        copied(session, "reconstruct")


def test_a_file_is_named_whole_and_what_is_in_no_file_by_its_codes(session, run):
    name = f"{'a long name ' * 8}.png"
    astronaut().save(name)
    restored = Picture("Restored picture", PHOTO, astronaut())
    for picture, written in ((session.photo(name, name), f"opened({name!r}"), (restored, "Thing(")):
        session.put("reconstruct", picture)
        session.controls["steps"] = 0
        reconstruct.show(session)
        program = copied(session, "reconstruct")
        assert written in program and run(program)["found"]


def test_the_reconstruction_of_a_file_of_ones_own(session, run):
    astronaut().save("me.png")
    session.put("reconstruct", session.photo("me.png", "me.png"))
    session.controls["steps"] = 0
    reconstruct.show(session)
    for steps in (0, 10):
        assert steps == 0 or [*reconstruct.refine(session, steps, "plain")]
        names = run(copied(session, "reconstruct"))
        (found,) = names["found"].values()
        assert [*found.stages] == ["encoder", "refined"][: 1 + bool(steps)]
        codes = torch.cat([each.z for each in found.stages.values()])
        assert torch.allclose(codes, session.grids["reconstruct"].codes[ONE], atol=1e-5)


@pytest.mark.parametrize("how", ["gone on with", "stopped", "gone back"])
def test_a_refinement_that_no_one_call_makes_is_written_by_its_codes(session, run, how):
    session.put("reconstruct", session.photo(astronaut(), "me.png"))
    assert session.tab == "reconstruct" and [*reconstruct.refine(session, 20)]
    if how == "gone on with":
        assert [*reconstruct.refine(session, 10)]
    elif how == "stopped":
        next(reconstruct.refine(session, 50))
    else:
        reconstruct.choose(session, 10)
        reconstruct.draw(session)
    names = run(copied(session, "reconstruct", index=1))
    seen = session.grids["reconstruct"].codes[ONE][1]
    assert torch.allclose(names["picture"].codes[ONE], seen, atol=1e-6)


@pytest.mark.parametrize("by", ["pca", "jacobian"])
def test_directions_that_are_found(session, run, by):
    session.names = ["celeba32/faae", ONE]
    session.put("attributes", session.examples()[4])
    discover.show(session, by)
    _, lines = discover.in_line(discover.found(session))
    names = run(copied(session, "discover"))
    for model, found in names["found"].items():
        line = lines[model]
        assert torch.allclose(found.vectors, line.vectors[line.matches.fair], atol=1e-4)
    assert written(
        f"faae {found.attributes[0].name} +2.png", names["found"][session.models[0]].images[0, 2]
    )


@pytest.mark.parametrize("group", [False, True])
def test_what_is_taught_by_pictures_and_by_groups_of_the_map(session, run, group):
    model, lesson = session.models[0], Lesson()
    for at, side in enumerate((lesson.given, lesson.lacking)):
        if group:
            name = f"Group {at}"
            rows = tuple(range(30 * at, 30 * at + 30))
            session.of(Groups).here(session.model_set)[name] = rows
            side.group = name
        side.pictures = session.examples()[5 * at : 5 * at + 5]
    session.of(teach.Draft).lesson = lesson
    lesson.apart = ["Male"]
    teach.show(session)
    learned = teach.learned(session, model, [])
    names = run(copied(session, "teach"))
    (found,) = names["found"].values()
    for method, each in found.lessons.items():
        assert torch.allclose(each.vector, learned.lessons[method].vector, atol=1e-4)
    assert written("aae +2.png", found.images[2])
    session.of(Own).kept["Grin"] = Kept(found.attribute)
    lesson.apart = ["Grin"]
    with pytest.raises(UserError, match="'Grin' of yours: untick it"):
        copied(session, "teach")


def test_what_no_verb_finds_is_written_by_its_codes(session, run):
    sample.show(session, 5, 4, 1.0)
    names = run(copied(session, "map", "sample"))
    assert torch.equal(names["picture"].codes[ONE], session.grids["sample"].codes[ONE][0])
    assert written("aae.png", session.models[0].decode(names["picture"].codes[ONE][None])[0])
