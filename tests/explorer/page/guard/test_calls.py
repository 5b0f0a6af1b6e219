"""What the page sends of controls whose tab just opens, and what it is told of what fails."""

import threading

import gradio as gr
import pytest
from gradio.queueing import Event
from gradio.state_holder import SessionState

from explorer import work
from explorer.page.guard.calls import Guarded, served, within
from explorer.pictures.decoding import decoded
from explorer.session.history import History
from tests.explorer.conftest import finished


def test_a_control_without_a_value_yet_is_as_the_session_has_it_or_as_at_first(session):
    with Guarded() as demo:
        held = gr.State(session)
        spread, count, seed = gr.Slider(0, 2, 1.5), gr.Slider(1, 9, 4), gr.Number(7)
        private = {"api_visibility": "private"}
        demo.load(lambda *_: None, [held, spread, count, seed], None, **private)
    demo.controls = {spread: "spread", count: "count", seed: "seed"}
    session.controls["spread"] = 0.5
    state, (function,) = SessionState(demo), demo.fns.values()
    state[held._id] = session
    values = finished(demo.preprocess_data(function, [None] * 4, state))
    assert values == [session, 0.5, 4, None]  # a number may be left empty
    assert session.controls == {"spread": 0.5, "count": 4, "seed": None}


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ({}, "empty.png is empty (0 bytes): choose another file."),
        (
            {"accept-language": "de-AT"},
            "empty.png ist leer (0 Byte): Wählen Sie eine andere Datei.",
        ),
        ({"referer": "http://here/?lang=zh"}, "empty.png 是空文件（0 字节）：请选择其他文件。"),
    ],
)
def test_what_ends_a_call_is_told_the_page_in_its_language_and_programs_in_english(
    bad, headers, told
):
    with Guarded() as demo:
        demo.load(lambda: decoded(bad("empty.png")), None, None, api_visibility="private")
        demo.load(lambda: decoded(bad("empty.png")), None, None, api_name="read")
    state, request = SessionState(demo), gr.Request(headers=headers)
    of_page, of_programs = (
        finished(ended(demo.process_api(function, [], state, request)))
        for function in demo.fns.values()
    )
    assert of_page == told
    assert of_programs == "empty.png is empty (0 bytes): choose another file."


def test_each_event_and_each_question_of_a_script_is_a_request_of_its_own():
    def ask(asked: int = 0) -> None:
        seen.append(work._current())
        seen.append(work._current())

    with Guarded() as demo:
        demo.load(lambda: ask(), None, None, api_name="asked")
    seen, question = [], served(ask)
    (function,) = demo.fns.values()
    for _ in range(2):
        finished(demo.process_api(function, [], SessionState(demo)))
        question(1)
        served(ask, "live")(2)
    assert all(first is again for first, again in zip(seen[::2], seen[1::2], strict=True))
    assert len({id(each) for each in seen}) == 6
    own = f"{ask.__module__}.{ask.__qualname__}"
    assert [each.kind for each in seen[::2]] == 2 * ["asked", own, "live"]


def test_all_parts_of_what_an_event_gives_are_one_request_from_when_it_was_sent(monkeypatch):
    def parts():
        for _ in range(3):
            work._current().took_s += 1
            seen.append(work._current())
            yield

    monkeypatch.setattr(work, "_usual", {})
    with Guarded() as demo:
        demo.load(parts, None, None, api_name="parts")
    seen, (function,) = [], demo.fns.values()
    event = Event(None, function, None, None)
    demo._queue.event_ids_to_events["sent"] = event
    event.enqueue_time, given = 5.0, {}
    while given.get("is_generating", True):
        iterator = given.get("iterator")
        how = {"iterator": iterator, "event_id": "sent"}
        given = finished(demo.process_api(function, [], SessionState(demo), **how))
        assert bool(work._usual) != given["is_generating"]  # of the whole
    assert len(seen) == 3 and len({id(each) for each in seen}) == 1
    assert seen[0].asked_s == 5.0 and work.Request("parts").takes_s == 3.0


def test_what_was_done_is_noted_beside_the_event_loop_before_the_event_has_ended(
    session, monkeypatch
):
    noted, note = [], History._note

    def seen(history, *given):
        noted.append(threading.current_thread())
        note(history, *given)

    async def process() -> threading.Thread:
        await demo.process_api(function, [None], state)
        return threading.current_thread()

    monkeypatch.setattr(History, "_note", seen)
    with Guarded() as demo:
        held = gr.State(session)
        demo.load(lambda _: None, held, None)
    (function,), state = demo.fns.values(), SessionState(demo)
    state[held._id] = session
    loops = finished(process())
    assert len(noted) == len(session.of(History).steps) == 1 and noted != [loops]


async def ended(call) -> str:
    """What a call that fails says."""
    with pytest.raises(gr.Error) as error:
        await call
    return error.value.message


def test_a_number_beyond_its_limits_is_the_nearest_within():
    seed, tiles = gr.Number(0, minimum=0, maximum=2**31 - 1), gr.Slider(3, 9, 5)
    for block, value, wanted in (
        *((seed, -1, 0), (seed, 3e9, 2**31 - 1), (seed, 7, 7), (seed, None, None)),
        *((tiles, 1, 3), (tiles, 12, 9), (gr.Textbox(), "a", "a")),
    ):
        assert within(block, value) == wanted
