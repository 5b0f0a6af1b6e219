"""What can be made again, kept by what it is made of: maps, and pairs for browsers.

A checkpoint is exported once, by a process of its own: nobody waits for it meanwhile, and its
memory is given back.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path
from threading import Lock

from explorer.exchange.description import MODEL
from training.checkpoints import CONFIG
from training.errors import UserError

FORM = b"1"  # of what is written: another one where `export_checkpoint` writes other files
EXPORT_S = 15
MOST = 100  # pairs; the oldest go
NICENESS = 10
CODE = Path(__file__).parents[2]


@cache
def digest(directory: Path) -> str:
    """Of what a model's folder holds; known to those who have the files or were told it alone."""
    found = hashlib.sha256(FORM)
    for file in sorted(directory.iterdir()):
        if file.suffix in {".json", ".safetensors", ".onnx"}:
            found.update(file.name.encode() + hashlib.sha256(file.read_bytes()).digest())
    return found.hexdigest()


@cache
def place(kind: str) -> Path:
    """The user's folder for what can be made again, or where that cannot be written a new one;
    `kind` is "maps" or "pairs"."""
    try:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        folder = Path(base, "latent-explorer", kind)
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            return folder
    except (OSError, RuntimeError):  # no home
        pass
    return Path(tempfile.mkdtemp(prefix=f"{kind}-"))


class Exports:
    """The processes that export checkpoints, one at a time."""

    def __init__(self):
        self.running: dict[Path, subprocess.Popen] = {}
        self.lock = Lock()

    def pair(self, name: str, root: str, directory: Path) -> Path | float:
        """The folder of a model's pair; until it is written, about how many seconds that takes.
        Raises UserError where it cannot be."""
        if not (directory / CONFIG).is_file():
            return directory  # it is one
        folder = place("pairs") / digest(directory)
        with self.lock:
            if (folder / MODEL).is_file():  # which is written last
                return folder
            mine = self.running.get(folder)
            if mine is not None and mine.poll():
                command = f"python -m explorer export {name} --onnx FOLDER"
                raise UserError(f"{name} cannot be exported: `{command}` says why.")
            if all(each.poll() is not None for each in self.running.values()):
                self.running[folder] = _started(name, root, folder)
        return float(EXPORT_S)


def _started(name: str, root: str, folder: Path) -> subprocess.Popen:
    for old in sorted(folder.parent.iterdir(), key=lambda each: each.stat().st_mtime)[:-MOST]:
        shutil.rmtree(old, ignore_errors=True)
    command = [sys.executable, "-m", "explorer", "export", name, "--onnx", str(folder)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen([*command, "--checkpoints", root], cwd=CODE, **quiet)
    with suppress(AttributeError, OSError):  # where the system knows no priorities
        os.setpriority(os.PRIO_PROCESS, process.pid, NICENESS)
    return process


EXPORTS = Exports()
