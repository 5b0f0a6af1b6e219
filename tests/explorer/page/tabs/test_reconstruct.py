"""The handlers of the tab Reconstruct, without a browser."""

import gradio as gr
import numpy as np

from explorer.page.tabs import reconstruct
from explorer.session.examples import astronaut


def mse(board: dict, row: int) -> list[float]:
    """The figures that the board shows for each model."""
    cards = board["rows"][row]["cards"][1:]
    return [float(dict(stat[:2] for stat in card["stats"])["MSE"]) for card in cards]


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


def test_a_grey_picture_is_said_to_be_unlike_and_its_colours_are_adapted(session):
    session.put("reconstruct", session.photo(astronaut().convert("L"), "photo"))
    _, _, said = reconstruct.show(session)
    assert "greyer than nearly all that these models draw" in said
    refined = list(reconstruct.refine(session, 5))[-1]
    assert [row["title"] for row in refined["rows"]] == ["Refined", "Encoder"]
    board, _, said = reconstruct.tone(session)
    assert "adapted" in said and mse(board, 0) != mse(refined, 1)
    *_, said = reconstruct.tone(session)
    assert "greyer" in said


def test_cycle_errors_are_relative_to_unrelated_codes(session):
    session.put("reconstruct", session.examples()[0])
    board, *_ = reconstruct.show(session)
    stats = [dict(stat[:2] for stat in card["stats"]) for card in board["rows"][0]["cards"][1:]]
    assert all(stat["Cycle error"].endswith((" good", " fair", " poor")) for stat in stats)
    assert all(0 < float(stat["Cycle error"].split()[0]) < 0.2 for stat in stats)


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
    reconstruct.crop(session, {"x": 0, "y": 0, "side": 512, "angle": 15})
    after = reconstruct.draw(session)
    assert session.slots["reconstruct"].crop.side == 512
    assert all(a != b for a, b in zip(mse(before, 0), mse(after, 0), strict=True))
