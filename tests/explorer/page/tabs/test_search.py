"""The handlers of the view Search, without a browser."""

import io

import gradio as gr
import pytest
import torch

from explorer.page import filters, going, link
from explorer.page.tabs import latent_map, search
from explorer.page.tabs.latent_map import Own
from explorer.pictures.render import to_pil
from explorer.search.pool import Near
from explorer.session.examples import astronaut
from explorer.session.history import History
from explorer.session.programs import answer
from explorer.session.state import Session
from tests.explorer.conftest import CHECKPOINTS
from training.errors import UserError


@pytest.fixture
def table(monkeypatch) -> str:
    """The name of a table, whose pictures have the maps' attributes."""
    monkeypatch.setattr(search, "tables", lambda: ["train-20"])
    monkeypatch.setattr(search, "Table", lambda name: search.mapped(Session(CHECKPOINTS).models))
    return "train-20"


def test_the_nearest_mapped_faces_are_found_by_every_model(session):
    picture = session.examples()[0]
    model = session.models[0]
    picture.codes[model.name] = model.latents.codes[11]
    session.put(search.NAME, picture)
    value, where, *_ = search.ask(session, "", ["Smiling"], ["Male"], "all", 5)
    assert [panel["title"] for panel in value["panels"]] == ["F-AAE", "AAE"]  # no look has any
    assert all(len(panel["cards"]) == 5 for panel in value["panels"])
    assert "Smiling: 5 of 5" in value["panels"][0]["note"] and where == gr.skip()
    rows = [int(card["label"].removeprefix("Face ")) for card in value["panels"][0]["cards"]]
    labels, names = model.latents.labels, model.latents.names
    assert labels[rows, names.index("Smiling")].all()
    assert not labels[rows, names.index("Male")].any()
    verb, given = search.TAB.verb(session)
    asked = answer(session, verb, given)
    assert [near.row for near in asked[model].near] == rows
    sent = session.tile(search.NAME, 0)
    assert sent.reference == f"map/{rows[0]}"
    assert torch.equal(sent.codes[model.name], model.latents.codes[rows[0]])


def test_a_picture_keeps_the_codes_of_each_model_that_has_it(session):
    session.names = ["celeba32/faae", "celeba32/faae-plus", "celeba32/gan"]
    session.put(search.NAME, session.draw(1))
    whole, short, none = search.show(session)[0]["panels"]
    assert whole["note"].startswith("of 3641 pictures")
    assert short["note"].startswith("of 1024 pictures")
    assert "no codes" in none["said"]
    pictures = [session.tile(search.NAME, each["index"]) for each in whole["cards"]]
    assert any("celeba32/faae-plus" not in each.codes for each in pictures)
    for card in short["cards"]:
        found = session.tile(search.NAME, card["index"])
        assert found.codes.keys() == {"celeba32/faae", "celeba32/faae-plus"}
        row = int(card["label"].removeprefix("Face "))
        expected = session.catalogue.models["celeba32/faae-plus"].latents.codes[row]
        assert torch.equal(found.codes["celeba32/faae-plus"], expected)


def test_the_visitors_own_pictures_are_looked_through_by_looks_too(session):
    drawn = session.examples()
    session.put(search.NAME, drawn[0])
    value, *_ = search.ask(session, search.MINE, [], [], "all", 5)
    assert all("No picture of yours is here" in panel["said"] for panel in value["panels"])
    session.of(Own).pictures += [drawn[1], drawn[2]]
    session.keep(drawn[3])
    value, _, has, _ = search.ask(session, search.MINE, ["Smiling"], [], "all", 5)
    assert len(value["panels"]) == 5 and has["value"] == []
    for panel in value["panels"]:
        assert {c["label"] for c in panel["cards"]} == {each.label for each in drawn[1:4]}
    last = value["panels"][-1]["cards"][-1]
    assert session.tile(search.NAME, last["index"]).label == last["label"]


def test_what_is_asked_for_sets_no_control(session):
    """Else what is picked while an answer is on its way would be lost."""
    session.put(search.NAME, session.examples()[0])
    _, where, *lists = search.ask(session, "", ["Smiling"], [], "all", 3)
    _, *others = latent_map.refine(session, ["Smiling"], [], "all", [])
    assert where == gr.skip() and not any("value" in each for each in (*lists, *others))
    _, _, has, _ = search.ask(session, search.MINE, ["Smiling"], [], "all", 3)  # has no labels
    assert has["value"] == []


def test_a_table_that_is_not_there_falls_back_to_the_maps(session):
    session.put(search.NAME, session.examples()[0])
    value, where, *_ = search.ask(session, "gone", [], [], "all", 3)
    assert where["value"] == "" and len(value["panels"][0]["cards"]) == 3


def test_a_picture_of_a_table_has_the_codes_of_the_checkpoints_here_alone(session):
    one, other = session.models
    file = io.BytesIO()
    to_pil(torch.rand(3, 64, 64)).save(file, "JPEG")
    names = (one.name, other.name, "gone/model")
    weights = dict(zip(names, (one.weights, "another", "gone"), strict=True))
    codes = {name: torch.rand(9) for name in names}
    near = Near(0, 0.0, "0.png", file.getvalue(), codes, weights=weights)
    picture = search.pictured(session, near)
    assert picture.codes == {one.name: codes[one.name]}
    assert session.codes([picture], other).shape == (1, other.latent_size)


def test_refined_codes_are_searched_by_where_they_are_switched_on(session):
    picture = session.photo(astronaut(), "photo")
    for model in session.models:
        picture.codes[model.name] = model.latents.codes[11]
        picture.refined[model.name] = (model.latents.codes[23], 50)
    session.put(search.NAME, picture)
    for session.faithful, row in ((False, 11), (True, 23)):
        value, *_ = search.ask(session, "", [], [], "all", 1)
        assert [p["cards"][0]["label"] for p in value["panels"][:2]] == [f"Face {row}"] * 2
        found = answer(session, *search.TAB.verb(session))
        assert [each.near[0].row for each in found.values()] == [row] * 2


@pytest.fixture
def said(monkeypatch) -> list[str]:
    """What is said in passing."""
    heard = []
    monkeypatch.setattr(filters, "inform", heard.append)
    return heard


def test_a_filter_loses_what_another_model_set_does_not_know_and_it_is_said(session, said):
    lost = ["The filter loses what these pictures have no label of: Smiling, Male."]
    session.put(search.NAME, session.examples()[0])
    search.ask(session, "", ["Smiling"], ["Male"], "any", 3)
    latent_map.refine(session, ["Smiling"], ["Male"], "any", [])
    assert said == []
    session.choose_set("mnist32")
    value, _, has, lacks, *_ = search.show(session)
    assert (has["value"], lacks["value"], said) == ([], [], lost)
    assert len(value["panels"][0]["cards"]) == 3
    value, _, has, lacks, *_ = latent_map.show(session)
    assert (has["value"], lacks["value"], value["look"]["rows"], said) == ([], [], "", lost * 2)
    for late in (  # of a page that does not know of the other set yet
        lambda: search.ask(session, "", ["Smiling", "3"], ["Male"], "all", 3)[2:],
        lambda: latent_map.refine(session, ["Smiling", "3"], ["Male"], "all", [])[1:],
    ):
        has, lacks = late()
        assert (has["value"], lacks["value"], said.pop()) == (["3"], [], *lost)


def test_a_filter_takes_names_that_are_no_choice_any_more_and_nothing_but_names(session):
    with gr.Blocks():
        has, lacks, _ = filters.filter_view(["3"])
    assert has.preprocess(["Smiling"]) == lacks.preprocess(["Smiling"]) == ["Smiling"]
    looking = session.of(search.Looking)
    for wrong in ([5], "Smiling", [["Smiling"]], None):
        with pytest.raises(UserError, match="does not fit this part of the page"):
            filters.ask_for(looking, wrong, [], "all")
    assert looking == search.Looking()


def test_filters_are_undone_one_by_one(session):
    history = session.of(History)
    for asked in (([], []), (["Smiling"], []), (["Smiling"], ["Male"])):
        search.ask(session, "", *asked, "all", 8)
        history.note(session)
        history.changed_s -= 60
    for has, lacks in ((["Smiling"], []), ([], [])):
        assert history.go(session, history.at - 1)
        shown = search.show(session)
        assert [each["value"] for each in shown[1:4]] == ["", has, lacks]


def test_a_link_opens_the_same_table_filters_and_way(session, table):
    search.ask(session, table, ["Smiling", "Young"], ["Male"], "any", 5)
    fields = dict(pair.split("=") for pair in link.query(session, {}).split("&"))
    other = Session(str(CHECKPOINTS))
    assert link.restore(other, fields) == []
    assert other.of(search.Looking) == session.of(search.Looking)
    _, where, has, lacks, either, count = search.show(other)
    assert (where["value"], ("train-20", "train-20") in where["choices"]) == (table, True)
    assert (has["value"], lacks["value"]) == (["Smiling", "Young"], ["Male"])
    assert (either, count) == ("any", 5)
    link.restore(other, {})
    assert other.of(search.Looking) == search.Looking()


def test_a_link_says_which_table_and_attributes_are_not_here(session, monkeypatch):
    monkeypatch.setattr(search, "tables", lambda: ["another"])
    said = []
    monkeypatch.setattr(going, "warn", lambda message, **how: said.append(message))
    going.follow(session, {"in": "train-20", "with": "Smiling,Grinning", "nearest": "x"}, {})
    lacks = "the table 'train-20', the attribute 'Grinning'"
    assert said == [f"Missing here, so not shown: {lacks}. All else is as in the link."]
    assert session.of(search.Looking) == search.Looking(has=["Smiling"])
