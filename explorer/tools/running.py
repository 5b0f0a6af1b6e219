"""The app as a program of its own, for what measures it from outside."""

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from training.errors import UserError

APP = Path(__file__).resolve().parents[2] / "app.py"
PATIENCE_S = 60


@contextmanager
def running(root: str, *options: str) -> Iterator[tuple[str, subprocess.Popen]]:
    """The address where the app for the checkpoints under `root` is served, and its process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, str(APP), "--port", str(port), "--no-open", "--checkpoints", root]
    app = subprocess.Popen([*command, *options], stdout=subprocess.DEVNULL)
    try:
        url, begun = f"http://127.0.0.1:{port}", time.perf_counter()
        while not _answers(url):
            if time.perf_counter() - begun > PATIENCE_S or app.poll() is not None:
                raise UserError(f"app.py did not serve its page within {PATIENCE_S} s.")
            time.sleep(0.05)
        yield url, app
    finally:
        app.terminate()
        app.wait()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE_S):
            return True
    except OSError:
        return False


def memory_mb(process: int) -> float:
    """Resident memory of a process and its children, as `ps` has it."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid=,rss="], capture_output=True, text=True)
    rows = [map(int, line.split()) for line in listed.stdout.splitlines()]
    return sum(rss for pid, parent, rss in rows if process in (pid, parent)) / 1024
