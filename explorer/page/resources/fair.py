"""The queue in which visitors wait: fair turns, a share for each, and nothing kept for who left.

Gradio 6.31's own serves whoever came first, so that one client with thirty requests holds up all
others; it makes a table of the last 10,000 events after each of them; and it keeps what it last
sent to each of 10,000 sessions.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from datetime import datetime

import gradio as gr
from anyio.to_thread import run_sync
from gradio.context import LocalContext
from gradio.queueing import Event, EventQueue, Queue
from gradio.state_holder import SessionState
from gradio.utils import run_coro_in_background

from explorer import work
from explorer.memory import give_back
from explorer.page.components import LONG
from explorer.session.state import Session
from explorer.session.weight import weight

# Events that may wait: of a session, or of an address without one; of an address; of all
SHARE, SHARE_OF_ADDRESS, MOST = 64, 1000, 2000
SWEEP_S, IDLE_S = 20, 60
OPEN_BYTES, LEFT_BYTES = 1000e6, 50e6  # of sessions: while their page is open, and after


def install(demo: gr.Blocks) -> gr.Blocks:
    """The same page, not yet launched; work that nobody waits for any more ends from now on."""
    demo._queue = FairQueue(demo)
    work.wanted = end_if_gone
    return demo


def end_if_gone() -> None:
    """Ends an event whose client has left."""
    blocks, name = LocalContext.blocks.get(None), LocalContext.event_id.get(None)
    event = blocks._queue.event_ids_to_events.get(name) if blocks and name else None
    if event is not None and not event.alive:
        raise gr.Error("The client has left.", print_exception=False)


class FairQueue(Queue):
    """Whoever was served longest ago comes next, first by address, then by session.

    But for `LONG` events a session has one at a time, in the order in which it asked.
    """

    def __init__(self, blocks: gr.Blocks):
        settings = {"live_updates": True, "update_intervals": 1, "max_size": MOST}
        super().__init__(concurrency_count=blocks.max_threads, blocks=blocks, **settings)
        self.served: dict[str, float] = {}  # when, by address and by session

    def start(self) -> None:
        super().start()
        run_coro_in_background(self._sweep)

    def compute_analytics_summary(self, records: list) -> dict:
        """The one from the start: nobody asks for it."""
        return self.cached_event_analytics_summary

    async def push(self, body, request, username):
        name, lanes = body.session_hash, self.event_queue_per_concurrency_id.values()
        address = request.client.host if request.client else ""
        waiting = [_client(event) for lane in lanes for event in lane.queue]
        mine = sum(client == (address, name or address) for client in waiting)
        near = sum(each == address for each, _ in waiting)
        if mine >= SHARE or near >= SHARE_OF_ADDRESS:
            return False, f"{SHARE} requests of yours wait: let them be answered.", "queue_full"
        if name in self._sessions:  # a page that had lost its connection is back
            self._sessions[name].is_closed = False
        return await super().push(body, request, username)

    def get_events(self) -> tuple[list[Event], bool, str] | None:
        """The next event, whether it is a batch, and its lane; None where none can run."""
        events = [event for lane in self._open_lanes() for event in self._ready(lane)]
        if not events:
            return None
        event = min(events, key=self._turn)
        lane = self.event_queue_per_concurrency_id[event.concurrency_id]
        lane.queue.remove(event)
        self.served.update(dict.fromkeys(_client(event), time.monotonic()))
        return [event], False, event.concurrency_id

    def _open_lanes(self) -> list[EventQueue]:
        lanes = self.event_queue_per_concurrency_id.values()
        limits = ((lane, lane.concurrency_limit) for lane in lanes if lane.queue)
        return [each for each, most in limits if most is None or each.current_concurrency < most]

    def _ready(self, lane: EventQueue) -> list[Event]:
        """The events of a lane that need not wait for another of their session."""
        apart = LONG["concurrency_id"]
        if lane.concurrency_id == apart:
            return lane.queue
        jobs = [event for job in self.active_jobs for event in job or ()]
        running = {each.session_hash for each in jobs if each.concurrency_id != apart}
        return [event for event in lane.queue if event.session_hash not in running]

    def _turn(self, event: Event) -> tuple[float, ...]:
        """The smaller, the sooner: when address and session were served, and when it was asked."""
        served = [self.served.get(name, event.enqueue_time) for name in _client(event)]
        return *served, event.enqueue_time

    @property
    def _sessions(self) -> dict[str, SessionState]:
        return self.blocks.state_holder.session_data

    async def _sweep(self) -> None:
        """Forgets, as long as the app runs, and gives memory back."""
        while not self.stopped:
            await asyncio.sleep(SWEEP_S)
            await self.forget()
            await run_sync(give_back)

    async def forget(self) -> None:
        """Drops what is kept of clients that have left and of calls without a page, and of open
        pages what was used longest ago, where their pictures are too many."""
        pages = {name: _pages(state) for name, state in self._sessions.items()}
        weights = await run_sync(_weighed, pages)  # in which time the event loop answers
        left = {True: LEFT_BYTES, False: OPEN_BYTES}  # whether closed: what may still be kept
        busy = {event.session_hash for event in self.event_ids_to_events.values()}
        used, now = self.blocks.state_holder.time_last_used, datetime.now()
        for name in reversed([*self._sessions]):  # they lie in the order of their use
            state = self._sessions[name]
            left[state.is_closed] -= weights.get(name, 0)
            idle = (now - used[name]).total_seconds() > IDLE_S
            if name not in busy and idle and (not pages.get(name) or left[state.is_closed] < 0):
                del self._sessions[name], used[name]
        for name in {*self.pending_messages_per_session} - {*self._sessions} - busy:
            del self.pending_messages_per_session[name]
            self.pending_event_ids_session.pop(name, None)
        old = time.monotonic() - IDLE_S
        self.served = {name: at for name, at in self.served.items() if at > old}


def _pages(state: SessionState) -> list[Session]:
    return [each for each in state.state_data.values() if isinstance(each, Session)]


def _weighed(pages: Mapping[str, Sequence[Session]]) -> dict[str, int]:
    """How many bytes the pages of each client take."""
    return {name: sum(map(weight, each)) for name, each in pages.items()}


def _client(event: Event) -> tuple[str, str]:
    """Address and session; a call without a session has only its address."""
    address = event.request.client.host if event.request.client else ""
    return address, address if event.session_hash == event._id else event.session_hash
