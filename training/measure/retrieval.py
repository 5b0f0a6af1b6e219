"""Whether pictures are found again by their codes after changes that leave them the same to people
(Luo et al. 2017, AEGAN, section 4.2).

Notation: x images (N, 3, H, W) in [0, 1]; d distances (M, N) of M pictures to N.
"""

from collections.abc import Callable

import torch
from torch import Tensor

NOISE, BLUR = 0.1, 0.05  # standard deviations: of levels, and in parts of the side
HUE, SATURATION = 0.06, 1.6
EYES = ((0.365, 0.514), (0.628, 0.514))  # in a face as it is cropped for training, in sides
LENS, BRIDGE, DARK = (0.125, 0.09), 0.02, 0.06  # half axes of a lens, half height; their level


def coloured(x: Tensor, seed: int) -> Tensor:
    """Another hue and stronger colours."""
    from torchvision.transforms import functional

    return functional.adjust_saturation(functional.adjust_hue(x, HUE), SATURATION)


def with_sunglasses(x: Tensor, seed: int) -> Tensor:
    """Two dark lenses with a bridge, where the eyes of an aligned face are."""
    down, right = (
        (torch.arange(side, dtype=x.dtype, device=x.device) + 0.5) / side for side in x.shape[2:]
    )
    (left, level), (other, _) = EYES
    dark = (down[:, None] - level).abs().lt(BRIDGE) & right.gt(left) & right.lt(other)
    for across, along in EYES:
        lens = ((right - across) / LENS[0]).square() + ((down[:, None] - along) / LENS[1]).square()
        dark = dark | lens.lt(1)
    return torch.where(dark, torch.full_like(x, DARK), x)


def noisy(x: Tensor, seed: int) -> Tensor:
    """Gaussian noise on each pixel."""
    generator = torch.Generator().manual_seed(seed)
    return (x + NOISE * torch.randn(x.shape, generator=generator).to(x)).clamp(0, 1)


def blurred(x: Tensor, seed: int) -> Tensor:
    """A Gaussian blur."""
    from torchvision.transforms import functional

    sigma = BLUR * x.shape[-1]
    return functional.gaussian_blur(x, 2 * round(3 * sigma) + 1, sigma)


CHANGES: dict[str, Callable[[Tensor, int], Tensor]] = {
    "changed colours": coloured,
    "added sunglasses": with_sunglasses,
    "noise": noisy,
    "blur": blurred,
}


def found_again(d: Tensor) -> float:
    """The share of N changed pictures whose nearest of the unchanged ones is their own; d (N, N)
    from changed to unchanged."""
    return (d.argmin(dim=1) == torch.arange(len(d), device=d.device)).float().mean().item()
