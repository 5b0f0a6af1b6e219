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
from tests.explorer.conftest import event, finished
from training.errors import UserError


def mse(board: dict, row: int) -> list[float]:
    """The figures that the board shows for each model."""
    cards = board["rows"][row]["cards"][1:]
    return [float(dict(stat[:2] for stat in card["stats"])["MSE"]) for card in cards]


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


def test_a_refinement_ends_when_others_are_chosen(session):
    session.put("reconstruct", session.photo(astronaut(), "photo"))
    steps = reconstruct.refine(session, 300)
    next(steps)
    session.choose_set("digits")  # as the header does, before the tab shows them
    assert list(steps) == []
    assert not any(name.startswith("digits") for name in session.slots["reconstruct"].refined)


def test_other_tabs_take_refined_codes_of_as_many_steps_as_they_find_themselves(session):
    picture = session.photo(astronaut(), "photo")
    session.put("reconstruct", picture)
    for how in ((10,), (60, "plain"), (60, "sharp", "recovery")):
        assert [*reconstruct.refine(session, *how)] and picture.refined == {}
    assert [*reconstruct.refine(session, 60)]
    assert [steps for _, steps in picture.refined.values()] == [60, 60]


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


def test_refining_goes_on_from_where_it_stands_and_keeps_the_best(session):
    session.put("reconstruct", session.photo(astronaut(), "photo"))
    first = list(reconstruct.refine(session, 20))
    again = list(reconstruct.refine(session, 20))
    assert [board["rows"][1]["note"] for board in first + again][-1] == "40 of 40 steps"
    assert [board["rows"][1]["progress"] for board in again] == [0.75, None]
    errors = np.array([mse(board, 1) for board in first + again])
    assert (np.diff(errors, axis=0) <= 0).all()
    session.shown.clear()  # as a reload does
    (shown,) = reconstruct.resume(session, 20)  # which were done
    assert mse(shown, 1) == errors[-1].tolist()


def test_what_was_found_until_it_was_stopped_is_kept(session):
    session.put("reconstruct", session.photo(astronaut(), "photo"))
    running = reconstruct.refine(session, 300)
    found = next(running)
    stopped = reconstruct.stop(session, event())
    assert list(running) == [] and mse(stopped, 1) == mse(found, 1)
    assert stopped["rows"][1]["note"] == "stopped after 10 steps"
    assert found["rows"][1]["progress"] and stopped["rows"][1]["progress"] is None
    assert stopped["serial"] > found["serial"]


def test_fewer_steps_than_a_run_has_made_end_it(session):
    session.put("reconstruct", session.examples()[0])
    running = reconstruct.refine(session, 300)
    next(running), next(running)
    (shown,) = reconstruct.resume(session, 10)  # as where a link names them
    assert shown["rows"][1]["note"] == "step 10 of 20" and list(running) == []


def test_steps_that_are_undone_are_shown_as_they_were(session):
    session.put("reconstruct", session.examples()[0])

    def note(found) -> str:
        session.shown.clear()  # as undo does
        return [*found][-1]["rows"][1]["note"]

    assert note(reconstruct.refine(session, 20)) == "20 of 20 steps"
    assert note(reconstruct.resume(session, 10, "sharp")) == "step 10 of 20"
    assert note(reconstruct.resume(session, 20)) == "20 of 20 steps"
    assert note(reconstruct.resume(session, 10)) == "step 10 of 20"
    assert note(reconstruct.refine(session, 10)) == "30 of 30 steps"
    assert note(reconstruct.resume(session, 10)) == "30 of 30 steps"


def test_steps_that_are_left_as_they_are_take_nothing_back(session):
    session.put("reconstruct", session.examples()[0])
    assert [*reconstruct.refine(session, 10), *reconstruct.refine(session, 10)]
    assert [*reconstruct.resume(session, 10)] == [gr.skip()]  # the control is left unchanged
    assert session.of(reconstruct.Refinement).chosen is None


def test_what_another_tab_interrupts_goes_on_to_where_it_was_to_end(session):
    session.put("reconstruct", session.photo(astronaut(), "photo"))
    assert [*reconstruct.refine(session, 20)]
    running = reconstruct.refine(session, 20)
    next(running)
    session.tab = "sample"
    assert [*running] == []
    session.tab = "reconstruct"
    *_, last = reconstruct.resume(session, 20)
    assert last["rows"][1]["note"] == "40 of 40 steps"


def test_what_is_stopped_stays_so_after_another_tab(session):
    session.put("reconstruct", session.photo(astronaut(), "photo"))
    assert [*reconstruct.refine(session, 20)]
    running = reconstruct.refine(session, 20)
    next(running)
    reconstruct.stop(session, event())
    session.shown.clear()  # as a reload does
    (shown,) = reconstruct.resume(session, 20)
    assert shown["rows"][1]["note"] == "30 of 30 steps" and [*running] == []


def test_a_refinement_that_fails_is_tried_again(session, monkeypatch):
    session.put("reconstruct", session.photo(astronaut(), "photo"))
    with monkeypatch.context() as failing:
        failing.setattr(reconstruct.Refinement, "climb", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            next(reconstruct.refine(session, 10))
    *_, last = reconstruct.resume(session, 10)
    assert last["rows"][1]["note"] == "10 of 10 steps"


def test_a_slot_that_is_emptied_during_a_step_ends_the_refinement(session, monkeypatch):
    session.put("reconstruct", session.examples()[0])
    climb = reconstruct.Refinement.climb

    def emptied(*step):
        climb(*step)
        session.put("reconstruct", None)

    monkeypatch.setattr(reconstruct.Refinement, "climb", emptied)
    assert len([*reconstruct.refine(session, 300)]) == 1


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


def test_a_step_that_was_is_shown_again_for_all_models_and_sent_as_it_is_seen(session):
    session.put("reconstruct", session.photo(astronaut(), "photo"))
    *_, last = reconstruct.refine(session, 40)
    ladder = last["ladder"]
    assert ladder["steps"] == [0, 10, 20, 30, 40] and ladder["chosen"] == 40
    error, sharpness, prior, domain = (figure["lines"] for figure in ladder["figures"])
    assert all(line[-1] < line[0] for line in error) and len(error) == 2
    assert all(len(line) == 5 for line in sharpness + prior + domain)
    end = session.grids["reconstruct"].codes[session.names[0]][1]
    reconstruct.choose(session, 10)
    back = reconstruct.draw(session)
    assert back["ladder"]["chosen"] == 10 and back["rows"][1]["note"].endswith("40")
    assert mse(back, 1) == [round(line[1], 4) for line in error]
    assert not torch.equal(session.grids["reconstruct"].codes[session.names[0]][1], end)
    reconstruct.choose(session, 40)
    assert mse(reconstruct.draw(session), 1) == mse(last, 1)
    list(reconstruct.refine(session, 5))
    assert session.of(reconstruct.Refinement).done == 45


def test_a_picture_without_detail_has_no_sharpness_to_compare_with(session):
    session.put("reconstruct", session.photo(Image.new("RGB", (64, 64), "gray"), "grey"))
    *_, last = reconstruct.refine(session, 5)
    for row in last["rows"]:
        assert all("MSE" in str(each) and "Sharpness" not in str(each) for each in row["cards"][1:])


def test_fewer_steps_than_were_made_are_gone_back_to(session):
    session.put("reconstruct", session.photo(astronaut(), "photo"))
    *_, last = reconstruct.refine(session, 20)
    (back,) = reconstruct.resume(session, 10, "sharp")
    assert back["ladder"]["chosen"] == 10 and back["rows"][1]["note"].endswith("10 of 20")
    (again,) = reconstruct.resume(session, 20, "sharp")
    assert mse(again, 1) == mse(last, 1)


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
