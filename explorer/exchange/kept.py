"""What can be made again, kept by what it is made of: maps, tables, pairs for browsers, pages.

What takes long is made once, by a process of its own: nobody waits for it meanwhile, and its memory
is given back.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from threading import Lock

from explorer.exchange.description import MODEL
from explorer.words import say
from training.checkpoints import CONFIG
from training.errors import UserError

FORM = b"2"  # of what is written: another one where `export_checkpoint` writes other files
EXPORT_S, PAGE_S = 15, 10  # about how long a pair takes, and each model of a page
MOST = {"pairs": 100, "pages": 20, "maps": 1000}  # are kept; the oldest go
AGAIN_S = 300  # from a failure to another attempt
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
    `kind` is such as "maps" or "pairs"."""
    try:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        folder = Path(base, "latent-explorer", kind)
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            return folder
    except (OSError, RuntimeError):  # no home
        pass
    base = tempfile.mkdtemp(prefix="latent-explorer-")
    os.environ["XDG_CACHE_HOME"] = base  # for the processes that make what is kept, too
    folder = Path(base, "latent-explorer", kind)
    folder.mkdir(parents=True)
    return folder


def pair_folder(directory: Path) -> Path:
    """Where a model's pair is: of a checkpoint what is kept of it, or the model's own folder."""
    return place("pairs") / digest(directory) if (directory / CONFIG).is_file() else directory


class Exports:
    """The processes that export, one at a time."""

    def __init__(self):
        self.running: dict[Path, subprocess.Popen] = {}
        self.failed: dict[Path, float] = {}  # when that was first seen
        self.written: set[Path] = set()  # of those; what is gone since then is made again
        self.lock = Lock()

    def pair(
        self, name: str, root: str, directory: Path, after: Sequence[str] = ()
    ) -> Path | float:
        """The folder of a model's pair; until it is written, about how many seconds that takes.
        Whoever writes it goes on with the models `after` it, which take less time together.
        Raises UserError where it cannot be."""
        folder = pair_folder(directory)
        if folder == directory:
            return directory
        how, file = ["export", "--kept", name], folder / MODEL  # the last file
        there = self._written(file, how, root, folder, partial(_unexported, [name]), after)
        return folder if there else float(EXPORT_S)

    def page(self, names: Sequence[str], root: str, key: str) -> Path | float:
        """The page of these models, by the digest of what it is made of; else as `pair`."""
        file = place("pages") / f"{key}.html"
        how = ["export", *names, "--html", str(file)]
        there = self._written(file, how, root, file, partial(_unexported, names))
        return file if there else float(PAGE_S * len(names))

    def map(self, name: str, root: str, layout: str, file: Path) -> bool:
        """Whether a model's codes are laid out and kept in the file; raises UserError as `pair`."""
        how = ["latent-map", name, "--layout", layout]
        return self._written(file, how, root, file, partial(_not_laid_out, name))

    def _written(
        self,
        file: Path,
        how: Sequence[str],
        root: str,
        out: Path,
        failed: Callable[[str], say],
        after: Sequence[str] = (),
    ) -> bool:
        """Whether a command has written the file; it is begun in its turn, with what it is to do
        `after` that. Where it could not, what `failed` makes of the command is said."""
        with self.lock:
            mine = self.running.get(out)
            ended = None if mine is None else mine.poll()  # before the look: it may write meanwhile
            if file.is_file():
                self.written.add(out)
                self.failed.pop(out, None)
                return True
            if (ended or (ended == 0 and out not in self.written)) and self._lately(out):
                command = f"python -m explorer {' '.join(how)}".replace(str(out), "OUT")
                raise UserError(failed(command))
            if all(each.poll() is not None for each in self.running.values()):
                _clear(out.parent)
                self.written.discard(out)
                self.running[out] = _started([*how, *after], root)
        return False

    def _lately(self, out: Path) -> bool:
        """Whether it was found within `AGAIN_S` that this cannot be written: what was wrong may be
        mended after that."""
        since = self.failed.setdefault(out, time.monotonic())
        lately = time.monotonic() - since < AGAIN_S
        if not lately:
            del self.failed[out], self.running[out]
        return lately


def _unexported(models: Sequence[str], command: str) -> say:
    return say(
        "{models} cannot be exported: `{command}` says why.", models=[*models], command=command
    )


def _not_laid_out(model: str, command: str) -> say:
    return say(
        "The codes of {model} cannot be laid out: `{command}` says why.",
        model=model,
        command=command,
    )


def _clear(folder: Path) -> None:
    """Makes room in a folder of what is kept, and the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    changed: dict[Path, float] = {}
    for each in folder.iterdir():
        with suppress(OSError):  # another app's, which has taken it away meanwhile
            changed[each] = each.stat().st_mtime
    for old in sorted(changed, key=changed.__getitem__)[: -MOST[folder.name]]:
        shutil.rmtree(old, ignore_errors=True) if old.is_dir() else old.unlink(missing_ok=True)


def _started(arguments: Sequence[str], root: str) -> subprocess.Popen:
    root = os.pathsep.join(map(os.path.abspath, root.split(os.pathsep)))  # it starts elsewhere
    command = [sys.executable, "-m", "explorer", *arguments, "--checkpoints", root]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, cwd=CODE, **quiet)
    with suppress(AttributeError, OSError):  # where the system knows no priorities
        os.setpriority(os.PRIO_PROCESS, process.pid, NICENESS)
    return process


EXPORTS = Exports()
