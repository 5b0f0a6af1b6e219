"""The app in a process of its own, with all that it writes to its log."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

APP = Path(__file__).parents[2] / "app.py"
OPEN = re.compile(r"is open at (\S+?)/? \(Ctrl")
PATIENCE_S = 120


@dataclass
class Running:
    url: str
    log: Path

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")


@contextmanager
def running(folder: Path, *options: str, **environment: str) -> Iterator[Running]:
    """`python app.py` with these options, on a free port unless they name one."""
    log, started = folder / "app.log", time.monotonic()
    command = [sys.executable, str(APP), "--port", "0", "--no-open", *options]
    with (
        log.open("w") as file,
        subprocess.Popen(
            command, stdout=file, stderr=subprocess.STDOUT, env=os.environ | environment
        ) as app,
    ):
        try:
            while not (found := OPEN.search(log.read_text())):
                waits = app.poll() is None and time.monotonic() - started < PATIENCE_S
                assert waits, log.read_text()
                time.sleep(0.1)
            yield Running(found[1], log)
        finally:
            app.terminate()
