"""The process that decodes uploads: `python -P decoder.py READER PROJECT`.

It reads a line of JSON, {path, px}, from standard input and answers with one, {size} before so many
RGB bytes or {said}, key and values of a sentence. Nothing but Pillow and NumPy is imported: READER
is the file of `open_picture`, taken by itself because its package brings PyTorch, which costs
seconds and 500 MB.
"""

import importlib.util
import json
import sys
import warnings
from contextlib import suppress

CPU_S, MEMORY_BYTES = 4, 1 << 30  # for one picture; for the process


def main(reader: str, project: str) -> None:
    sys.path.insert(0, project)
    spec = importlib.util.spec_from_file_location("reader", reader)
    module = importlib.util.module_from_spec(spec)
    sys.modules["reader"] = module
    spec.loader.exec_module(module)
    warnings.simplefilter("ignore")
    module.Image.preinit()  # BMP, GIF, JPEG, PPM and PNG, for which the first picture would wait
    for line in sys.stdin.buffer:
        _limit()
        header, pixels = _answer(module, **json.loads(line))
        sys.stdout.buffer.write(json.dumps(header).encode() + b"\n" + pixels)
        sys.stdout.buffer.flush()


def _answer(reader, path: str, px: int | None) -> tuple[dict, bytes]:
    try:
        picture = reader.open_picture(path)
        if px:
            picture.thumbnail((px, px), reader.Image.Resampling.LANCZOS)
        return {"size": picture.size}, picture.tobytes()
    except reader.PictureError as error:
        return {"said": [error.said.key, error.said.values]}, b""


def _limit() -> None:
    """The system ends this process beyond so much work and memory, where it has such limits."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        cpu_s = int(used.ru_utime + used.ru_stime) + CPU_S
        for kind, most in (("CORE", 0), ("CPU", cpu_s), ("AS", MEMORY_BYTES)):
            limit = getattr(resource, f"RLIMIT_{kind}")
            resource.setrlimit(limit, (most, resource.getrlimit(limit)[1]))


if __name__ == "__main__":
    main(*sys.argv[1:])
