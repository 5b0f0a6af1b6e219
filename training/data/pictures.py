"""Any file, bytes, array or PIL picture to an upright RGB picture, or one clear sentence."""

import io
import warnings
from contextlib import suppress
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from training.errors import UserError

MIN_SIDE_PX = 16
MAX_MEGAPIXELS = 50
# Named, because Pillow would otherwise also try formats that start other programs (EPS).
FORMATS = ("PNG", "JPEG", "WEBP", "AVIF", "GIF", "BMP", "TIFF", "PPM")
FORMATS_SAID = "PNG, JPEG, WebP, AVIF, GIF, BMP or TIFF"
HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")


class PictureError(UserError):
    """A picture that cannot be used; the message is one sentence that says what to do."""


def open_picture(source: str | Path | bytes | Image.Image | np.ndarray) -> Image.Image:
    """An upright RGB picture from a path, a file's bytes, a PIL picture or an array.

    Arrays are (H, W), (H, W, 1), (H, W, 3) or (H, W, 4): uint8, uint16, bool, or floats in
    [0, 1]. Rotation by EXIF is applied, transparency is laid over white, 16-bit and CMYK become
    8-bit RGB, and of an animation the first frame is taken. Raises `PictureError`.
    """
    name = "The picture"
    if not isinstance(source, bytes | np.ndarray | Image.Image):
        name, source = Path(source).name, _read(Path(source))
    if isinstance(source, np.ndarray):
        source = _from_array(source)
    elif isinstance(source, bytes):
        source = _from_bytes(source, name)
    return _upright_rgb(source, name)


def _read(path: Path) -> bytes:
    if path.is_dir():
        raise PictureError(f"{path.name} is a folder: give a picture file in it.")
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise PictureError(f"There is no file {path}: check its name and folder.") from None
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise PictureError(f"{path.name} cannot be read ({reason}): choose another file.") from None


def _from_bytes(data: bytes, name: str) -> Image.Image:
    if not data:
        raise PictureError(f"{name} is empty (0 bytes): choose another file.")
    if data[4:8] == b"ftyp" and data[8:12] in HEIC_BRANDS:
        raise PictureError(f"{name} is a HEIC picture: save it as {FORMATS_SAID} first.")
    try:
        # Pillow warns of large pictures; `_check_size` refuses them by a lower limit.
        with warnings.catch_warnings(action="ignore"):
            return Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError:
        raise PictureError(_too_large(name, "far")) from None
    except Exception:  # decoders raise almost anything on bytes that are not theirs
        message = f"{name} is not a picture that can be read: use {FORMATS_SAID}."
        raise PictureError(message) from None


def _from_array(array: np.ndarray) -> Image.Image:
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (3, 4)):
        shape = " x ".join(map(str, array.shape))
        raise PictureError(f"An array of {shape} is no picture: give (H, W), (H, W, 3 or 4).")
    if array.dtype == bool or np.issubdtype(array.dtype, np.floating):
        array = np.nan_to_num(array.astype(np.float32)).clip(0, 1) * 255
    elif array.dtype == np.uint16:
        array = array / 257
    return Image.fromarray(array.clip(0, 255).round().astype(np.uint8))


def _upright_rgb(picture: Image.Image, name: str) -> Image.Image:
    _check_size(picture, name)  # by the header, before anything is decoded
    try:
        picture.load()
        # A broken EXIF block is no reason to refuse the picture, nor to warn of it.
        with warnings.catch_warnings(action="ignore"), suppress(Exception):
            picture = ImageOps.exif_transpose(picture)
        return _rgb(picture)
    except Exception:  # as above: whatever a decoder raises, the file is what is wrong
        message = f"{name} is damaged or cut off: export or download it again."
        raise PictureError(message) from None


def _check_size(picture: Image.Image, name: str) -> None:
    width, height = picture.size
    megapixels = width * height / 1e6
    if megapixels > MAX_MEGAPIXELS:
        raise PictureError(_too_large(name, f"{width:,}x{height:,} px, {megapixels:,.0f} MP,"))
    if min(width, height) < MIN_SIDE_PX:
        raise PictureError(
            f"{name} is {width}x{height} px, too small: "
            f"use a picture of at least {MIN_SIDE_PX} px a side."
        )


def _too_large(name: str, size: str) -> str:
    return f"{name} is {size} too large: make it smaller, {MAX_MEGAPIXELS} megapixels at most."


def _rgb(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith(("I", "F")):
        return _from_deep_grey(picture).convert("RGB")
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        white = Image.new("RGBA", picture.size, "white")
        return Image.alpha_composite(white, picture).convert("RGB")
    return picture.convert("RGB")


def _from_deep_grey(picture: Image.Image) -> Image.Image:
    """16-bit, 32-bit or float grey to 8 bits: Pillow's own conversion would clip at 255."""
    grey = np.nan_to_num(np.asarray(picture).astype(np.float32))
    if picture.mode.startswith("I;16"):
        white = 65535.0
    else:  # these modes do not say what white is: the smallest usual scale that holds them
        scales = (1.0, 255.0, 65535.0) if picture.mode == "F" else (255.0, 65535.0)
        white = next((scale for scale in scales if grey.max() <= scale), float(grey.max()))
    return Image.fromarray((grey / white * 255).clip(0, 255).round().astype(np.uint8))
