"""Every kind of picture comes out upright and right in colour, every wreck in one sentence."""

import io
import os
import re
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from training.data.pictures import PictureError, open_picture

RAMP = np.linspace(0, 1, 64)[None].repeat(32, 0)  # black on the left, white on the right: (32, 64)


def saved(picture, kind, **options):
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def bytes_of(ramp):
    return (ramp * 255).round().astype(np.uint8)


def grey_ramp():
    return Image.fromarray(bytes_of(RAMP))


def deep_ramp():
    return Image.fromarray((RAMP * 65535).round().astype(np.uint16))


def transparent_ramp(mode):
    grey = grey_ramp()
    black, alpha = Image.new("L", grey.size), grey.point(lambda value: 255 - value)
    if mode == "LA":
        return Image.merge("LA", [black, alpha])  # black that fades out to the right
    return Image.merge("RGBA", [black, black, black, alpha])


def palette_ramp():
    """Black on the left, a fully transparent colour (red) on the right."""
    half = Image.fromarray((RAMP > 0.5).astype(np.uint8), "L").convert("P")
    half.putpalette([0, 0, 0, 255, 0, 0])
    return half


RAMPS = {
    "rgb png": lambda: saved(grey_ramp().convert("RGB"), "PNG"),
    "grey png": lambda: saved(grey_ramp(), "PNG"),
    "16-bit png": lambda: saved(deep_ramp(), "PNG"),
    "16-bit tiff": lambda: saved(deep_ramp(), "TIFF"),
    "32-bit tiff": lambda: saved(Image.fromarray((RAMP * 65535).astype(np.int32)), "TIFF"),
    "float tiff": lambda: saved(Image.fromarray(RAMP.astype(np.float32)), "TIFF"),
    "cmyk jpeg": lambda: saved(grey_ramp().convert("RGB").convert("CMYK"), "JPEG", quality=95),
    "grey and alpha png": lambda: saved(transparent_ramp("LA"), "PNG"),
    "rgb and alpha png": lambda: saved(transparent_ramp("RGBA"), "PNG"),
    "webp": lambda: saved(grey_ramp().convert("RGB"), "WEBP", lossless=True),
    "avif": lambda: saved(grey_ramp().convert("RGB"), "AVIF", quality=95),
    "heic": lambda: saved(grey_ramp().convert("RGB"), "HEIF", quality=95),
    "bmp": lambda: saved(grey_ramp(), "BMP"),
    "pil": grey_ramp,
    "float array": lambda: RAMP,
    "uint16 array": lambda: (RAMP * 65535).astype(np.uint16)[:, :, None],
    "int64 array": lambda: bytes_of(RAMP).astype(np.int64),
    "big-endian uint16 array": lambda: (RAMP * 65535).astype(">u2"),
    "uint8 array": lambda: bytes_of(RAMP)[:, :, None].repeat(3, 2),
}


@pytest.mark.parametrize("kind", RAMPS)
def test_every_kind_gives_the_same_ramp(kind):
    picture = open_picture(RAMPS[kind]())
    assert (picture.mode, picture.size) == ("RGB", (64, 32))
    error = np.abs(np.asarray(picture) / 255 - RAMP[:, :, None])
    assert error.max() <= 3 / 255, f"off by {error.max() * 255:.0f} levels"


@pytest.mark.parametrize("scale", [1, 255, 1e6])
def test_what_is_infinite_is_white_or_black_and_the_rest_as_ever(scale):
    pixels = (RAMP * scale).astype(np.float32)
    pixels[0, :3] = np.inf, -np.inf, np.nan
    grey = np.asarray(open_picture(Image.fromarray(pixels)))[:, :, 0] / 255
    assert grey[0, :3].tolist() == [1, 0, 0]
    assert np.abs(grey - RAMP)[1:].max() <= 3 / 255


def test_transparent_palette_colour_becomes_white():
    data = saved(palette_ramp(), "PNG", transparency=1)
    pixels = np.asarray(open_picture(data))
    assert (pixels[:, :32] == 0).all() and (pixels[:, 32:] == 255).all()


def test_animation_gives_its_first_frame():
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "blue")]
    data = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert open_picture(data).getpixel((5, 5)) == (255, 0, 0)


@pytest.mark.parametrize(
    ("orientation", "white_corner"),
    [(1, (0, 0)), (2, (1, 0)), (3, (1, 1)), (4, (0, 1)),
     (5, (0, 0)), (6, (1, 0)), (7, (1, 1)), (8, (0, 1))],
)  # fmt: skip
def test_exif_orientation_is_applied(orientation, white_corner):
    """The stored picture is white in its upper left corner; EXIF 2.32 says where that belongs."""
    picture = Image.new("RGB", (48, 32))
    picture.paste("white", (0, 0, 16, 16))
    exif = Image.Exif()
    exif[0x0112] = orientation
    upright = open_picture(saved(picture, "JPEG", exif=exif, quality=95))
    assert upright.size == ((48, 32) if orientation < 5 else (32, 48))
    x, y = (
        4 + corner * (side - 9) for corner, side in zip(white_corner, upright.size, strict=True)
    )
    assert min(upright.getpixel((x, y))) > 240
    assert np.asarray(upright).mean() < 80  # white nowhere else


def test_broken_exif_does_not_spoil_the_picture():
    data = saved(Image.new("RGB", (32, 32), "red"), "PNG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff")
    assert open_picture(data).getpixel((0, 0)) == (255, 0, 0)


def header_of_png(width, height, depth=8, colour=2):
    """A PNG that says how large it is and holds next to nothing."""

    def chunk(kind, body):
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    size = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", zlib.compress(b""))


def scans(count, side=64):
    """A progressive JPEG whose last scan is repeated until there are `count`."""
    data = saved(Image.new("L", (side, side)), "JPEG", progressive=True)
    last = data[data.rindex(b"\xff\xda") : -2]
    more = count - data.count(b"\xff\xda")
    return data[:-2] + last * more + data[-2:]


def photo():
    noise = np.random.default_rng(0).integers(0, 256, (200, 200, 3), dtype=np.uint8)
    return Image.fromarray(noise)


WRECKS = {
    "empty": (lambda: b"", "is empty"),
    "text": (lambda: b"<html>not found</html>", "not a picture .* use PNG, JPEG"),
    "heic": (lambda: b"\0\0\0\x18ftypheic" + bytes(64), "HEIC .* save it as PNG, JPEG"),
    "postscript": (lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 99 99\n", "not a picture"),
    "cut jpeg": (lambda: saved(photo(), "JPEG")[:4000], "damaged or cut off"),
    "cut png": (lambda: saved(photo(), "PNG")[:4000], "damaged or cut off"),
    "cut gif": (lambda: saved(photo(), "GIF")[:4000], "damaged or cut off"),
    "1x1": (lambda: saved(Image.new("RGB", (1, 1)), "PNG"), "1x1 px, too small: .* 16 px"),
    "10,000x10,000": (lambda: header_of_png(10_000, 10_000), "10,000x10,000 px, 100 MP"),
    "bomb": (lambda: header_of_png(60_000, 60_000), "too large: .* 50 megapixels"),
    "16-bit 6,000x6,000": (lambda: header_of_png(6_000, 6_000, 16, 0), "36 MP.* 25 megapixels"),
    "400 scans": (lambda: scans(400), "too many scans"),
    "20 scans of 36 megapixels": (lambda: scans(20, 6000), "too many scans"),
    "larger than any": (lambda: bytes(301_000_000), "301 MB, too large: 300 MB at most"),
    "array": (lambda: np.zeros((2, 3, 4, 5)), "2 x 3 x 4 x 5 is no picture"),
    "array of objects": (lambda: np.full((20, 20), None), "array of object is no picture: give"),
    "array of text": (lambda: np.full((20, 20), "a"), "array of <U1 is no picture: give"),
    "complex array": (lambda: np.full((20, 20), 1j), "array of complex128 is no picture: give"),
    "array of dates": (lambda: np.zeros((20, 20), "m8[s]"), r"timedelta64\[s\] is no picture"),
    "negative array": (lambda: np.arange(-9, 391).reshape(20, 20), "from -9 to 390 .*: give 0 to"),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("wreck", WRECKS)
def test_every_wreck_gives_one_sentence_that_says_what_to_do(wreck):
    make, said = WRECKS[wreck]
    with pytest.raises(PictureError, match=said) as caught:
        open_picture(make())
    message = str(caught.value)
    assert re.fullmatch(r"[^\n]+\.", message) and len(message) < 160


def test_file_is_named_and_what_is_not_there_too(tmp_path):
    (tmp_path / "notes.jpg").write_text("no picture")
    for name, said in [
        ("notes.jpg", "^notes.jpg is not"),
        ("gone.png", "gone.png"),
        ("", "folder"),
    ]:
        with pytest.raises(PictureError, match=said):
            open_picture(tmp_path / name)


def test_as_many_scans_as_encoders_make_are_read_and_others_after_the_end_do_not_count():
    film = scans(32) + scans(32)  # as phones append a film to a photo
    assert open_picture(film).size == (64, 64)


def test_a_smaller_side_can_be_allowed():
    assert open_picture(saved(Image.new("L", (1, 8)), "PNG"), min_side_px=1).size == (1, 8)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(PictureError, match="pipe.png is no file but a pipe"):
        open_picture(tmp_path / "pipe.png")
