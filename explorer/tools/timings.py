"""`python -m explorer.tools.timings`: how long the server takes for what people do, with limits.

Each time is the median over several runs of a tab's own handlers for the first two models; network
and browser come on top. The last line starts the app and waits until its page is served.
"""

import os
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import torch

from explorer.engine import ROOT
from explorer.page.tab import Timing
from explorer.page.tabs import TABS
from explorer.session.state import Session
from explorer.tools.browser import measured, walked
from training import commandline
from training.errors import UserError

APP = Path(__file__).resolve().parents[2] / "app.py"
START = "page usable after the command"
START_LIMIT_MS = 8000
PATIENCE_S = 60


def median_ms(timing: Timing, session: Session, runs: int) -> float:
    """Median wall time in ms after one call that warms up."""
    times = []
    for _ in range(max(runs, 1) + 1):
        session.shown.clear()  # what is shown already would not be made again
        start = time.perf_counter()
        timing.call(session)
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times[1:])


def start_ms(root: str) -> float:
    """Wall time in ms from starting app.py until its page is served; stops the app again."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, str(APP), "--port", str(port), "--no-open", "--checkpoints", root]
    start = time.perf_counter()
    app = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        while time.perf_counter() - start < PATIENCE_S and app.poll() is None:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=PATIENCE_S):
                    return 1000 * (time.perf_counter() - start)
            except OSError:
                time.sleep(0.05)
    finally:
        app.terminate()
        app.wait()
    raise UserError(f"app.py did not serve its page within {PATIENCE_S} s.")


def timings(checkpoints: str = ROOT, runs: int = 9, browser: bool = False) -> None:
    """Measures how long the server takes for what people do.

    Args:
        checkpoints: folder of model sets
        runs: runs that the median is taken of
        browser: measure in headless Chromium instead, from what people do to the changed pixels
    """
    root = os.path.abspath(checkpoints)
    session = Session(root)
    if not session.names:
        raise UserError(f"There is no usable checkpoint under '{checkpoints}'.")
    if browser:
        in_browser(root, session, runs)
        return
    print(f"{', '.join(session.names)}; {os.cpu_count()} cores, {torch.get_num_threads()} threads")
    print(f"{'':36} {'ms':>7} {'limit':>7}")
    for tab in TABS:
        for index, slot in enumerate(tab.slots):
            session.put(slot.name, session.draw(index))
    for timing in [timing for tab in TABS for timing in tab.timings]:
        report(timing.name, median_ms(timing, session, runs), timing.limit_ms)
    report(START, statistics.median(start_ms(root) for _ in range(3)), START_LIMIT_MS)


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


def report(name: str, took_ms: float, limit_ms: int) -> None:
    print(f"{name:36} {took_ms:7.0f} {limit_ms:7}{'' if took_ms <= limit_ms else '  over'}")


if __name__ == "__main__":
    sys.exit(commandline.main(timings, sys.argv[1:], "python -m explorer.tools.timings"))
