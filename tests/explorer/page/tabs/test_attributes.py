"""The handlers of the tab Attributes, without a browser."""

from dataclasses import replace

import gradio as gr
import orjson
import pytest
import torch

from explorer import load_model, verbs
from explorer.page.components.wire import Live, answers
from explorer.page.tabs import attributes
from explorer.verbs.edit import moved as changed
from training.codes.directions import DEFAULT, METHODS
from training.errors import UserError


@pytest.mark.parametrize("method", METHODS)
def test_pushing_an_attribute_raises_its_score_in_every_model(session, method):
    session.put("attributes", session.draw(5))
    for amount in (0.0, 2.0, 4.0):
        board = moved(session, method, {"Smiling": amount}, [])
        for model in session.models:
            after, before = scores(session, model, method)["Smiling"]
            assert (after > before) if amount else torch.isclose(after, before)
    assert board["rows"][0]["note"] == "Smiling +4"


def test_what_an_edit_does_is_measured_by_each_encoder(session):
    session.put("attributes", session.draw(5))
    measured = {}
    for amount in (-3.0, 3.0):
        board = moved(session, DEFAULT, {"Smiling": amount}, [])
        for model, card in zip(session.models, board["rows"][0]["cards"], strict=True):
            ((name, effect, meaning), *_) = card["stats"]
            assert name == "Smiling, measured" and "the encoder reads" in meaning
            measured[model.name, amount] = float(effect)
        assert board["rows"][1]["cards"][0]["stats"] == []
    for model in session.models:
        assert -6 < measured[model.name, -3.0] < -0.5 < 0.5 < measured[model.name, 3.0] < 6
    picture = session.slots["attributes"]
    (edit,) = verbs.edit(picture, session.models[:1], {"Smiling": 3.0}).values()
    assert edit.shown().figures["effects"] == pytest.approx(
        {"Smiling": measured[session.models[0].name, 3.0]}, abs=0.06
    )
    gan = load_model("celeba32/gan")
    assert verbs.edit(None, [gan])[gan].effects == {}


def test_effects_are_measured_when_the_sliders_rest(session):
    session.put("attributes", session.draw(5))
    assert not attributes.moving(session)["partial"]  # there is nothing to measure yet
    whole = moved(session, DEFAULT, {"Smiling": 3.0}, [])
    ask = answers(Live({"changes": attributes.move}, attributes.edit, attributes.moving))
    asked = {"key": whole["key"], "parts": {"changes": {"amounts": {"Smiling": 3.0}, "held": []}}}
    meanwhile = orjson.loads(ask(asked | {"moving": True}).body)
    rested = orjson.loads(ask(asked | {"parts": {}, "moving": False}).body)
    assert meanwhile["partial"] and not rested["partial"]
    for early, late, first in zip(cards(meanwhile), cards(rested), cards(whole), strict=True):
        assert early["src"] == late["src"] == first["src"]
        assert [value for _, value, _ in early["stats"]] == ["…"]
        assert float(late["stats"][0][1]["numeral"]) == float(first["stats"][0][1])


def test_own_values_come_with_the_codes_that_take_seconds(session):
    session.put("attributes", session.examples()[4])
    session.faithful = True
    _, sliders, _ = attributes.show(session, DEFAULT)
    assert not any("value" in figure for figure in sliders["attributes"][0]["figures"])
    board, sliders = attributes.complete(session, DEFAULT)
    assert all("value" in figure for figure in sliders["attributes"][0]["figures"])
    assert all(card["src"] for card in cards(board))
    assert attributes.complete(session, DEFAULT) == gr.skip()


def test_what_is_set_of_attributes_without_a_slider_now_stays(session):
    session.put("attributes", session.draw(5))
    moved(session, DEFAULT, {"Smiling": 2.0}, ["Male"])
    session.choose_set("cifar32")
    board = moved(session, DEFAULT, {"ship": 1.0}, ["cat"])
    assert board["rows"][0]["note"] == "ship +1; held: cat"
    _, given = attributes.verb(session)
    assert (given["amounts"], given["hold"]) == ({"ship": 1.0}, ["cat"])
    moved(session, DEFAULT, {}, [])
    session.choose_set("celeba32")
    attributes.show(session, DEFAULT)
    assert attributes.edit(session)["rows"][0]["note"] == "Smiling +2; held: Male"


def cards(board) -> list[dict]:
    """Those of the changed picture, of every model."""
    return board["rows"][0]["cards"]


def moved(session, method, amounts, held) -> dict:
    """The board after the sliders were moved."""
    attributes.show(session, method)
    attributes.move(session, {"amounts": amounts, "held": held})
    return attributes.edit(session)


def scores(session, model, method) -> dict[str, torch.Tensor]:
    """Of the changed and of the former picture (2,), along every attribute's direction."""
    codes = session.grids["attributes"].codes[model.name]
    along = codes @ model.latents.directions[method].vectors.T  # (2, A)
    return dict(zip(model.latents.names, along.T, strict=True))


@pytest.mark.parametrize("method", METHODS)
def test_held_attributes_stay_where_they_are_however_many(session, method):
    session.put("attributes", session.draw(5))
    still = ["Male", "Young", "High_Cheekbones"]
    board = moved(session, method, {"Smiling": 3.0}, still)
    assert board["rows"][0]["note"] == "Smiling +3; held: Male, Young, High Cheekbones"
    for model in session.models:
        along = scores(session, model, method)
        assert along["Smiling"][0] > along["Smiling"][1]
        assert all(along[name].diff().abs() < 1e-5 for name in still)
    before = {model.name: scores(session, model, method)["Male"][1] for model in session.models}
    moved(session, method, {"Male": 2.0}, [])
    pushed = {model.name: scores(session, model, method)["Male"][0] for model in session.models}
    moved(session, method, {"Male": 2.0, "Smiling": 3.0}, ["Male"])
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
