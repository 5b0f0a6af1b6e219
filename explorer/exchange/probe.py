"""What two modules take and give: found out by a try, or one sentence that says what to give."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from training.codes.priors import Prior
from training.errors import UserError, first_line
from training.measure.metrics import grey

TRIED = 16  # codes and images that are tried
OUTSIDE, SHARE = 0.1, 0.01  # of the range; of the pixels that may lie so far outside
NEAR = 1e-3  # a code's distance from the support of its prior


@dataclass(frozen=True)
class Images:
    """How modules have images: (channels, size, size) with values from `low` to `high`."""

    size: int
    channels: int
    low: float
    high: float

    @property
    def shape(self) -> tuple[int, ...]:
        return self.channels, self.size, self.size

    def given(self, x: Tensor) -> Tensor:
        """Of (B, 3, H, W) in [0, 1]."""
        if self.channels == 1:
            x = grey(x)  # as PIL converts
        return x if (self.low, self.high) == (0, 1) else x * (self.high - self.low) + self.low

    def taken(self, x: Tensor) -> Tensor:
        """As (B, 3, H, W) in [0, 1]."""
        if (self.low, self.high) != (0, 1):
            x = (x - self.low) / (self.high - self.low)
        return x.clamp(0, 1).expand(-1, 3, -1, -1)


class ImageEncoder(nn.Module):
    """Images (B, 3, H, W) in [0, 1] -> codes (B, n), by a module that has both in its own way."""

    def __init__(self, network: nn.Module, images: Images):
        super().__init__()
        self.network, self.images = network, images

    def forward(self, x: Tensor) -> Tensor:
        return first_tensor(self.network(self.images.given(x))).flatten(1).float()


class ImageDecoder(nn.Module):
    """Codes (B, n) -> images (B, 3, H, W) in [0, 1]; `shape` is that of a code in the module."""

    def __init__(self, network: nn.Module, images: Images, shape: tuple[int, ...]):
        super().__init__()
        self.network, self.images, self.shape = network, images, shape

    def forward(self, z: Tensor) -> Tensor:
        return self.images.taken(self.drawn(z).float())

    def drawn(self, z: Tensor) -> Tensor:
        """The images as the module gives them."""
        z = z if len(self.shape) == 1 else z.unflatten(1, self.shape)
        return first_tensor(self.network(z))


def first_tensor(found) -> Tensor:
    """Of what a module returns: a tensor, or the first of a tuple or of a mapping, where models
    with a posterior have its mean."""
    if isinstance(found, Mapping):
        found = tuple(found.values())
    return found[0] if isinstance(found, Sequence) else found


def own_copy(module: object, name: str) -> nn.Module | None:
    """The module in evaluation mode, in float32 on the CPU; the caller's stays as it is."""
    if module is None:
        return None
    if not isinstance(module, nn.Module):
        raise UserError(f"The {name} is a {type(module).__name__}: give a torch.nn.Module.")
    return copy.deepcopy(module).cpu().float().eval().requires_grad_(False)


@torch.no_grad()
def code_shape(
    encoder: nn.Module | None, images: Images, given: int | tuple[int, ...] | None
) -> tuple[int, ...]:
    """The shape of a code: as `given`, else as the encoder gives it. UserError where the encoder
    takes no such images, or gives codes of another length."""
    shape = (given,) if isinstance(given, int) else given
    if encoder is None:
        if not shape:
            raise UserError("Without an encoder, give latent_size: the numbers of a code.")
        return tuple(shape)
    x = torch.rand(TRIED, *images.shape) * (images.high - images.low) + images.low
    try:
        z, again = first_tensor(encoder(x)), first_tensor(encoder(x))
    except Exception as error:  # whatever a module raises for a shape that it does not take
        hint = " It takes grey images: channels=1." if _takes_grey(encoder, images) else ""
        raise UserError(
            f"The encoder does not take images {tuple(x.shape)}: give the image_size and channels "
            f"of its images ({first_line(error)}){hint}"
        ) from error
    if not isinstance(z, Tensor) or z.ndim < 2 or len(z) != TRIED:
        raise UserError(
            f"The encoder gives {told(z)} for {TRIED} images: give one that returns codes (B, n), "
            "or a tuple that begins with them."
        )
    if not z.isfinite().all():
        raise UserError("The encoder gives codes that are not finite (NaN or infinity).")
    if not torch.equal(z, again):
        raise UserError(
            "The encoder gives other codes each time for the same images: give one that returns "
            "the mean of its posterior, not a sample."
        )
    if shape and torch.Size(shape).numel() != z[0].numel():
        raise UserError(
            f"The encoder gives codes of {z[0].numel()} numbers, not latent_size={given}: leave "
            "that out, or give the encoder that belongs to it."
        )
    return tuple(shape or z.shape[1:])


def told(found: object) -> str:
    """The shape of a tensor, or the type of anything else."""
    return str(tuple(found.shape)) if isinstance(found, Tensor) else f"a {type(found).__name__}"


def _takes_grey(encoder: nn.Module, images: Images) -> bool:
    try:
        return images.channels == 3 and bool(len(encoder(torch.rand(2, 1, *images.shape[1:]))))
    except Exception:  # as above
        return False


@torch.no_grad()
def check_codes(encoder: ImageEncoder, prior: Prior, kind: str) -> Tensor:
    """Codes (B, n) of random images; UserError where they do not lie on the prior's support."""
    size = encoder.images.size
    z = encoder(torch.rand(TRIED, 3, size, size))
    if (z - prior.project(z)).abs().max() > NEAR:
        lengths = z.norm(dim=1)
        lie = {"sphere": f"have lengths from {lengths.min():.3g} to {lengths.max():.3g}, not 1"}
        found = lie.get(kind, f"reach {z.abs().max():.3g}, beyond 1")
        raise UserError(
            f'The encoder\'s codes {found}: give prior="normal" or "fitted" in place of "{kind}".'
        )
    return z


@torch.no_grad()
def check_images(decoder: ImageDecoder, z: Tensor) -> None:
    """UserError where the decoder does not give images of its shape and range for codes (B, n)."""
    shape, images = decoder.shape, decoder.images
    try:
        x = decoder.drawn(z)
    except Exception as error:  # whatever a module raises for a shape that it does not take
        raise UserError(
            f"The decoder does not take codes {(len(z), *shape)}: give the decoder of this encoder"
            f"{_half(decoder, z)}, or its latent_size ({first_line(error)})"
        ) from error
    if not isinstance(x, Tensor) or tuple(x.shape) != (len(z), *images.shape):
        raise UserError(
            f"The decoder gives {told(x)}, not images {(len(z), *images.shape)}: give its "
            "image_size and channels."
        )
    if not x.isfinite().all():
        raise UserError("The decoder gives images that are not finite (NaN or infinity).")
    low, high, beyond = x.min().item(), x.max().item(), OUTSIDE * (images.high - images.low)
    outside = (x < images.low - beyond) | (x > images.high + beyond)
    if outside.float().mean() > SHARE or images.low < 0 <= low:
        raise UserError(
            f"The decoder's images have values from {low:.3g} to {high:.3g}, not from "
            f"{images.low:g} to {images.high:g}: give range={_range(low, high)}."
        )


def _half(decoder: ImageDecoder, z: Tensor) -> str:
    """Where the decoder takes half of a code: what to give."""
    try:
        first_tensor(decoder.network(z[:, : z.shape[1] // 2]))
    except Exception:  # as above
        return ""
    return f", which takes {z.shape[1] // 2} numbers: an encoder that returns the mean alone"


def _range(low: float, high: float) -> str:
    """What values from `low` to `high` are probably meant to be."""
    least = 0 if low >= 0 else -1
    return f"({least}, {1 if high <= 1 + OUTSIDE else 255 if least == 0 else f'{high:.2g}'})"
