"""Images that a generator does not draw, made from those that it draws.

An encoder that is trained on a generator's images alone errs on photos, which are none of them.
Composites stand in for photos where the encoder is to see none: images of the generator are bent,
mixed with one another, and given other colours and another sharpness (domain randomization, Tobin
et al. 2017).
"""

import torch
from torch import Generator, Tensor
from torch.nn.functional import affine_grid, avg_pool2d, grid_sample, interpolate, pad

from training.augment import uniform

MIXED = 0.6  # share of the images that are mixed with another


def composites(x: Tensor, generator: Generator) -> Tensor:
    """Images (B, 3, H, W) in [0, 1] -> a composite for each, alike."""
    with torch.autocast(x.device.type, enabled=False):  # bf16 would double and drop rows
        y = _mixed(_bent(x, generator), x, generator)
        return _sharpened(_coloured(y, generator), generator).clamp(0, 1)


def _field(x: Tensor, generator: Generator, maps: int, knots: int) -> Tensor:
    """Smooth random functions of the place, (B, maps, H, W): cubic between normal values at so many
    knots a side."""
    shape = len(x), maps, knots, knots
    values = torch.randn(shape, generator=generator, device=generator.device).to(x.device)
    return interpolate(values, x.shape[2:], mode="bicubic", align_corners=False)


def _bent(x: Tensor, generator: Generator) -> Tensor:
    """Turned by up to 9 degrees, resized by up to 1/8, shifted by up to 1/25 of a side, bent."""
    angle, shift = 0.15 * uniform(x, generator), 0.08 * uniform(x, generator, 2)
    width, height = (1 + uniform(x, generator, 2) / 8).unbind(dim=1)
    cos, sin = angle.cos(), angle.sin()
    rows = torch.stack([width * cos, -sin, shift[:, 0], sin, height * cos, shift[:, 1]], dim=1)
    grid = affine_grid(rows.unflatten(1, (2, 3)), list(x.shape), align_corners=False)
    bend = 0.05 * uniform(x, generator, 1, 1, 1).abs() * _field(x, generator, 2, knots=5)
    grid = grid + bend.permute(0, 2, 3, 1)
    return grid_sample(x, grid, padding_mode="reflection", align_corners=False)


def _mixed(y: Tensor, x: Tensor, generator: Generator) -> Tensor:
    """Most of them with the one before in x, by a mask with soft edges."""
    steepness = 3 + 1.5 * uniform(x, generator, 1, 1, 1)
    mask = (steepness * _field(x, generator, 1, knots=4)).sigmoid()
    mask = torch.where(uniform(x, generator, 1, 1, 1) < 2 * MIXED - 1, mask, 1)
    return mask * y + (1 - mask) * x.roll(1, dims=0)


def _coloured(y: Tensor, generator: Generator) -> Tensor:
    """With other contrast, colours and light, and with stains of every size."""
    contrast = 1 + 0.2 * uniform(y, generator, 1, 1, 1)
    colour = 1 + 0.15 * uniform(y, generator, 3, 1, 1)
    light = 0.075 * uniform(y, generator, 3, 1, 1)
    sizes = [knots for knots in (4, 8, 16, 32, 64) if knots <= y.shape[-1]]
    stains = sum(_field(y, generator, 3, knots) for knots in sizes) / len(sizes) ** 0.5
    stains = 0.06 * uniform(y, generator, 1, 1, 1).abs() * stains
    return (y - 0.5) * contrast * colour + 0.5 + light + stains


def _sharpened(y: Tensor, generator: Generator) -> Tensor:
    """With up to half of the fine detail less, or all of it once more."""
    amount = 0.25 + 0.75 * uniform(y, generator, 1, 1, 1)
    smooth = avg_pool2d(pad(y, (1, 1, 1, 1), mode="reflect"), 3, stride=1)
    return y + amount * (y - smooth)
