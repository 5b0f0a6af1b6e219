"""`python -m explorer.tools.timings`: how long the server takes for what people do.

Beside each time stands its limit.

Each time is that of the page's own handler for all compared models (two by default), from the
values it is given to those it returns, median of several runs; the network and the browser come
on top. The last line starts the app anew and waits until its page is served.
"""

import argparse
import io
import os
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch

from explorer.engine import ROOT
from explorer.page.tabs import attributes, latent_map, morph, reconstruct, sample
from explorer.pictures.files import astronaut
from explorer.session.state import CORNERS, Session
from training.codes.directions import DEFAULT

APP = Path(__file__).resolve().parents[2] / "app.py"
LIMITS_MS = {
    "reconstruct an upload": 60,
    "reconstruct it and refine 50 steps": 1500,
    "9x9 morph": 300,
    "64 samples": 150,
    "one slider move": 40,
    "map, first view": 1000,
    "page usable after the command": 8000,
}
PATIENCE_S = 60


def calls(root: str) -> list[Callable[[], object]]:
    """What to time for each line of LIMITS_MS but the last, in its order."""
    session = Session(root)
    file = io.BytesIO()
    astronaut().save(file, "JPEG")
    for index, corner in enumerate(CORNERS):
        session.put(corner, session.draw(index))
    session.put(attributes.NAME, session.draw(0))

    def reconstruct_upload(steps: int = 0) -> None:
        session.put(reconstruct.NAME, session.photo(file.getvalue(), "photo", keep=False))
        reconstruct.show(session)
        list(reconstruct.refine(session, steps))

    def move_slider() -> None:
        session.amounts = dict.fromkeys(session.models[0].latents.names[:2], 1.0)
        attributes.edit(session, DEFAULT)

    def anew(show: Callable, *inputs) -> None:
        session.shown.clear()  # what is shown already would not be made again
        show(session, *inputs)

    return [
        reconstruct_upload,
        partial(reconstruct_upload, 50),
        partial(anew, morph.show, 9),
        partial(anew, sample.show, 0, 64, 1.0),
        move_slider,
        partial(anew, latent_map.show),
    ]


def median_ms(call: Callable[[], object], runs: int) -> float:
    """Median wall time in ms after one call that warms up."""
    call()
    times = []
    for _ in range(max(runs, 1)):
        start = time.perf_counter()
        call()
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times)


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
    raise SystemExit(f"app.py did not serve its page within {PATIENCE_S} s.")


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m explorer.tools.timings",
        description=__doc__.split("\n")[0],
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--checkpoints", default=ROOT, metavar="DIR", help="folder of model sets")
    parser.add_argument("--runs", type=int, default=9, help="runs that the median is taken of")
    options = parser.parse_args()
    root = os.path.abspath(options.checkpoints)
    names = ", ".join(Session(root).names)
    if not names:
        raise SystemExit(f"There is no usable checkpoint under '{options.checkpoints}'.")
    print(f"{names}; {os.cpu_count()} CPU cores, {torch.get_num_threads()} threads")
    print(f"{'':36} {'ms':>7} {'limit':>7}")
    times = [median_ms(call, options.runs) for call in calls(root)]
    times.append(statistics.median(start_ms(root) for _ in range(3)))
    for (name, limit), took in zip(LIMITS_MS.items(), times, strict=True):
        print(f"{name:36} {took:7.0f} {limit:7}{'' if took <= limit else '  over'}")


if __name__ == "__main__":
    main()
