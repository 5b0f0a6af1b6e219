"""The handlers of the tab Reconstruct, without a browser."""

import gradio as gr
import numpy as np
import pytest
import torch
from gradio.state_holder import SessionState
from PIL import Image

from explorer.engine import Model
from explorer.page.guard.calls import Guarded
from explorer.page.likeness import warning
from explorer.page.tabs import attributes, morph, reconstruct
from explorer.session.examples import astronaut
from explorer.session.refinement import WEIGHTS
from explorer.session.written import of_verb
from explorer.verbs.common.domain import Unlike
from tests.explorer.conftest import finished, mse
from training.errors import UserError


def test_reconstruct_shows_the_encoder_at_once_and_then_ever_better_codes(session):
    session.put("reconstruct", session.photo(astronaut(), "photo"))
    first, crop, said, _ = reconstruct.show(session)
    assert [row["title"] for row in first["rows"]] == ["Encoder"]
    assert "face was found" in said and crop["crop"]["side"] < crop["width"]
    boards = list(reconstruct.refine(session, 30))
    assert boards[-1]["rows"][1]["note"] == "30 of 30 steps"
    errors = np.array([mse(board, 1) for board in boards])
    assert (errors[-1] < errors[0]).all()
    assert (errors[-1] < mse(first, 0)).all()


def test_an_upload_is_encoded_once_for_all_tabs(session, monkeypatch):
    photo, encode, seen = session.photo(astronaut(), "photo"), Model.encode, []
    for slot in (reconstruct.NAME, attributes.NAME, *morph.CORNERS):
        session.put(slot, photo)

    def counted(model, images):
        seen.append((model.name, torch.equal(torch.as_tensor(images), photo.pixels(32)[None])))
        return encode(model, images)

    monkeypatch.setattr(Model, "encode", counted)
    reconstruct.show(session)
    # The upload, and what was drawn of it: for its figures, and for how far it is from the known
    assert sorted(seen) == [(name, own) for name in sorted(session.names) for own in (False, True)]
    assert {*photo.unlike} == {*session.names}
    list(reconstruct.refine(session, 5))
    reconstruct.draw(session)
    attributes.edit(session)
    morph.show(session, 3)
    assert [*map(seen.count, ((name, True) for name in session.names))] == [1, 1]


def test_how_far_a_picture_is_has_an_end(session):
    said = [str(warning(Unlike(session.models[0], share, []))) for share in (2.84, 816387.1)]
    assert "2.8 times as far" in said[0] and "more than 100 times as far" in said[1]


def test_a_grey_picture_is_said_to_be_unlike_and_its_colours_are_adapted(session):
    session.put("reconstruct", session.photo(astronaut().convert("L"), "photo"))
    *_, said, adapted = reconstruct.show(session)
    assert not adapted
    assert "greyer than nearly all that these models draw" in said
    assert "compare their MSE" in said  # which an objective that keeps sharpness may raise
    refined = list(reconstruct.refine(session, 5))[-1]
    assert [row["title"] for row in refined["rows"]] == ["Refined", "Encoder"]
    board, _, said = reconstruct.tone(session, True)
    assert "adapted" in said and mse(board, 0) != mse(refined, 1)
    *_, said = reconstruct.tone(session, False)
    assert "greyer" in said


def test_cycle_errors_are_relative_to_unrelated_codes(session):
    session.put("reconstruct", session.examples()[0])
    board, *_ = reconstruct.show(session)
    stats = [dict(stat[:2] for stat in card["stats"]) for card in board["rows"][0]["cards"][1:]]
    errors = [stat["Relative re-encoding error"] for stat in stats]
    assert all(each.endswith((" good", " fair", " poor")) for each in errors)
    assert all(0 < float(each.split()[0]) < 0.2 for each in errors)


def test_the_session_knows_what_its_controls_are_set_to(session):
    with Guarded() as demo:
        held = gr.State(session)
        set_by = reconstruct.build(held).controls
    demo.controls = {control: name for name, control in set_by.items()}
    state = SessionState(demo)
    state[held._id] = session
    for name, by in {"steps": "release", "objective": "input", "start": "input"}.items():
        event = (set_by[name]._id, by)
        (function,) = (each for each in demo.fns.values() if event in each.targets)
        finished(demo.process_api(function, [None, 20, "plain", "recovery"], state))
        assert session.controls == {"steps": 20, "objective": "plain", "start": "recovery"}
        session.controls = {}


def test_a_crop_beside_the_picture_changes_nothing(session):
    session.put("reconstruct", session.examples()[0])
    before = session.slots["reconstruct"].crop
    with pytest.raises(UserError, match="beside the picture"):
        reconstruct.moved(session, {"x": 5000, "y": 0, "side": 100, "angle": 0})
    assert session.slots["reconstruct"].crop == before


def test_another_crop_is_another_picture(session):
    session.put("reconstruct", session.examples()[0])
    before, *_ = reconstruct.show(session)
    reconstruct.moved(session, {"x": 0, "y": 0, "side": 512, "angle": 15})
    after = reconstruct.draw(session)
    assert session.slots["reconstruct"].crop.side == 512
    assert all(a != b for a, b in zip(mse(before, 0), mse(after, 0), strict=True))


def test_a_picture_without_detail_has_no_sharpness_to_compare_with(session):
    session.put("reconstruct", session.photo(Image.new("RGB", (64, 64), "gray"), "grey"))
    *_, last = reconstruct.refine(session, 5)
    for row in last["rows"]:
        assert all("MSE" in str(each) and "Sharpness" not in str(each) for each in row["cards"][1:])


def test_the_best_codes_are_those_of_the_objective(session):
    session.put("reconstruct", session.photo(astronaut(), "photo"))
    first, *_ = reconstruct.refine(session, 5, "in-domain")
    run, models = session.of(reconstruct.Refinement), session.models
    x = {model: run.found[model.name].x for model in models}
    plain = {m.name: m.refine(x[m], steps=50, domain_weight=0, sharpness_weight=0) for m in models}
    inside = {m.name: m.refine(x[m], steps=50, domain_weight=0.03) for m in models}
    run.climb(models, 10, inside)
    run.climb(models, 15, plain)  # nearer by pixels alone
    for model in models:
        assert torch.equal(run.found[model.name].stages["refined"].z, inside[model.name])


def test_another_objective_begins_anew_at_the_encoders_codes(session):
    session.put("reconstruct", session.photo(astronaut(), "photo"))
    *_, sharp = reconstruct.refine(session, 20)
    *_, plain = reconstruct.resume(session, 20, "plain")
    assert plain["ladder"]["steps"] == sharp["ladder"]["steps"]
    first, last = (
        [figure["lines"][0] for figure in each["ladder"]["figures"][:2]] for each in (sharp, plain)
    )
    assert first[0][0] == last[0][0] and first[1][-1] > last[1][-1]


def test_recovery_begins_at_random_codes_and_ends_elsewhere(session):
    session.put("reconstruct", session.photo(astronaut(), "photo"))
    *_, refined = reconstruct.refine(session, 20)
    first, *_, last = reconstruct.resume(session, 20, "sharp", "recovery")
    assert last["rows"][1]["note"] == "20 of 20 steps" and last["ladder"]["steps"][-1] == 20
    assert all(error > best for error, best in zip(mse(first, 1), mse(refined, 1), strict=True))
    assert mse(first, 1) != mse(first, 0)
    assert all(now < before for now, before in zip(mse(last, 1), mse(first, 1), strict=True))
    start, *_, end = last["ladder"]["figures"][0]["lines"][0]
    assert start > mse(first, 1)[0] > end
    text = of_verb(session, *reconstruct.verb(session))
    assert "method='recovery'" in text and "steps=20" in text
    *_, on = reconstruct.refine(session, 20, "sharp", "recovery")
    assert on["rows"][1]["note"] == "40 of 40 steps" and mse(on, 1)[0] < mse(last, 1)[0]
    errors = on["ladder"]["figures"][0]["lines"][0]
    assert len(set(errors[-3:])) > 1  # it went on, and did not begin again


def test_what_the_objectives_trade_is_said_of_models_that_were_measured(session, monkeypatch):
    session.put("reconstruct", session.photo(astronaut(), "photo"))
    *_, last = reconstruct.refine(session, 5, "in-domain")
    measured = session.models[0].traded["figures"]["in-domain"]
    rows = last["ladder"]["traded"]["rows"]
    assert [*reconstruct.ui.OBJECTIVES] == [*reconstruct.OBJECTIVES] and len(rows) == 3
    assert [row["title"] for row in rows if row["chosen"]] == ["Nearest to the domain"]
    assert rows[1]["cells"][0] == (f"{measured['mse']:.4f}", f"{measured['sharpness']:.2f}")
    for model in session.models:
        monkeypatch.setattr(model, "traded", {})
    *_, last = reconstruct.refine(session, 5, "in-domain")
    assert last["ladder"]["traded"] is None


def test_a_program_has_the_weights_of_the_objective(session):
    session.put(reconstruct.NAME, session.examples()[0])
    assert "weight" not in of_verb(session, *reconstruct.verb(session))  # as by default
    session.controls["objective"] = "in-domain"
    program = of_verb(session, *reconstruct.verb(session))
    assert "domain_weight=0.03" in program and "prior_weight" not in program
    session.controls["objective"] = "plain"
    program = of_verb(session, *reconstruct.verb(session))
    assert all(f"{name}=0" in program for name in WEIGHTS)
