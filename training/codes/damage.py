"""Known damages of images, and what comes back by inversion through them.

Notation: x the untouched images (B, 3, H, W) in [0, 1]; A the damage, linear but for noise and
rounding; y what is left, y = A(x), of the same shape; g = G(z), for the code z whose image,
damaged, comes closest to y (Bora et al. 2017). The images of a generator lack what no code has, so
the restored image is

    plain(y) + detail * (g - plain(A(g)))

for a plain method, one that knows nothing but the damage: what that finds in y, and of g what it
would lose by the damage. Where the mask of a region leaves pixels, those are y's.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from torch import Generator, Tensor
from torch.nn.functional import conv2d, interpolate, one_hot, pad

from training.errors import UserError
from training.words import say

Plain = Callable[[Tensor], Tensor]
GREY = 0.5  # of what is painted out
LEFT = 0.02  # share of the picture that a region leaves at least


@dataclass(frozen=True, eq=False)
class Damage(ABC):
    """A damage of images of one size.

    detail: share of the generator's detail that is added, chosen on 24 validation faces; least: the
    strength below which it is none, in the unit of `strength`.
    """

    detail: ClassVar[float] = 0.7
    least: ClassVar[float] = 0.1

    @abstractmethod
    def __call__(self, x: Tensor) -> Tensor:
        """What is left of x, with gradients."""

    def put_on(self, x: Tensor, seed: int = 0) -> Tensor:
        """y, in the 256 values of a picture file."""
        return _filed(self(x))

    def already(self, x: Tensor) -> Tensor:
        """y of an x that has the damage, in the values of a file."""
        return _filed(self(x))

    @property
    @abstractmethod
    def plain(self) -> dict[str, Plain]:
        """Methods that know nothing but the damage; the first is the one that is combined."""

    def first(self, y: Tensor) -> Tensor:
        """By the first of the plain methods, in [0, 1]."""
        find, *_ = self.plain.values()
        return find(y).clamp(0, 1)

    def restored(self, y: Tensor, g: Tensor) -> Tensor:
        """From y and the image g of the code that was found for it."""
        find, *_ = self.plain.values()
        return (find(y) + self.detail * (g - find(self(g)))).clamp(0, 1)


@dataclass(frozen=True, eq=False)
class Blur(Damage):
    """By a Gaussian; `strength` is its standard deviation in % of the width."""

    strength: float = 5.0

    def __call__(self, x: Tensor) -> Tensor:
        kernel = self._kernel(x.shape[-1]).to(x)
        reach = len(kernel) // 2
        y = pad(x.flatten(0, 1)[:, None], (reach,) * 4, mode="reflect")
        y = conv2d(conv2d(y, kernel[None, None, :, None]), kernel[None, None, None, :])
        return y[:, 0].unflatten(0, x.shape[:2])

    def already(self, x: Tensor) -> Tensor:
        return _filed(x)  # twice blurred is blurred more

    @property
    def plain(self) -> dict[str, Plain]:
        from skimage import restoration

        def wiener(channel: np.ndarray, psf: np.ndarray) -> np.ndarray:
            return restoration.wiener(channel, psf, 1e-4, clip=False)

        def blind(channel: np.ndarray, psf: np.ndarray) -> np.ndarray:
            return restoration.unsupervised_wiener(channel, psf, clip=False, rng=0)[0]

        methods = {
            "Wiener": wiener,
            "unsupervised Wiener": blind,
            "Richardson-Lucy": restoration.richardson_lucy,
        }
        return {name: self._by_channel(method) for name, method in methods.items()}

    def _by_channel(self, method: Callable) -> Plain:
        def find(y: Tensor) -> Tensor:
            kernel, side = self._kernel(y.shape[-1]).numpy(), y.shape[-1]
            around = side // 2  # the methods take images for periodic: edges are mirrored
            padded = np.pad(_array(y), ((0, 0), (0, 0), (around,) * 2, (around,) * 2), "reflect")
            inner = slice(around, around + side)
            psf = np.outer(kernel, kernel)
            found = [[method(c, psf)[inner, inner] for c in image] for image in padded]
            return _tensor(np.array(found), y)

        return find

    def _kernel(self, side: int) -> Tensor:
        sigma = self.strength / 100 * side
        reach = min(max(1, math.ceil(3 * sigma)), side - 1)  # a mirrored edge is no wider
        weights = torch.exp(-torch.arange(-reach, reach + 1).square() / (2 * sigma**2))
        return weights / weights.sum()


@dataclass(frozen=True, eq=False)
class Noise(Damage):
    """White and Gaussian; `strength` is its standard deviation in % of the range of values."""

    strength: float = 10.0

    def __call__(self, x: Tensor) -> Tensor:
        return x

    def put_on(self, x: Tensor, seed: int = 0) -> Tensor:
        noise = torch.randn(x.shape, generator=Generator().manual_seed(seed)).to(x)
        return super().put_on(x + self.strength / 100 * noise)

    @property
    def plain(self) -> dict[str, Plain]:
        from skimage import restoration

        sd = self.strength / 100

        def means(image: np.ndarray) -> np.ndarray:
            how = {"patch_size": 3, "patch_distance": 6, "h": 0.8 * sd, "sigma": sd}
            return restoration.denoise_nl_means(image, channel_axis=0, **how)

        def variation(image: np.ndarray) -> np.ndarray:
            return restoration.denoise_tv_chambolle(image, weight=sd / 2, channel_axis=0)

        return {"non-local means": _each(means), "total variation": _each(variation)}


@dataclass(frozen=True, eq=False)
class LowResolution(Damage):
    """Means of square cells; `strength` is their side in px: that of the picture is divided by it,
    and y has each cell in one colour."""

    strength: float = 4.0
    least: ClassVar[float] = 1.0

    def __call__(self, x: Tensor) -> Tensor:
        cells = self._cells(x)
        return self._small(x)[..., cells, :][..., cells]

    @property
    def plain(self) -> dict[str, Plain]:
        def bicubic(y: Tensor) -> Tensor:
            return interpolate(self._small(y), y.shape[-1], mode="bicubic")

        return {"bicubic": bicubic}

    def _small(self, x: Tensor) -> Tensor:
        share = one_hot(self._cells(x)).to(x.dtype)  # (side, cells)
        share = share / share.sum(dim=0)
        return share.T @ x @ share

    def _cells(self, x: Tensor) -> Tensor:
        """The cell of each row, or column, of a picture."""
        side = x.shape[-1]
        count = max(1, round(side / max(self.strength, self.least)))
        return (2 * torch.arange(side, device=x.device) + 1) * count // (2 * side)  # of its middle


@dataclass(frozen=True, eq=False)
class Region(Damage):
    """Painted out where `mask`, bool (H, W), is True. Raises UserError where that is nowhere, or
    leaves less than LEFT of the picture."""

    mask: Tensor
    detail: ClassVar[float] = 1.0

    def __post_init__(self):
        if not self.mask.any():
            raise UserError(say("Nothing is painted out: draw a larger region."))
        if self.mask.all():
            raise UserError(
                say("The region covers all of the picture: leave a part to restore from.")
            )
        if self.mask.float().mean() > 1 - LEFT:
            left = say(
                "The region leaves less than {least} of the picture: leave more of it.",
                least=f"{LEFT:.0%}",
            )
            raise UserError(left)

    def __call__(self, x: Tensor) -> Tensor:
        return torch.where(self.mask.to(x.device), GREY, x)

    @property
    def plain(self) -> dict[str, Plain]:
        from skimage.restoration import inpaint_biharmonic

        mask = self.mask.numpy()
        return {"biharmonic": _each(lambda y: inpaint_biharmonic(y, mask, channel_axis=0))}


BOX = (0.3, 0.4, 0.4, 0.3)  # nose and mouth of an aligned face


def boxed(box: tuple[float, float, float, float], side: int) -> Tensor:
    """The mask, bool (side, side), of a box: left, top, width and height in shares of the side. At
    least one pixel of a box that has an area in the picture."""
    left, top, width, height = box
    mask = torch.zeros(side, side, dtype=torch.bool)
    mask[_covered(top, height, side), _covered(left, width, side)] = True
    return mask


def _covered(start: float, size: float, side: int) -> slice:
    """What a box covers along one side of the picture, in px."""
    ends = [min(max(share, 0), 1) * side for share in (start, start + size)]
    first, last = map(round, ends)
    if first == last and ends[0] < ends[1]:
        first = int(ends[0])
        last = first + 1
    return slice(first, last)


BLUR, NOISE, LOW, REGION = "blur", "noise", "low-resolution", "region"
# Damages that have a strength
DAMAGES: dict[str, type[Damage]] = {BLUR: Blur, NOISE: Noise, LOW: LowResolution}


def _filed(x: Tensor) -> Tensor:
    return (x.clamp(0, 1) * 255).round() / 255


def _each(method: Callable[[np.ndarray], np.ndarray]) -> Plain:
    """A method for one image (3, H, W), for each of a batch."""
    return lambda y: _tensor(np.array([method(image) for image in _array(y)]), y)


def _array(y: Tensor) -> np.ndarray:
    return y.detach().cpu().numpy().astype(np.float64)


def _tensor(found: np.ndarray, like: Tensor) -> Tensor:
    return torch.from_numpy(found).to(like)
