"""What the page's handlers give for what they are given, without a browser."""

import copy
import pickle
import shutil
import socket
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import gradio as gr
import numpy as np
import pytest
import torch
from PIL import Image

from explorer.page import header, link, server, ui
from explorer.page.tabs import attributes, latent_map, morph, reconstruct, sample
from explorer.pictures.files import astronaut
from explorer.session.state import Session, Unavailable
from explorer.verbs.edit import moved as changed
from tests.explorer.conftest import BAD, CHECKPOINTS, event
from training.codes.directions import DEFAULT, METHODS
from training.errors import UserError


def upload(path: Path) -> dict:
    """A file as the browser's upload leaves it: in the folder that the server takes files from."""
    folder = Path(gr.utils.get_upload_folder())
    folder.mkdir(parents=True, exist_ok=True)
    return {"path": shutil.copy(path, folder / path.name), "name": path.name}


def mse(board: dict, row: int) -> list[float]:
    """The figures that the board shows for each model."""
    cards = board["rows"][row]["cards"][1:]
    return [float(dict(stat[:2] for stat in card["stats"])["MSE"]) for card in cards]


def test_a_session_is_small_and_can_be_copied(session):
    session.photo(astronaut(), "photo")
    session.put("attributes", session.draw(1))
    assert copy.deepcopy(session).shelf[0].label == "photo"
    assert len(pickle.dumps(session)) < 4e6  # pictures and codes, no models


def test_reconstruct_shows_the_encoder_at_once_and_then_ever_better_codes(session):
    session.put("reconstruct", session.photo(astronaut(), "photo"))
    first, crop, said = reconstruct.show(session)
    assert [row["title"] for row in first["rows"]] == ["Encoder"]
    assert "face was found" in said and crop["crop"]["side"] < crop["width"]
    boards = list(reconstruct.refine(session, 30))
    assert boards[-1]["rows"][1]["note"] == "30 of 30 steps"
    errors = np.array([mse(board, 1) for board in boards])
    assert (errors[-1] < errors[0]).all()
    assert (errors[-1] < mse(first, 0)).all()


def test_a_refinement_ends_when_others_are_chosen(session):
    session.put("reconstruct", session.photo(astronaut(), "photo"))
    steps = reconstruct.refine(session, 300)
    next(steps)
    session.choose_set("digits")  # as the header does, before the tab shows them
    assert list(steps) == []
    assert not any(name.startswith("digits") for name in session.slots["reconstruct"].refined)


def test_a_refinement_that_ends_before_its_first_step_clears_nothing(session, monkeypatch):
    session.put("reconstruct", session.photo(astronaut(), "photo"))
    refined = reconstruct.refined_in_step

    def outdated(*arguments):
        session.names = session.names[:1]
        return refined(*arguments)

    monkeypatch.setattr(reconstruct, "refined_in_step", outdated)
    assert list(reconstruct.refine(session, 10)) == [gr.skip()]


def test_a_refinement_ends_when_stopped(session):
    session.put("reconstruct", session.examples()[0])
    steps = reconstruct.refine(session, 300)
    next(steps), next(steps)
    reconstruct.halt(session)
    assert list(steps) == []


def test_another_crop_is_another_picture(session):
    session.put("reconstruct", session.examples()[0])
    before, *_ = reconstruct.show(session)
    after, *_ = reconstruct.moved(session, event(x=0, y=0, side=512, angle=15))
    assert session.slots["reconstruct"].crop.side == 512
    assert all(a != b for a, b in zip(mse(before, 0), mse(after, 0), strict=True))


def test_faithful_codes_come_closer_and_other_tabs_use_them(session):
    picture, model = session.photo(astronaut(), "photo"), session.models[0]
    x = picture.pixels(model.image_size)[None]
    plain = session.codes([picture], model)
    header.choose_faithful(session, True)
    faithful = session.codes([picture], model)
    error = [(model.decode(z) - x).square().mean() for z in (plain, faithful)]
    assert error[1] < error[0]
    session.put("attributes", picture)
    attributes.edit(session, DEFAULT)
    assert torch.equal(session.grids["attributes"].codes[model.name][1], faithful[0])


def test_a_morph_has_its_pictures_in_its_corners(session):
    for seed, corner in enumerate(morph.CORNERS):
        session.put(corner, session.draw(seed))
    value, chart = morph.show(session, 5)
    assert [panel["title"] for panel in value["panels"]] == [m.title for m in session.models]
    assert len(value["labels"]) == 25 and len(chart["data"]) == 2 * len(session.models)
    for model in session.models:
        codes = session.grids["morph"].codes[model.name]
        corners = session.codes([session.slots[corner] for corner in morph.CORNERS], model)
        assert torch.allclose(codes[[0, 4, 20, 24]], corners, atol=1e-6)
        assert torch.allclose(codes.norm(dim=1), torch.ones(25), atol=1e-5)


def test_a_morph_can_be_downloaded(session):
    ui.fill(morph.TAB, session)
    png, gif = Image.open(morph.save_png(session, 3)), Image.open(morph.save_gif(session, 3))
    assert png.format == "PNG" and png.width > 2 * 3 * 64
    assert gif.format == "GIF" and gif.n_frames >= 9 and gif.info["loop"] == 0


def test_samples_are_the_same_codes_for_every_model_and_depend_on_the_seed(session):
    first, _ = sample.show(session, 3, 16, 1.0)
    codes = list(session.grids["sample"].codes.values())
    assert torch.equal(codes[0], codes[1])
    again, _ = sample.show(Session(str(CHECKPOINTS)), 3, 16, 1.0)
    other, _ = sample.show(session, 4, 16, 1.0)
    assert first == again
    assert all(a["src"] != b["src"] for a, b in zip(first["panels"], other["panels"], strict=True))
    near, _ = sample.show(session, 3, 16, 0.2)
    assert near["panels"][0]["src"] != first["panels"][0]["src"]


def test_a_sample_goes_on_with_its_code(session):
    sample.show(session, 0, 9, 1.0)
    values = ui.send(session, event(grid="sample", index=4, to="attributes"))
    assert values[0]["selected"] == session.tab == "attributes"
    for model in session.models:
        codes = session.codes([session.slots["attributes"]], model)
        assert torch.equal(codes[0], session.grids["sample"].codes[model.name][4])
    ui.send(session, event(grid="sample", index=2, to="shelf"))
    assert [picture.label for picture in session.shelf] == ["Sample 0·3"]
    ui.send(session, event(id=session.shelf[0].id, to="morph"))
    assert session.slots["corner-0"].label == "Sample 0·3"


@pytest.mark.parametrize("method", METHODS)
def test_pushing_an_attribute_raises_its_score_in_every_model(session, method):
    session.put("attributes", session.draw(5))
    for amount in (0.0, 2.0, 4.0):
        board = attributes.moved(session, method, event(amounts={"Smiling": amount}, held=[]))
        for model in session.models:
            after, before = scores(session, model, method)["Smiling"]
            assert (after > before) if amount else torch.isclose(after, before)
    assert board["rows"][0]["note"] == "Smiling +4"


def scores(session, model, method) -> dict[str, torch.Tensor]:
    """Of the changed and of the former picture (2,), along every attribute's direction."""
    codes = session.grids["attributes"].codes[model.name]
    along = codes @ model.latents.directions[method].vectors.T  # (2, A)
    return dict(zip(model.latents.names, along.T, strict=True))


@pytest.mark.parametrize("method", METHODS)
def test_held_attributes_stay_where_they_are_however_many(session, method):
    session.put("attributes", session.draw(5))
    still = ["Male", "Young", "High_Cheekbones"]
    board = attributes.moved(session, method, event(amounts={"Smiling": 3.0}, held=still))
    assert board["rows"][0]["note"] == "Smiling +3; held: Male, Young, High Cheekbones"
    for model in session.models:
        along = scores(session, model, method)
        assert along["Smiling"][0] > along["Smiling"][1]
        assert all(along[name].diff().abs() < 1e-5 for name in still)
    before = {model.name: scores(session, model, method)["Male"][1] for model in session.models}
    attributes.moved(session, method, event(amounts={"Male": 2.0}, held=[]))
    pushed = {model.name: scores(session, model, method)["Male"][0] for model in session.models}
    attributes.moved(session, method, event(amounts={"Male": 2.0, "Smiling": 3.0}, held=["Male"]))
    for model in session.models:  # one that is pushed and then held stays where it was pushed to
        after, _ = scores(session, model, method)["Male"]
        assert after > before[model.name]
        assert torch.isclose(after, pushed[model.name], atol=1e-5)


def test_a_model_without_directions_says_how_to_get_them(session, monkeypatch):
    model = session.models[0]
    monkeypatch.setattr(model, "latents", replace(model.latents, directions={}))
    with pytest.raises(UserError, match="python -m training directions .*celeba32/faae"):
        changed(model, model.sample_codes(1), {"Smiling": 1.0})
    session.put("attributes", session.draw(5))
    session.of(attributes.Changes).amounts = {"Smiling": 2.0}
    board, value, _ = attributes.show(session, DEFAULT)
    assert board["rows"][0]["note"] == "Smiling +2; without directions: F-AAE"
    assert all([each["title"] for each in a["figures"]] == ["AAE"] for a in value["attributes"])


@pytest.mark.parametrize("method", METHODS)
def test_every_attribute_has_a_slider_with_its_figures(session, method):
    _, value, _ = attributes.show(session, method)
    assert {slider["name"] for slider in value["attributes"]} == set(
        session.models[0].latents.names
    )
    assert [slider["name"] for slider in value["attributes"][:2]] == ["Smiling", "Male"]
    assert all(len(slider["figures"]) == len(session.models) for slider in value["attributes"])
    smiling = value["attributes"][0]["figures"][0]
    assert smiling["auc"] > 0.9 and smiling["d"] > 3 * smiling["random"]
    assert smiling["alike"][0][0] == "High Cheekbones" and 0.8 < smiling["alike"][0][1] < 1


def test_the_map_shows_every_face_and_decodes_the_chosen_one(session):
    value, _ = latent_map.show(session)
    count = len(session.models[0].latents.codes)
    assert [len(panel["x"]) for panel in value["panels"]] == [count] * len(session.models)
    board = latent_map.choose(session, event(index=7))
    assert board["rows"][0]["title"] == "Face 7" and len(board["rows"][0]["cards"]) == 2
    preview, _ = latent_map.servers(str(CHECKPOINTS))
    seen = preview({"index": 7, "models": session.names})
    assert seen["images"] == [card["src"] for card in board["rows"][0]["cards"]]


def test_pictures_land_on_the_map_beside_their_nearest_faces(session, photo, bad):
    paths = [str(photo), str(bad("notes.png"))]
    value, said = latent_map.add(session, paths)
    assert [own["label"] for own in value["own"]] == ["astronaut.jpg"]
    assert "1 of 2" in said and "notes.png is not a picture" in said
    model = session.models[0]
    session.of(latent_map.Own).pictures[0].codes[model.name] = model.latents.codes[11]
    assert torch.allclose(latent_map.place(session, model)[0], model.latents.map[11], atol=1e-2)


@pytest.mark.parametrize("name", BAD)
def test_a_bad_upload_gives_one_sentence_and_keeps_what_was_there(session, bad, name):
    session.put("reconstruct", session.examples()[1])
    value, shelf = ui.pick(session, event(slot="reconstruct", **upload(bad(name))))
    assert value["problem"].startswith(BAD[name]) and value["problem"].count(". ") == 0
    assert session.slots["reconstruct"].label == "Drawn face 1"
    assert shelf == gr.skip()


def test_only_uploads_are_opened(session, photo):
    value, _ = ui.pick(session, event(slot="reconstruct", path=str(photo), name="photo.jpg"))
    assert "not uploaded here" in value["problem"]


def test_what_is_gone_is_said(session):
    with pytest.raises(Unavailable, match="no longer on the shelf"):
        session.find("nothing")
    with pytest.raises(Unavailable, match="tile is gone"):
        session.tile("sample", 3)


def test_a_link_brings_everything_back_but_uploads(session, photo):
    sample.show(session, 9, 16, 0.5)
    ui.send(session, event(grid="sample", index=3, to="attributes"))
    changes = attributes.Changes({"Smiling": 1.5, "Male": -2.0}, ["Young", "Male"])
    session.owned[attributes.Changes], session.faithful = changes, True
    session.put("reconstruct", session.photo(photo, "mine"))
    session.names = session.names[1:]
    query = link.query(session, {"seed": 9, "count": 16})
    assert link.left_out(session) == 1
    other = Session(str(CHECKPOINTS))
    link.restore(other, dict(pair.split("=") for pair in query.split("&")))
    assert (other.names, other.faithful, other.tab) == (session.names, True, "attributes")
    assert other.of(attributes.Changes) == changes
    model = other.models[0]
    codes = [s.codes([s.slots["attributes"]], model) for s in (session, other)]
    assert torch.equal(*codes)
    assert "reconstruct" not in other.slots


def test_a_link_brings_labels_back(session):
    session.names = ["celeba32/icgan"]
    session.labels = {"Male": True, "Eyeglasses": False}
    session.of(sample.Styles).every_class = True
    other = Session(str(CHECKPOINTS))
    link.restore(other, dict(pair.split("=") for pair in link.query(session, {}).split("&")))
    assert other.labels == session.labels and other.of(sample.Styles).every_class


@pytest.mark.parametrize(
    "fields",
    [
        {"set": "no"},
        {"attributes": "sample/x"},
        {"edit": "a:b,:,Grinning:1", "hold": "Grinning,"},
        {"labels": "Male:1,:,Hat", "classes": "some"},
    ],
)
def test_a_broken_link_is_passed_over(session, fields):
    link.restore(session, {"tab": "nowhere", **fields})
    assert session.tab == "reconstruct" and session.slots == {}
    assert session.of(attributes.Changes) == attributes.Changes()
    assert session.labels == {} and not session.of(sample.Styles).every_class


def test_a_link_opens_its_tab_though_the_first_one_is_shown_meanwhile(session, monkeypatch):
    examples = session.examples

    def slowly():
        session.tab = "reconstruct"  # the select that the page itself fires when it appears
        return examples()

    monkeypatch.setattr(session, "examples", slowly)
    load, request = ui.loader({}), SimpleNamespace(query_params={"tab": "sample"})
    opened = load(session, request)[len(header.parts(session))]
    assert opened["selected"] == "sample"


def test_another_set_of_models_keeps_the_pictures_and_encodes_them_anew(tmp_path):
    for name in ("one", "two"):
        shutil.copytree(CHECKPOINTS / "celeba32", tmp_path / name)
    session = Session(str(tmp_path))
    picture = session.photo(astronaut(), "photo")
    session.put("attributes", session.draw(0))
    before = session.codes([picture, session.slots["attributes"]], session.models[0])
    header.choose_set(session, "two")
    assert session.names == ["two/faae", "two/aae"]
    after = session.codes([picture, session.slots["attributes"]], session.models[0])
    assert torch.allclose(before, after, atol=1e-6)


def test_at_least_one_model_stays_chosen(session):
    header.choose_models(session, event(names=[]))
    assert session.names == ["celeba32/faae", "celeba32/aae"]
    header.choose_models(session, event(names=["celeba32/aae"]))
    assert [model.title for model in session.models] == ["AAE"]


def test_a_taken_port_gives_way_to_the_next_free_one(capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert server.free_port("127.0.0.1", port) > port
    assert f"Port {port} is taken" in capsys.readouterr().out


def test_without_checkpoints_the_page_says_how_to_train(tmp_path):
    shutil.copytree(CHECKPOINTS / "celeba32" / "aae", tmp_path / "celeba32" / "aae")
    (tmp_path / "celeba32" / "aae" / "model.safetensors").write_bytes(b"broken")
    said = [c["props"].get("value") for c in ui.build(str(tmp_path)).config["components"]]
    page = next(text for text in said if isinstance(text, str))
    assert "python -m training fit" in page and "celeba32/aae" in page
