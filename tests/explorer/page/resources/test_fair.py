"""Visitors take turns, have a share each, and leave nothing behind."""

import asyncio
import threading
from datetime import datetime, timedelta
from types import SimpleNamespace

import gradio as gr
import pytest
from gradio.context import LocalContext
from gradio.queueing import EventQueue
from gradio.routes import App
from PIL import Image

from explorer.page.components import LONG
from explorer.page.resources import fair
from explorer.pictures.picture import PHOTO, Picture
from tests.explorer.conftest import finished


@pytest.fixture
def queue(session):
    with gr.Blocks() as demo:
        gr.State(session)
    queue = fair.install(demo)._queue
    queue.set_server_app(App.create_app(demo))
    queue.active_jobs = [None] * 4
    return queue


def wait(queue, session, lane="lane", limit=1, host="1.1.1.1", at=0.0):
    """An event that waits."""
    lanes = queue.event_queue_per_concurrency_id
    event = SimpleNamespace(
        session_hash=session,
        _id=object(),
        concurrency_id=lane,
        enqueue_time=at,
        alive=True,
        request=SimpleNamespace(client=SimpleNamespace(host=host)),
    )
    lanes.setdefault(lane, EventQueue(lane, limit)).queue.append(event)
    return event


def served(queue, count):
    return [queue.get_events()[0][0].session_hash for _ in range(count)]


def test_one_that_asks_often_holds_up_nobody(queue):
    for at in range(30):
        wait(queue, "greedy", at=float(at))
    assert served(queue, 2) == ["greedy", "greedy"]
    wait(queue, "modest", at=40.0)
    wait(queue, "modest", at=41.0)
    assert served(queue, 4) == ["modest", "greedy", "modest", "greedy"]


def test_many_sessions_of_one_address_are_one_client(queue):
    for at in range(10):
        wait(queue, f"greedy {at}", host="6.6.6.6", at=float(at))
    assert served(queue, 1) == ["greedy 0"]
    wait(queue, "modest", at=20.0)
    assert served(queue, 2) == ["modest", "greedy 1"]


def test_a_session_has_one_event_of_a_lane_at_a_time_but_for_long_ones(queue):
    for at, lane in enumerate(("lane", LONG["concurrency_id"])):
        queue.active_jobs[at] = [wait(queue, "a", lane, limit=8)]
        queue.event_queue_per_concurrency_id[lane].queue.clear()
        wait(queue, "a", lane)
        wait(queue, "b", lane, at=1.0)
    assert sorted(served(queue, 3)) == ["a", "b", "b"]
    assert queue.get_events() is None


def test_a_session_is_answered_in_the_order_of_its_questions_in_all_lanes(queue):
    later, sooner = wait(queue, "a", "one", at=2.0), wait(queue, "a", "other", at=1.0)
    assert queue.get_events()[0] == [sooner]
    queue.active_jobs[0] = [sooner]
    assert queue.get_events() is None
    queue.active_jobs[0] = None
    assert queue.get_events()[0] == [later]


def test_a_full_lane_waits_and_another_goes_on(queue):
    wait(queue, "a", "heavy")
    queue.event_queue_per_concurrency_id["heavy"].current_concurrency = 1
    wait(queue, "b", "cheap", at=1.0)
    assert served(queue, 1) == ["b"]
    assert queue.get_events() is None


@pytest.mark.parametrize("name", ["a", None])  # of a page, and of a program
def test_no_session_may_wait_for_more_than_its_share(queue, name):
    for _ in range(fair.SHARE):
        event = wait(queue, name)
        event.session_hash = name or event._id  # as gradio names those without a session
    body = SimpleNamespace(session_hash=name, fn_index=0)
    request = SimpleNamespace(client=SimpleNamespace(host="1.1.1.1"))
    ok, said, _ = finished(queue.push(body, request, None))
    assert not ok and said.endswith(".")


def test_work_ends_when_its_client_has_left(queue):
    event = SimpleNamespace(alive=True)
    queue.event_ids_to_events["an id"] = event
    LocalContext.blocks.set(queue.blocks)
    LocalContext.event_id.set("an id")
    fair.end_if_gone()
    event.alive = False
    with pytest.raises(gr.Error, match="left"):
        fair.end_if_gone()
    LocalContext.event_id.set(None)


def test_what_clients_left_behind_is_forgotten(queue, monkeypatch):
    holder = queue.blocks.state_holder
    (state,) = (key for key, each in queue.blocks.blocks.items() if isinstance(each, gr.State))
    for name in ("left long ago", "left", "open", "busy", "never a page"):
        kept = holder[name]
        if name != "never a page":
            kept[state].keep(Picture("large", PHOTO, Image.new("RGB", (3000, 3000))))
        kept.is_closed = name.startswith("left")
        queue.pending_messages_per_session[name] = asyncio.Queue()
    queue.event_ids_to_events["x"] = SimpleNamespace(session_hash="busy")
    long_ago = datetime.now() - timedelta(seconds=2 * fair.IDLE_S)
    holder.time_last_used = dict.fromkeys(holder.session_data, long_ago)
    finished(queue.forget())
    assert [*holder.session_data] == ["left", "open", "busy"]  # 27 MB: only one that left has room
    assert {*queue.pending_messages_per_session} == {"left", "open", "busy"}
    monkeypatch.setattr(fair, "OPEN_BYTES", 1e6)
    finished(queue.forget())
    assert [*holder.session_data] == ["left", "busy"]


def test_what_clients_have_is_weighed_beside_the_event_loop(queue, session, monkeypatch):
    seen, weight = [], fair.weight

    def weighed(page):
        seen.append(threading.current_thread())
        return weight(page)

    async def forget():
        await queue.forget()
        return threading.current_thread()

    monkeypatch.setattr(fair, "weight", weighed)
    queue.blocks.state_holder["open"].state_data[0] = session
    loops = finished(forget())
    assert len(seen) == 1 and seen != [loops]
