"""The handlers of the tab Latent map, without a browser."""

from base64 import b64decode

import gradio as gr
import pytest
import torch
from PIL import Image

from explorer.engine import Model
from explorer.exchange import kept, layout
from explorer.exchange.kept import EXPORTS
from explorer.page.mapped import groups, waiting
from explorer.page.mapped.points import View
from explorer.page.tabs import latent_map
from explorer.session.state import Session
from explorer.verbs.map import latent_map as verb
from tests.explorer.conftest import CHECKPOINTS, event, few
from training.errors import UserError

NOTHING = gr.skip(), gr.skip()


def test_the_map_shows_every_face_and_decodes_the_chosen_one(session):
    value, *_ = latent_map.show(session)
    count = len(session.models[0].latents.codes)
    for panel, model in zip(value["panels"], session.models, strict=True):
        points = torch.frombuffer(bytearray(b64decode(panel["points"])), dtype=torch.float32)
        assert torch.equal(points.view(2, count).T, model.latents.map)
    board = latent_map.choose(session, event(index=7))
    assert board["rows"][0]["title"] == "Face 7" and len(board["rows"][0]["cards"]) == 2
    preview, *_ = latent_map.servers(str(CHECKPOINTS))
    seen = preview({"index": 7, "models": session.names})
    assert seen["images"] == [card["src"] for card in board["rows"][0]["cards"]]


def test_pictures_land_on_the_map_beside_their_nearest_faces(session, photo, bad):
    paths = [str(photo), str(bad("notes.png"))]
    value, said = latent_map.add_pictures(session, paths)
    assert [own["label"] for own in value["own"]] == ["astronaut.jpg"]
    assert "1 of 2" in said and "notes.png is not a picture" in said
    model = session.models[0]
    session.of(latent_map.Own).pictures[0].codes[model.name] = model.latents.codes[11]
    assert torch.allclose(latent_map.place(session, model)[0], model.latents.map[11], atol=1e-2)


def test_one_picture_is_no_pictures(session, photo):
    latent_map.add_pictures(session, [str(photo)])
    assert latent_map.remove_all(session)[1] == "1 picture of yours is removed."


def test_pictures_that_come_while_others_are_removed_are_on_the_map(session, photo, monkeypatch):
    latent_map.add_pictures(session, [str(photo)])
    found = session.photo

    def meanwhile(*args, **options):
        latent_map.remove_all(session)
        return found(*args, **options)

    monkeypatch.setattr(session, "photo", meanwhile)
    value, said = latent_map.add_pictures(session, [str(photo)])
    assert len(value["own"]) == 1 and "1 of 1" in said


def test_a_picture_that_is_given_again_lies_there_once(session, photo, tmp_path, monkeypatch):
    latent_map.add_pictures(session, [str(photo)])
    again, other = tmp_path / "again.png", tmp_path / "other.png"
    with Image.open(photo) as picture:
        picture.save(again)
        picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(other)
    value, said = latent_map.add_pictures(session, [str(again), str(other)])
    assert [own["label"] for own in value["own"]] == ["astronaut.jpg", "other.png"]
    assert "2 of 2" in said and "At most" not in said
    monkeypatch.setattr(latent_map, "OWN_LIMIT", 2)
    _, said = latent_map.add_pictures(session, [str(again), str(other)])
    assert "2 of 2" in said and "At most" not in said  # none needs another place
    with Image.open(photo) as picture:
        picture.convert("L").save(other)
    value, said = latent_map.add_pictures(session, [str(again), str(other)])
    assert len(value["own"]) == 2 and "1 of 2" in said and "At most 2" in said


def test_what_comes_on_no_map_is_said_without_a_count_of_none(session, photo, bad):
    _, said = latent_map.add_pictures(session, [str(bad("notes.png"))])
    assert said.startswith("Left out, 1: notes.png is not a picture")
    session.names = ["celeba32/gan"]
    _, said = latent_map.add_pictures(session, [str(photo)])
    assert said.startswith("No model that is compared can map pictures of yours")


def test_filters_layout_and_switches_go_into_a_link_and_come_back(session):
    latent_map.refine(session, ["Smiling"], ["Male"], "any", ["near"])
    laid, _ = latent_map.lay_out(session, "pca")
    points = [each["points"] for each in laid["panels"]]
    assert len(set(points)) == 2 and "PCA" in laid["note"]
    fields, other = latent_map.pack(session), Session(session.root)
    latent_map.unpack(other, fields)
    assert other.of(View) == session.of(View)
    value, _, has, *_ = latent_map.show(other)
    assert value["look"]["has"] == has["value"] == ["Smiling"] and value["look"]["near"]
    assert [each["points"] for each in value["panels"]] == points


def test_a_link_says_which_attributes_of_its_filter_are_not_here(session):
    fields = {"has": "Smiling,Wings", "lacks": "Male"}
    assert latent_map.unpack(session, fields) == ["the attribute 'Wings'"]
    look = session.of(View).look
    assert (look.has, look.lacks) == (["Smiling"], ["Male"])


def test_the_map_shows_what_has_one_of_some_attributes_and_none_of_others(session):
    update, *_ = latent_map.refine(session, ["Smiling", "Eyeglasses"], ["Male", "Young"], "any", [])
    rows = groups.rows_of(update["look"]["rows"])
    latents = session.models[0].latents
    has = {
        name: latents.labels[rows, latents.names.index(name)] for name in session.of(View).look.has
    }
    assert 0 < len(rows) < len(latents.labels)
    assert torch.stack([*has.values()]).any(dim=0).all() and not has["Smiling"].all()
    for name in ("Male", "Young"):
        assert not latents.labels[rows, latents.names.index(name)].any()
    update, *_ = latent_map.refine(session, [], [], "any", [])
    assert update["look"]["rows"] == ""
    assert latent_map.maps(session)["look"]["rows"] == ""


def test_neighbours_are_those_of_each_models_own_codes(session):
    key = latent_map.maps(session)["key"]
    *_, pictures, near = latent_map.servers(str(CHECKPOINTS))
    told = near({"key": key, "index": 7, "models": session.names})
    for model in session.models:
        far = torch.cdist(model.latents.codes[7:8], model.latents.codes)[0]
        assert told["rows"][model.name] == far.argsort()[1:9].tolist()
    drawn = pictures({"model": session.names[0], "rows": [1, 2, 3]})
    assert drawn["size"] == 32 and drawn["src"].startswith("data:image/png")
    with pytest.raises(UserError, match="none of the maps"):
        pictures({"model": session.names[0], "rows": [10**6]})


def test_few_codes_are_laid_out_at_once(session, monkeypatch):
    model = session.models[0]
    few(model, monkeypatch, layout.UMAP_NEEDS - 1)
    session.names = [model.name]
    laid, _ = latent_map.lay_out(session, layout.TSNE)
    assert laid["panels"][0]["points"] and late(laid) == []


@pytest.fixture
def laying(session, monkeypatch, tmp_path) -> list[str]:
    """The names of models as their codes, few, are asked to be laid out, which is done when they
    are asked for again."""
    asked = []

    def lay(name, root, by, file) -> bool:
        asked.append(name)
        there = asked.count(name) > 1
        if there:
            layout.layout(session.catalogue.models[name].latents.codes, by)
        return there

    monkeypatch.setattr(kept, "place", lambda kind: tmp_path)
    monkeypatch.setattr(EXPORTS, "map", lay)
    for model in session.models:
        few(model, monkeypatch, 40)
    return asked


def late(value: dict) -> list[str]:
    """The models whose maps come later."""
    return [panel["model"] for panel in value["panels"] if panel.get("seconds")]


def test_maps_that_take_long_are_asked_for_by_the_page(session, laying):
    names, ready = session.names, waiting.ready(session.root)
    latent_map.unpack(session, {"layout": layout.TSNE})
    value, *_ = latent_map.show(session)
    assert late(value) == names
    assert latent_map.complete(session) == NOTHING and laying == []  # nobody waits for them here
    assert ready({"models": names}) == {"ready": False, "problem": ""}
    assert ready({"models": names[:1]})["ready"]
    value = latent_map.maps(session)
    assert late(value) == names[1:] and value["panels"][0]["points"]
    assert ready({"models": names[1:]})["ready"]
    assert late(latent_map.maps(session)) == [] and laying == [*names, *names]


def test_a_map_that_cannot_be_laid_out_holds_up_no_other(session, laying, monkeypatch):
    lay, (first, second) = EXPORTS.map, session.names

    def fails_at_first(name, *how) -> bool:
        if name == first:
            raise UserError("The codes cannot be laid out.")
        return lay(name, *how)

    ready = waiting.ready(session.root)
    monkeypatch.setattr(EXPORTS, "map", fails_at_first)
    problem = "The codes cannot be laid out."
    assert ready({"models": [first, second]}) == {"ready": False, "problem": problem}
    assert ready({"models": [first, second]}) == {"ready": True, "problem": problem}


def test_pictures_whose_codes_are_refined_come_later_and_hold_up_nothing(
    session, photo, monkeypatch
):
    latent_map.add_pictures(session, [str(photo)])
    latent_map.choose(session, event(index=-1))
    session.faithful = True
    with monkeypatch.context() as patch:
        patch.delattr(Model, "refine")
        value, *_, board = latent_map.show(session)
    assert ["codes are refined" in panel["late"] for panel in value["panels"]] == [True] * 2
    assert all(panel["own"]["x"] == [] for panel in value["panels"])
    assert all("codes are refined" in card["said"] for card in board["rows"][0]["cards"])
    value, board = latent_map.complete(session)
    assert [(panel["late"], len(panel["own"]["x"])) for panel in value["panels"]] == [("", 1)] * 2
    assert all(card["src"] for card in board["rows"][0]["cards"])
    assert latent_map.complete(session) == NOTHING


def test_codes_that_could_not_be_found_are_looked_for_again(session, photo, monkeypatch):
    latent_map.add_pictures(session, [str(photo)])
    session.faithful = True

    def fails(*_):
        raise UserError("The client has left.")

    with monkeypatch.context() as patch:
        patch.setattr(Session, "codes", fails)
        with pytest.raises(UserError):
            latent_map.complete(session)
    value, _ = latent_map.complete(session)
    assert all(panel["own"]["x"] for panel in value["panels"])


def test_neighbours_of_a_picture_whose_codes_are_refined_come_later(session, photo, monkeypatch):
    latent_map.add_pictures(session, [str(photo)])
    *_, near = latent_map.servers(str(CHECKPOINTS))
    asked = {"key": latent_map.maps(session)["key"], "index": -1, "models": session.names}
    session.faithful = True
    with monkeypatch.context() as patch:
        patch.delattr(Model, "refine")
        assert near(asked) == {"rows": {}}
    latent_map.complete(session)
    assert [*near(asked)["rows"]] == session.names


def test_a_map_is_told_where_none_can_be_kept(session, monkeypatch, tmp_path):
    model = session.models[0]
    few(model, monkeypatch, 40)
    (tmp_path / "file").touch()
    monkeypatch.setattr(kept, "place", lambda kind: tmp_path / "file")
    assert verb(model, layout=layout.TSNE).points.shape == (40, 2)
