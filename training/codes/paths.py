"""Paths between codes, and how long they are in the images that a generator draws of them.

Notation: z (..., F, n) the codes of F frames in order, x = G(z) their images (..., F, 3, H, W). The
generator pulls the metric of images back to codes (Arvanitidis et al. 2018; Shao et al. 2018), in
which a path has

    length   sum over i of  |x_i+1 - x_i|      |d| the root mean square of a difference d
    energy   sum over i of  |x_i+1 - x_i|^2    at least length^2 / (F - 1), that at constant speed

A geodesic has the least energy among paths with the same ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from training.codes.adam import Adam
from training.codes.geometry import lerp, slerp
from training.errors import UserError

if TYPE_CHECKING:
    from training.frameworks import Framework

LINEAR, SPHERICAL, GEODESIC = "linear", "spherical", "geodesic"
DIRECT: dict[str, Callable] = {LINEAR: lerp, SPHERICAL: slerp}
# Adam's step size for codes with entries of order one, divided by `Prior.scale`, and steps.
LR, STEPS = 0.02, 60


def through(keys: Tensor, frames: int, along: Callable, reach: float = 1.0) -> Tensor:
    """A path (F, n) through keyframes (K, n), by `lerp` or `slerp` from each to the next.

    frames: from one keyframe to the next, both included; reach: where it ends, from 1 at the last
    keyframe to 2 as far beyond as the one before lies behind. Raises UserError for fewer than two
    keyframes.
    """
    if len(keys) < 2:
        raise UserError("A path leads from one picture to another: give two or more.")
    steps, between = frames - 1, len(keys) - 1
    t = torch.arange(between * steps + beyond(frames, reach) + 1).to(keys) / steps
    piece = t.long().clamp_max(between - 1)
    return along(keys[piece], keys[piece + 1], (t - piece)[:, None])


def beyond(frames: int, reach: float) -> int:
    """How many frames of a path lie beyond its last keyframe."""
    return round((reach - 1) * (frames - 1))


def speed(images: Tensor) -> Tensor:
    """How much each frame differs from the one before: (..., F - 1), root mean squares of images
    (..., F, 3, H, W)."""
    return images.diff(dim=-4).square().flatten(-3).mean(dim=-1).sqrt()


def length(images: Tensor) -> Tensor:
    """Length of paths (...), in the unit of the images' values."""
    return speed(images).sum(dim=-1)


def energy(images: Tensor) -> Tensor:
    """Energy of paths (...)."""
    return images.diff(dim=-4).square().flatten(-3).mean(dim=-1).sum(dim=-1)


@torch.inference_mode(False)
def geodesics(
    framework: Framework, z: Tensor, fixed: Tensor, steps: int = STEPS, every: int = 1
) -> Iterator[tuple[int, Tensor]]:
    """Paths z (B, F, n) on the prior's support, each brought to a lower energy of its own; the
    frames that are `fixed`, bool (F,), stay.

    Yields (step, paths) every `every` steps and after the last: for each the best so far, never of
    more energy than at the start.
    """
    prior, start = framework.prior, z.detach().clone()
    fixed = fixed.to(z.device)[:, None]
    flat = start.flatten(0, 1)
    code = prior.unsquash(flat).clone().requires_grad_(True)
    adam = Adam(code, scale=prior.scale_on(code.device))

    def path() -> Tensor:
        return torch.where(fixed, start, prior.squash(code).unflatten(0, start.shape[:2]))

    best = start
    with torch.no_grad():
        least = drawn(framework, start)
    for done in range(1, steps + 1):
        with torch.enable_grad():
            now = drawn(framework, path())
            (gradient,) = torch.autograd.grad(now.sum(), [code])
        best, least = _better(best, least, path().detach(), now.detach())
        adam.step(gradient, LR)
        with torch.no_grad():
            code.copy_(prior.unsquash(prior.squash(code)))
            if done % every == 0 or done == steps:
                best, least = _better(best, least, path(), drawn(framework, path()))
                yield done, best


def drawn(framework: Framework, z: Tensor) -> Tensor:
    """Energy (B,) of paths of codes (B, F, n)."""
    images = framework.decode(z.flatten(0, 1)).unflatten(0, z.shape[:2])
    return energy(images)


def _better(best: Tensor, least: Tensor, path: Tensor, now: Tensor) -> tuple[Tensor, Tensor]:
    """Of each path (F, n) the one of less energy, and that."""
    lower = now < least
    return torch.where(lower[:, None, None], path, best), torch.where(lower, now, least)
