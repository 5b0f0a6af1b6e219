"""Any file, bytes, array or PIL picture to an upright RGB picture, or one clear sentence."""

import io
import re
import warnings
from contextlib import suppress
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from training.errors import QUOTED, UserError
from training.words import say

MIN_SIDE_PX = 16
# What a file may cost is bounded by its header, before anything of it is decoded.
MAX_MEGAPIXELS = 50
MAX_DEEP_MEGAPIXELS = 25  # of 16 or 32 bits a pixel in grey, which take several times as much
MAX_MEGABYTES = 300  # 50 megapixels of 16 bits in RGB, uncompressed
MAX_SCANS = 32  # of a JPEG: encoders make up to 20, and each costs as much as a whole picture
MAX_SCANNED_MEGAPIXELS = 500  # scans times megapixels: progressive photos have about 10 scans

# Named, because Pillow would otherwise also try formats that start other programs (EPS).
FORMATS = ("PNG", "JPEG", "WEBP", "AVIF", "GIF", "BMP", "TIFF", "PPM")
NAMED = {"one": ["PNG", "JPEG", "WebP", "AVIF", "GIF", "BMP"], "next": "TIFF"}
FORMATS_SAID = say("{one} or {next}", **NAMED)
HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")
with suppress(ImportError):
    from pillow_heif import register_heif_opener

    register_heif_opener()
    FORMATS += ("HEIF",)

# A marker of a JPEG, but the restart markers (D0 to D7) and the stuffed zero within a scan.
JPEG_MARKER = re.compile(rb"\xff([\xc0-\xcf\xd8-\xfe])")
START_OF_IMAGE, END_OF_IMAGE, START_OF_SCAN = b"\xd8", b"\xd9", b"\xda"


class PictureError(UserError):
    """A picture that cannot be used; it is said in one sentence what to do."""


def open_picture(
    source: str | Path | bytes | Image.Image | np.ndarray, min_side_px: int = MIN_SIDE_PX
) -> Image.Image:
    """An upright RGB picture from a path, a file's bytes, a PIL picture or an array.

    Arrays are (H, W), (H, W, 1), (H, W, 3) or (H, W, 4): uint8, uint16, bool, other integers from
    0 to 255, or floats, which are clipped to [0, 1]. Rotation by EXIF is applied, transparency is
    laid over white, 16-bit and CMYK become 8-bit RGB, and of an animation the first frame is taken.
    Raises `PictureError`, also for what is smaller than `min_side_px`, and for what would take very
    long or much memory to decode.
    """
    name = "The picture"
    if not isinstance(source, bytes | np.ndarray | Image.Image):
        name, source = Path(source).name[:QUOTED], read_file(Path(source))
    # Pillow warns of large pictures, which are refused by a lower limit, and of odd metadata.
    with warnings.catch_warnings(action="ignore"):
        if isinstance(source, np.ndarray):
            source = _from_array(source)
        elif isinstance(source, bytes):
            source = _from_bytes(source, name)
        return _upright_rgb(source, name, min_side_px)


def check_file_size(size: int, name: str) -> None:
    """Raises PictureError for a file of more bytes than any picture that is read."""
    if size > MAX_MEGABYTES * 1e6:
        has = {"name": name, "size": f"{size / 1e6:,.0f}", "most": MAX_MEGABYTES}
        raise PictureError(
            say("{name} is a file of {size} MB, too large: {most} MB at most.", **has)
        )


def read_file(path: Path) -> bytes:
    """The bytes of a file that may be a picture. Raises PictureError, also for what is too large,
    and for what is no file and may never end."""
    name = path.name[:QUOTED]
    try:
        if path.is_dir():
            raise PictureError(say("{name} is a folder: give a picture file in it.", name=name))
        if path.exists() and not path.is_file():  # a pipe or a device may never end
            raise PictureError(
                say("{name} is no file but a pipe or a device: give a picture file.", name=name)
            )
        check_file_size(path.stat().st_size, name)
        return path.read_bytes()
    except (FileNotFoundError, ValueError):  # ValueError: a null character
        raise PictureError(
            say("There is no file {name}: check its name and folder.", name=name)
        ) from None
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise PictureError(
            say("{name} cannot be read ({reason}): choose another file.", name=name, reason=reason)
        ) from None


def _from_bytes(data: bytes, name: str) -> Image.Image:
    if not data:
        raise PictureError(say("{name} is empty (0 bytes): choose another file.", name=name))
    check_file_size(len(data), name)
    scans = _scans(data) if data.startswith(b"\xff\xd8") else 0
    try:
        picture = Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError:
        has = {"name": name, "most": MAX_MEGAPIXELS}
        raise PictureError(
            say("{name} is far too large: make it smaller, {most} megapixels at most.", **has)
        ) from None
    except Exception:  # decoders raise almost anything on bytes that are not theirs
        has = NAMED | {"name": name}
        message = say("{name} is not a picture that can be read: use {one} or {next}.", **has)
        if data[4:8] == b"ftyp" and data[8:12] in HEIC_BRANDS:
            message = say(
                "{name} is a HEIC picture that cannot be read: save it as {one} or {next}.", **has
            )
        raise PictureError(message) from None
    scanned = scans * picture.width * picture.height / 1e6
    if scans > MAX_SCANS or scanned > MAX_SCANNED_MEGAPIXELS:
        raise PictureError(
            say("{name} has too many scans for its size: save it anew as a JPEG.", name=name)
        )
    return picture


def _scans(data: bytes) -> int:
    """Scans of a JPEG up to its end marker; counting stops above MAX_SCANS."""
    if (most := data.count(b"\xff" + START_OF_SCAN)) <= MAX_SCANS:
        return most  # with those of a thumbnail, and other bytes that look like one
    count, place = 0, 2
    while count <= MAX_SCANS and (found := JPEG_MARKER.search(data, place)):
        kind, place = found[1], found.end()
        if kind == END_OF_IMAGE:
            break
        count += kind == START_OF_SCAN
        if kind != START_OF_IMAGE:
            place += max(2, int.from_bytes(data[place : place + 2]))  # a segment says its length
    return count


def _from_array(array: np.ndarray) -> Image.Image:
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (3, 4)):
        shape = " x ".join(map(str, array.shape))
        raise PictureError(f"An array of {shape} is no picture: give (H, W), (H, W, 3 or 4).")
    return Image.fromarray(_levels(array))


def _levels(array: np.ndarray) -> np.ndarray:
    """Numbers of any shape as uint8."""
    kind, size = array.dtype.kind, array.dtype.itemsize
    if kind not in "bfiu":
        raise PictureError(
            f"An array of {str(array.dtype)[:QUOTED]} is no picture: give integers from 0 to 255, "
            "or floats in [0, 1]."
        )
    if kind in "bf":
        array = np.nan_to_num(array.astype(np.float32)).clip(0, 1) * 255
    elif (kind, size) == ("u", 2):
        array = array / 257
    elif array.min(initial=0) < 0 or array.max(initial=0) > 255:
        raise PictureError(
            f"An array of integers from {array.min()} to {array.max()} is no picture: give 0 to "
            "255, or uint16."
        )
    return array.round().astype(np.uint8)


def _upright_rgb(picture: Image.Image, name: str, min_side_px: int) -> Image.Image:
    _check_size(picture, name, min_side_px)
    try:
        picture.load()
        with suppress(Exception):  # a broken EXIF block is no reason to refuse the picture
            picture = ImageOps.exif_transpose(picture)
        return _rgb(picture)
    except Exception:  # as above: whatever a decoder raises, the file is what is wrong
        raise PictureError(
            say("{name} is damaged or cut off: export or download it again.", name=name)
        ) from None


def _check_size(picture: Image.Image, name: str, min_side_px: int) -> None:
    width, height = picture.size
    megapixels = width * height / 1e6
    most = MAX_DEEP_MEGAPIXELS if _is_deep(picture) else MAX_MEGAPIXELS
    if megapixels > most:
        message = say(
            "{name} is {width}x{height} px, {size} MP, too large: make it smaller, {most} "
            "megapixels at most.",
            name=name,
            width=f"{width:,}",
            height=f"{height:,}",
            size=f"{megapixels:,.0f}",
            most=most,
        )
        raise PictureError(message)
    if min(width, height) < min_side_px:
        message = say(
            "{name} is {width}x{height} px, too small: use a picture of at least {least} px a "
            "side.",
            name=name,
            width=width,
            height=height,
            least=min_side_px,
        )
        raise PictureError(message)


def _is_deep(picture: Image.Image) -> bool:
    """Whether it is grey of 16 or 32 bits, or of floats."""
    return picture.mode.startswith(("I", "F"))


def _rgb(picture: Image.Image) -> Image.Image:
    if _is_deep(picture):
        return _from_deep_grey(picture).convert("RGB")
    if picture.has_transparency_data:
        picture, white = picture.convert("RGBA"), Image.new("RGB", picture.size, "white")
        white.paste(picture, mask=picture)
        return white
    return picture.convert("RGB")


def _from_deep_grey(picture: Image.Image) -> Image.Image:
    """16-bit, 32-bit or float grey to 8 bits: Pillow's own conversion would clip at 255."""
    grey = np.asarray(picture).astype(np.float32)
    if picture.mode.startswith("I;16"):
        white = 65535.0
    else:  # these modes do not say what white is: the smallest usual scale that holds them
        scales = (1.0, 255.0, 65535.0) if picture.mode == "F" else (255.0, 65535.0)
        most = float(grey.max(where=np.isfinite(grey), initial=0))
        white = next((scale for scale in scales if most <= scale), most)
    np.nan_to_num(grey, copy=False, posinf=white, neginf=0)
    grey *= 255 / white
    return Image.fromarray(grey.clip(0, 255, out=grey).round(out=grey).astype(np.uint8))
