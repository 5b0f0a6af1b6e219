"""The app's one folder for files that come and go: uploads, and pictures to download.

Each run has its own, which only its user may read. It is emptied when the app ends, by age and
size, and, where an app was killed, when the next one starts.
"""

import os
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import time

from filelock import FileLock, Timeout

from training.errors import UserError, refusal

PREFIX, LOCK = "latent-explorer-", "lock"  # the lock in a run's folder is held as long as it runs
VARIABLE = "GRADIO_TEMP_DIR"  # where gradio keeps its files
SWEEP_S, AGE_S, MOST_BYTES = 60, 24 * 3600, 4e9


@contextmanager
def opened() -> Iterator[Path]:
    """The folder of this run, gone afterwards; gradio and `tempfile` write into it meanwhile.

    It lies in `GRADIO_TEMP_DIR` where that is set, else where the system has its temporary files.
    Raises UserError where it cannot be written.
    """
    given, before, ended = os.environ.get(VARIABLE), tempfile.tempdir, threading.Event()
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # as Ctrl+C does
    try:
        base = Path(given or tempfile.gettempdir())
        base.mkdir(parents=True, exist_ok=True)
        _remove_dead(base)
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=base))
        lock = FileLock(folder / LOCK)
        lock.acquire()
        files = folder / "files"
        files.mkdir()
    except OSError as error:
        where = f"{given} cannot be written" if given else "No temporary folder can be written"
        said = f"{where} ({refusal(error)}), so there is no place for uploads"
        raise UserError(f"{said}: name another folder in {VARIABLE}.") from None
    os.environ[VARIABLE] = tempfile.tempdir = str(files)
    threading.Thread(target=_sweep_often, args=(files, ended), daemon=True).start()
    try:
        yield folder
    finally:
        ended.set()
        tempfile.tempdir = before
        os.environ.pop(VARIABLE)
        if given:
            os.environ[VARIABLE] = given
        lock.release()
        shutil.rmtree(folder, ignore_errors=True)


def _remove_dead(base: Path) -> None:
    """Removes the folders of apps that were killed: nobody holds their locks."""
    me = getattr(os, "getuid", lambda: None)()
    for folder in base.glob(f"{PREFIX}*"):
        with suppress(OSError, Timeout):
            stat = folder.lstat()
            young = stat.st_mtime > time() - AGE_S  # it may be one that is just being made
            if me not in (None, stat.st_uid) or (young and not (folder / LOCK).is_file()):
                continue
            with FileLock(folder / LOCK, timeout=0):
                pass
            shutil.rmtree(folder)


def _sweep_often(folder: Path, ended: threading.Event) -> None:
    while not ended.wait(SWEEP_S):
        sweep(folder)


def sweep(folder: Path, age_s: float = AGE_S, most_bytes: float = MOST_BYTES) -> None:
    """Removes files that are older, and the oldest where all of them are larger together."""
    kept, old = 0, time() - age_s
    for file, stat in sorted(_files(folder), key=lambda each: -each[1].st_mtime):
        kept += stat.st_size
        if stat.st_mtime < old or kept > most_bytes:
            file.unlink(missing_ok=True)
    for each in sorted(folder.glob("**/"), reverse=True):  # what is below comes before
        with suppress(OSError):  # where something is in it
            if each != folder and each.stat().st_mtime < old:
                each.rmdir()


def _files(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):
            if path.is_file():
                yield path, path.stat()
