"""Uploads are decoded in processes of their own, which end when a picture asks too much of them."""

import json
import os
import subprocess
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from queue import LifoQueue
from threading import Timer

import numpy as np
from PIL import Image

from explorer.words import say
from training.data.pictures import PictureError, open_picture

Source = str | Path | bytes | Image.Image | np.ndarray
WORKERS, PATIENCE_S = 2, 20  # and one more, kept for small pictures
SMALL_PX, SMALL_BYTES = 2e6, 4e6
HEADED = ("PNG", "JPEG", "GIF", "BMP", "PPM")  # whose headers say at once how large they are
SCRIPT = Path(__file__).with_name("decoder.py")
PROJECT = str(Path(__file__).parents[2])
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def decoded(source: Source, px: int | None = None) -> Image.Image:
    """As `open_picture`, with a longer side of `px` at most; files by a process of their own.

    Raises PictureError, also where decoding takes longer or more memory than pictures should.
    """
    if isinstance(source, str | Path):
        return _decoders().open(Path(source), px)
    picture = open_picture(source)
    if px:
        picture.thumbnail((px, px), Image.Resampling.LANCZOS)
    return picture


class Decoders:
    """A few processes that wait for pictures, one of them for small ones when large ones keep all
    others busy; one that ends is replaced.

    They are not multiprocessing's, which import the program's main module, and with it PyTorch.
    """

    def __init__(self, count: int = WORKERS):
        self._idle: LifoQueue[subprocess.Popen] = LifoQueue()
        self._kept: LifoQueue[subprocess.Popen] = LifoQueue()
        for _ in range(count):
            self._idle.put(_started())
        self._kept.put(_started())

    def open(self, path: Path, px: int | None) -> Image.Image:
        """The picture in the file; raises PictureError."""
        place = self._idle
        if place.empty() and _small(path):
            place = self._kept
        worker = place.get()

        def end() -> None:
            worker.kill()
            worker.wait()  # so that who comes next sees its end

        timer = Timer(PATIENCE_S, end)
        timer.start()
        try:
            if worker.poll() is not None:
                worker = _started()
            header, pixels = _asked(worker, {"path": str(path.absolute()), "px": px})
        except BaseException as error:
            worker.kill()  # what it has still to say may not reach who comes next
            worker.communicate()  # its end is seen there, and another is started
            if not isinstance(error, OSError | ValueError):  # it was ended, here or by the system
                raise
            message = say(
                "{name} takes too long or too much memory to open: make it smaller, or save it "
                "anew.",
                name=path.name,
            )
            raise PictureError(message) from None
        finally:
            timer.cancel()
            timer.join()  # it may be ending the process at this moment
            place.put(worker)
        if "said" in header:
            key, values = header["said"]
            raise PictureError(say(key, **values))
        return Image.frombytes("RGB", tuple(header["size"]), pixels)

    def close(self) -> None:
        """Ends the processes; with the program they end by themselves."""
        for place in (self._idle, self._kept):
            while not place.empty():
                place.get().communicate()


@cache
def _decoders() -> Decoders:
    return Decoders()


warm = _decoders  # starts them, so that the first upload need not wait


def _small(path: Path) -> bool:
    """Whether its header says so, which is read here where the file is short."""
    with suppress(Exception):  # Pillow raises almost anything; the process says what is wrong
        if path.is_file() and path.stat().st_size <= SMALL_BYTES:
            with Image.open(path, formats=HEADED) as picture:
                return picture.width * picture.height <= SMALL_PX
    return False


def _started() -> subprocess.Popen:
    reader = sys.modules[open_picture.__module__].__file__
    return subprocess.Popen(
        [sys.executable, "-P", str(SCRIPT), reader, PROJECT],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # where decoders in C write their warnings
        env=os.environ | ONE_THREAD,
    )


def _asked(worker: subprocess.Popen, question: dict) -> tuple[dict, bytes]:
    """The answer of a process, header and pixels; OSError or ValueError where it has ended."""
    worker.stdin.write(json.dumps(question).encode() + b"\n")
    worker.stdin.flush()
    header = json.loads(worker.stdout.readline())
    width, height = header.get("size", (0, 0))
    pixels = worker.stdout.read(3 * width * height)
    if len(pixels) != 3 * width * height:
        raise ValueError("cut off")
    return header, pixels
