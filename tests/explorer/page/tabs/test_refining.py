"""Refinements on the tab Reconstruct: how they go on, end and are taken back."""

import gradio as gr
import numpy as np
import pytest
import torch

from explorer.page.tabs import reconstruct
from explorer.session.examples import astronaut
from tests.explorer.conftest import event, mse


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


def test_what_is_stopped_is_no_run_of_as_many_steps(session):
    session.put("reconstruct", session.photo(astronaut(), "photo"))
    next(reconstruct.refine(session, 300))
    assert reconstruct.verb(session) is None
    reconstruct.stop(session, event())
    assert reconstruct.verb(session) is None  # steps are as long as befits their number


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


def test_fewer_steps_than_were_made_are_gone_back_to(session):
    session.put("reconstruct", session.photo(astronaut(), "photo"))
    *_, last = reconstruct.refine(session, 20)
    (back,) = reconstruct.resume(session, 10, "sharp")
    assert back["ladder"]["chosen"] == 10 and back["rows"][1]["note"].endswith("10 of 20")
    (again,) = reconstruct.resume(session, 20, "sharp")
    assert mse(again, 1) == mse(last, 1)
