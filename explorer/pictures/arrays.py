"""What people call images and codes, as the tensors that models take, or one clear sentence."""

from collections.abc import Sequence

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from training.data import resize
from training.data.pictures import open_picture
from training.errors import UserError

Images = Tensor | np.ndarray | Image.Image | Sequence[Image.Image | np.ndarray | Tensor]
LARGEST_PX = 2048  # side of a model's images
NOT_FINITE = "not finite (NaN or infinity): mend them first."
TOLERANCE = 1e-3  # of the range: resizing by Lanczos overshoots by as much


def as_images(images: Images, size: int) -> Tensor:
    """float32 (B, 3, size, size) in [0, 1].

    Takes tensors or arrays (B, 3, H, W) or (3, H, W) of the right size, floats in [0, 1] or uint8
    in [0, 255]; and pictures of any size, PIL or arrays (H, W, 3): their middle square is resized.
    Raises UserError.
    """
    if isinstance(images, Image.Image) or _is_picture(images):
        images = [images]
    if isinstance(images, Sequence):
        if not len(images):
            raise UserError("There is no image: give at least one.")
        return torch.cat([_one(image, size) for image in images])
    return _ranged(images, size)


def as_codes(codes: Tensor, size: int) -> Tensor:
    """float32 (B, size); raises UserError."""
    codes = _tensor(codes)
    if codes.ndim != 2 or codes.shape[1] != size:
        raise UserError(f"Codes are (B, {size}) here, not {tuple(codes.shape)}.")
    if not codes.isfinite().all():
        raise UserError(f"Codes hold numbers that are {NOT_FINITE}")
    return codes.to(torch.float32)


def _one(image: Image.Image | np.ndarray | Tensor, size: int) -> Tensor:
    if not isinstance(image, Image.Image) and not _is_picture(image):
        return _ranged(image, size)
    if isinstance(image, np.ndarray) and np.issubdtype(image.dtype, np.floating):
        _in_range(_tensor(image))
    pixels = np.asarray(resize(open_picture(image), size, "center"))
    return torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None].float() / 255


def _is_picture(image: object) -> bool:
    """Whether it is an array with its channels last, as pictures have them."""
    return isinstance(image, np.ndarray) and image.ndim == 3 and image.shape[-1] == 3


def _ranged(images: Tensor | np.ndarray, size: int) -> Tensor:
    if not isinstance(images, Tensor | np.ndarray):
        kind = type(images).__name__
        raise UserError(f"Images are tensors, NumPy arrays or PIL pictures, not {kind}.")
    x = _tensor(images)
    x = x[None] if x.ndim == 3 else x
    if x.ndim != 4 or x.shape[1:] != (3, size, size) or not len(x):
        raise UserError(f"Images are (B, 3, {size}, {size}) here, not {tuple(images.shape)}.")
    if x.dtype == torch.uint8:
        return x.float() / 255
    return _in_range(x.to(torch.float32)).clamp(0, 1)


def _tensor(values: object) -> Tensor:
    """Numbers as a tensor; flipped arrays are copied, since PyTorch refuses negative strides."""
    try:
        return torch.as_tensor(values.copy() if isinstance(values, np.ndarray) else values)
    except (TypeError, ValueError, RuntimeError):
        raise UserError("Images and codes are tensors or arrays of numbers, not these.") from None


def _in_range(x: Tensor) -> Tensor:
    """The float images, once they are known to be finite and in [0, 1]; raises UserError."""
    if not x.isfinite().all():
        raise UserError(f"Images hold values that are {NOT_FINITE}")
    low, high = x.min().item(), x.max().item()
    if low < -TOLERANCE or high > 1 + TOLERANCE:
        hint = "(x + 1) / 2" if -1 - TOLERANCE <= low < 0 and high <= 1 + TOLERANCE else "x / 255"
        raise UserError(
            f"Images hold values from 0 to 1, these from {low:.3g} to {high:.3g}: give {hint}."
        )
    return x
