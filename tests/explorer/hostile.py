"""Hostile uploads: honest files in every format, mutated by a seeded generator, and files that only
look like pictures. Names are part of it."""

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator

import numpy as np
from PIL import Image

SAVED = {
    "png": {"format": "PNG"},
    "jpg": {"format": "JPEG"},
    "progressive.jpg": {"format": "JPEG", "progressive": True},
    "webp": {"format": "WEBP"},
    "avif": {"format": "AVIF"},
    "gif": {"format": "GIF"},
    "bmp": {"format": "BMP"},
    "tif": {"format": "TIFF", "compression": "tiff_lzw"},
    "ppm": {"format": "PPM"},
}
SIDES = (64, 48)
HUGE = (2**31 - 1, 2**16 - 1, 60_000, 0)  # px that headers claim
# where formats keep width and height: offset, and how the two are packed
SIZES = {"png": (16, ">II"), "gif": (6, "<HH"), "bmp": (18, "<ii")}
NAMES = (
    "{}.png",
    "<img src=x onerror=alert(1)>{}.png",
    "../../../../etc/{}.png",
    "..\\..\\windows\\{}.png",
    "{}\x00\x07\x1b[31m.png",
    "![x](http://example.com/{}).png",
    "\u202egnp.{}",
    "{}" + "a" * 4000 + ".png",
    "{}",
    " . {}",
)
LIARS = {
    "html": b"<html><script>alert(1)</script></html>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="99" height="99"><script/></svg>',
    "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 99 99\n(/etc/passwd) run showpage\n",
    "pdf": b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n",
    "text": "Nur Text, kein Bild: äöü \u202e\n".encode(),
    "nothing": b"",
    "zeros": bytes(10_000),
}


def honest() -> dict[str, bytes]:
    """A small picture in every format."""
    wide, high = SIDES
    ramp = np.linspace(0, 255, wide * high * 3).reshape(high, wide, 3).astype(np.uint8)
    return {kind: _saved(Image.fromarray(ramp), **how) for kind, how in SAVED.items()}


def uploads(count: int, seed: int = 0) -> Iterator[tuple[str, bytes]]:
    """`count` names and contents: what is expensive comes once, then everything in turn."""
    rng, files = random.Random(seed), honest()
    made = [*LIARS.values(), zipped(), scans(300), deep(7000), deep(3000), text_bomb()]
    kinds, changes = [*files], [*CHANGES]
    for at in range(count):
        name = NAMES[at % len(NAMES)].format(at)
        if at < len(made):
            yield name, made[at]
        else:
            kind = kinds[at % len(kinds)]
            yield name, CHANGES[changes[at // len(kinds) % len(changes)]](kind, files, rng)


def cut(kind: str, files: dict, rng: random.Random) -> bytes:
    return files[kind][: rng.randrange(len(files[kind]))]


def flipped(kind: str, files: dict, rng: random.Random) -> bytes:
    data = bytearray(files[kind])
    for _ in range(rng.choice((1, 8, 64))):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return bytes(data)


def swapped(kind: str, files: dict, rng: random.Random) -> bytes:
    """The head of one format on the body of another."""
    head = rng.randrange(2, 24)
    return files[rng.choice([*files])][:head] + files[kind][head:]


def grown(kind: str, files: dict, rng: random.Random) -> bytes:
    at = rng.randrange(len(files[kind]))
    return files[kind][:at] + rng.randbytes(rng.randrange(1, 5000)) + files[kind][at:]


def repeated(kind: str, files: dict, rng: random.Random) -> bytes:
    start, end = sorted(rng.randrange(len(files[kind])) for _ in range(2))
    return files[kind][:end] + files[kind][start:end] * 20 + files[kind][end:]


def claimed(kind: str, files: dict, rng: random.Random) -> bytes:
    """A header that claims a huge picture."""
    data, sides = bytearray(files[kind]), [rng.choice((*HUGE, 16)) for _ in SIDES]
    if kind in SIZES:
        at, how = SIZES[kind]
        fits = [side & 0xFFFF if "H" in how else side for side in sides]
        struct.pack_into(how, data, at, *fits)
    else:  # wherever the true sides stand
        for packed in (">H", "<H", ">I", "<I"):
            at = data.find(struct.pack(packed, SIDES[0]))
            if at > 0:
                struct.pack_into(packed, data, at, rng.choice(HUGE) & (2**15 - 1))
    if kind == "png":
        data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
    return bytes(data)


CHANGES: dict[str, Callable[[str, dict, random.Random], bytes]] = {
    change.__name__: change for change in (cut, flipped, swapped, grown, repeated, claimed)
}


def scans(times: int, side: int = 3000) -> bytes:
    """A small progressive JPEG whose last scan comes many times: each is decoded in full."""
    data = _saved(Image.new("RGB", (side, side)), format="JPEG", progressive=True)
    last = data.rfind(b"\xff\xda")
    return data[:-2] + data[last:-2] * times + b"\xff\xd9"


def deep(side: int) -> bytes:
    """A 16-bit picture of nothing, which packs well."""
    return _saved(Image.fromarray(np.zeros((side, side), np.uint16)), format="PNG")


def text_bomb() -> bytes:
    """A PNG whose few bytes of text unpack to 100 MB."""
    packed = zlib.compress(bytes(100_000_000), 9)
    body = b"zTXt" + b"latent-code\0\0" + packed
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    data = honest()["png"]
    return data[:33] + chunk + data[33:]


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../bomb.png", bytes(10_000_000))
    return file.getvalue()


def _saved(picture: Image.Image, **how) -> bytes:
    file = io.BytesIO()
    picture.save(file, **how)
    return file.getvalue()
