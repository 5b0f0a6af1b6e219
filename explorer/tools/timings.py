"""`python -m explorer.tools.timings`: how long the server takes for what people do, with limits.

First a tab's own handlers for the first two models, without network and browser; then, from outside
over HTTP, how soon the app serves its page, and the journeys of `soak` with 1, 8 and 32 users who
never pause, with the memory that they take.
"""

import os
import sys
import time

import numpy as np
import torch

from explorer.catalogue import ROOT
from explorer.page.tab import Timing
from explorer.page.tabs import TABS
from explorer.session.state import Session
from explorer.tools.browser import measured, walked
from explorer.tools.running import Watch, running
from explorer.tools.soak import taken, visits
from training import commandline
from training.errors import UserError

START, START_LIMIT_MS = "page usable after the command", 5000
PEAK_MB = 2000
SHARE = 1.5  # of the time that one user waits, for each user that a core has
LOADING_MINUTES = 0.1


def handled_ms(timing: Timing, session: Session, runs: int) -> list[float]:
    """Wall times in ms after one call that warms up."""
    times = []
    for _ in range(max(runs, 1) + 1):
        session.shown.clear()  # what is shown already would not be made again
        start = time.perf_counter()
        timing.call(session)
        times.append(1000 * (time.perf_counter() - start))
    return times[1:]


def timings(
    checkpoints: str = ROOT,
    runs: int = 20,
    users: tuple[int, ...] = (1, 8, 32),
    minutes: float = 0.5,
    browser: bool = False,
) -> None:
    """Measures how long the server takes for what people do.

    Args:
        checkpoints: folder of model sets
        runs: calls of each handler
        users: how many visit the app at a time
        minutes: how long they stay
        browser: measure in headless Chromium instead, from what people do to the changed pixels
    """
    root = os.path.abspath(checkpoints)
    session = Session(root)
    if not session.names:
        raise UserError(f"There is no usable checkpoint under '{checkpoints}'.")
    if browser:
        in_browser(root, session, runs)
        return
    torch.set_num_threads(1)  # as the server does
    print(f"{', '.join(session.names)}; {os.cpu_count()} cores")
    print(f"{'':36} {'p50 ms':>7} {'p95 ms':>7} {'limit':>7}")
    for tab in TABS:
        for index, slot in enumerate(tab.slots):
            session.put(slot.name, session.draw(index))
    for timing in [timing for tab in TABS for timing in tab.timings]:
        report(timing.name, handled_ms(timing, session, runs), timing.limit_ms)
    visited(root, users, minutes)


def visited(root: str, users: tuple[int, ...], minutes: float) -> None:
    """The app from its start to after its last visitor."""
    start = time.perf_counter()
    with running(root) as (url, app):
        report(START, [1000 * (time.perf_counter() - start)], START_LIMIT_MS)
        visits(url, root, 1, min(minutes, LOADING_MINUTES))  # what is loaded once
        with Watch(app.pid) as memory:
            alone: dict[str, float] = {}
            for count in users:
                done = visits(url, root, count, minutes)
                wrong = sum(bool(said) for _, _, said in done)
                print(f"{count} users, {len(done)} answers, {wrong} errors")
                for name, seconds in taken(done).items():
                    times = [1000 * each for each in seconds]
                    alone.setdefault(name, np.percentile(times, 95))
                    share = max(1, count / (os.cpu_count() or 1)) * SHARE
                    report(name, times, share * alone[name])
    print(f"{memory}; limits: {PEAK_MB} MB, and 100 MB more than at the start")


def report(name: str, took_ms: list[float], limit_ms: float) -> None:
    p50, p95 = np.percentile(took_ms, [50, 95])
    over = "" if p95 <= limit_ms else "  over"
    print(f"{name:36} {p50:7.0f} {p95:7.0f} {limit_ms:7.0f}{over}", flush=True)


def in_browser(root: str, session: Session, runs: int) -> None:
    """Two models of the first set, then all; then the live pad."""
    for names in (session.names, session.catalogue.sets[session.model_set]):
        print(f"{len(names)} models; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        for name, found, limit in measured(root, names, runs):
            print(f"{name:36} {found:7.0f} {limit:7}", flush=True)
    sizes = {}  # two models of the first set of each image size
    for names in session.catalogue.sets.values():
        sizes.setdefault(session.catalogue.models[names[0]].image_size, names[:2])
    for name, found, limit in walked(root, sizes.values()):
        print(f"{name:52} {found:7.1f} {limit:7}", flush=True)


if __name__ == "__main__":
    sys.exit(commandline.main(timings, sys.argv[1:], "python -m explorer.tools.timings"))
