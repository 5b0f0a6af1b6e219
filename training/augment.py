"""Differentiable augmentation (Zhao et al. 2020), alike for real and fake images before D."""

import torch
from torch import Generator, Tensor
from torch.nn.functional import affine_grid, grid_sample


def uniform(x: Tensor, generator: Generator, *shape: int) -> Tensor:
    """U(-1, 1) of shape (B, *shape)."""
    draw = torch.rand(len(x), *shape, generator=generator, device=generator.device)
    return (2 * draw - 1).to(x.device)


def _color(x: Tensor, generator: Generator) -> Tensor:
    """Brightness +-1/4 of the range, saturation x[0, 2], contrast x[0.5, 1.5], as published."""
    x = x + 0.25 * uniform(x, generator, 1, 1, 1)
    grey = x.mean(dim=1, keepdim=True)
    x = grey + (x - grey) * (1 + uniform(x, generator, 1, 1, 1))
    middle = x.mean(dim=(1, 2, 3), keepdim=True)
    return middle + (x - middle) * (1 + 0.5 * uniform(x, generator, 1, 1, 1))


def _translation(x: Tensor, generator: Generator) -> Tensor:
    """Shift by up to 1/8 of the side; black outside, where the published code has mid-grey."""
    theta = torch.eye(2, 3, device=x.device).repeat(len(x), 1, 1)
    theta[:, :, 2] = 0.25 * uniform(x, generator, 2)  # grid coordinates span 2 a side
    with torch.autocast(x.device.type, enabled=False):  # bf16 would double and drop rows
        grid = affine_grid(theta, list(x.shape), align_corners=False)
    return grid_sample(x, grid, mode="nearest", align_corners=False)


def _cutout(x: Tensor, generator: Generator) -> Tensor:
    """A square of half the side is black, where in the published code it is mid-grey."""
    height, width = x.shape[2:]
    centre = uniform(x, generator, 2, 1)
    rows = torch.linspace(-1, 1, height, device=x.device)
    columns = torch.linspace(-1, 1, width, device=x.device)
    inside = ((rows - centre[:, 0]).abs() < 0.5)[:, :, None] & (
        (columns - centre[:, 1]).abs() < 0.5
    )[:, None, :]
    return x * ~inside[:, None]


POLICIES = {"color": _color, "translation": _translation, "cutout": _cutout}


def augment(x: Tensor, policies: tuple[str, ...], generator: Generator) -> Tensor:
    """Images (B, 3, H, W) through every policy named, with random numbers of its own for each."""
    for name in policies:
        x = POLICIES[name](x, generator)
    return x
