"""The app as a program of its own, for what measures it from outside."""

import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from training.errors import UserError

APP = Path(__file__).resolve().parents[2] / "app.py"
PATIENCE_S, AFTER_S = 180, 120  # and when memory is looked at again


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


def memory_mb(process: int, children: bool = True) -> float:
    """Resident memory of a process, and of its children, as `ps` has it."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid=,rss="], capture_output=True, text=True)
    rows = [map(int, line.split()) for line in listed.stdout.splitlines()]
    mine = (rss for pid, parent, rss in rows if pid == process or children and parent == process)
    return sum(mine) / 1024


class Watch(threading.Thread):
    """What a process and its children take: at the start, at most while it is watched, and, where
    that is a `with`, some time after."""

    def __init__(self, process: int, children: bool = True):
        super().__init__(daemon=True)
        self.process, self.children, self.ended = process, children, threading.Event()
        self.start_mb = self.peak_mb = self.after_mb = memory_mb(process, children)

    def run(self) -> None:
        while not self.ended.wait(1):
            self.peak_mb = max(self.peak_mb, memory_mb(self.process, self.children))

    def __enter__(self) -> "Watch":
        self.start()
        return self

    def __exit__(self, kind, *_) -> None:
        self.ended.set()
        if kind is None:
            time.sleep(AFTER_S)
            self.after_mb = memory_mb(self.process, self.children)

    def __str__(self) -> str:
        start, peak, after = self.start_mb, self.peak_mb, self.after_mb
        return f"memory: {start:.0f} MB, at most {peak:.0f}, after {AFTER_S} s {after:.0f}"
