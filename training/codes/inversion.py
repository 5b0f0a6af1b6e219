"""Codes of images, by three methods for every system.

    encoder     z = E(x): `Framework.encode`
    recovery    descent on z that brings G(z) to x, from draws of the prior (Lipton & Tripathi 2017;
                Creswell & Bharath 2018, who also have the cross-entropy)
    hybrid      the same descent from the encoder's code: refined codes

What a descent minimises is an `Objective`: the difference of the pixels, and terms that keep the
code in the generator's domain and its image sharp. It moves h, of which z = `Prior.squash`(h) is
always on the support.

Frameworks are in evaluation mode; images (B, 3, H, W) in [0, 1], codes (B, n).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import torch
from torch import Generator, Tensor

from training.codes.bfgs import BFGS
from training.codes.typical import distance
from training.errors import UserError, choose
from training.losses import PIXEL_LOSSES as LOSSES
from training.losses import sharpness_errors
from training.once import once

if TYPE_CHECKING:
    from training.frameworks import Framework

METHODS = ("encoder", "recovery", "hybrid")
STARTS, DRAWS = 4, 256  # descents of a recovery, and the draws among which they begin
# Damping of the mean curvature, as a share of its mean eigenvalue; from 0.03 to 0.3, 20 steps by
# F-AAE and AAE of faces leave the same error within 2 %
DAMPING, AT_ONCE = 0.1, 32


@dataclass(frozen=True)
class Objective:
    """What a descent minimises, for each image x and code z; plain where all weights are 0.

        pixels       mean over pixels of d(x, A(G(z)))           d: `LOSSES[loss]`; A: `damage`
        prior        prior_weight * max(distance(z) - 1, 0)^2    `typical.distance`
        in-domain    domain_weight * ||E(G(z)) - z||^2 / n       codes scaled by `Prior.scale`
        sharpness    sharpness_weight * h(log(L(G(z)) / L(x)))   h: `losses.sharpness_errors`

    The in-domain term (Zhu et al. 2020, In-Domain GAN Inversion) is for systems with an encoder.
    The sharpness term keeps what the pixels' error smooths away wherever the image has detail that
    G cannot put in its place. `damage` is what was done to x, as in `training.codes.damage`: only
    the pixels' term goes through it. Raises UserError for an unknown loss.
    """

    loss: str = "squared"
    prior_weight: float = 0.0
    domain_weight: float = 0.0
    sharpness_weight: float = 0.0
    damage: Callable[[Tensor], Tensor] | None = None

    def __post_init__(self):
        choose("loss", self.loss, LOSSES)

    def __call__(self, framework: Framework, x: Tensor, z: Tensor) -> Tensor:
        """Of images (B, 3, H, W) and codes (B, n) on the support, (B,)."""
        return self.of(framework, x, z, framework.decode(z))

    def of(
        self,
        framework: Framework,
        x: Tensor,
        z: Tensor,
        x_hat: Tensor,
        z_again: Tensor | None = None,
    ) -> Tensor:
        """The same, of codes whose images x_hat = G(z) are known, and maybe z_again = E(x_hat)."""
        seen = self.damage(x_hat) if self.damage else x_hat
        total = LOSSES[self.loss](x, seen).flatten(1).mean(dim=1)
        if self.prior_weight:
            far = (distance(framework.prior, z) - 1).clamp_min(0)  # farther than half of the draws
            total = total + self.prior_weight * far.square()
        if self.domain_weight and framework.encodes:
            z_again = framework.encode(x_hat) if z_again is None else z_again
            total = total + self.domain_weight * domain_error(framework, z, z_again)
        if self.sharpness_weight:
            total = total + self.sharpness_weight * sharpness_errors(x, x_hat)
        return total


# What they trade is in explorer/WORKSHOP.md. The explorer takes `DEFAULT`; figures of checkpoints
# are those of the plain one.
OBJECTIVES = {
    "sharp": Objective(prior_weight=1e-3, domain_weight=5e-3, sharpness_weight=5e-3),
    "in-domain": Objective(prior_weight=1e-3, domain_weight=3e-2, sharpness_weight=5e-3),
    "plain": Objective(),
}
DEFAULT = OBJECTIVES["sharp"]


def domain_error(framework: Framework, z: Tensor, z_again: Tensor) -> Tensor:
    """In-domain error ||z_again - z||^2 / n of codes (B, n) scaled by `Prior.scale`, z_again =
    E(G(z)), (B,); about 2 for unrelated codes of entries of order one."""
    off = framework.prior.scale_on(z.device) * (z_again - z)
    return off.square().mean(dim=1)


class Descent:
    """Codes (B, n) of images x (B, 3, H, W), each brought by BFGS to a lower loss of its own, never
    to a higher one than its start has, just inside the prior's limits.

    steps, done: in all, and so far; `objective` is for `Objective`, plain without any.
    """

    @torch.inference_mode(False)  # descent needs gradients wherever it is called
    def __init__(self, framework: Framework, x: Tensor, z: Tensor, steps: int, **objective):
        self.framework, self.steps, self.done = framework, steps, 0
        self.objective = Objective(**objective)
        # clones, since what inference mode made takes part in no gradient
        self.x, self.z = x.clone(), z.detach().clone()

    @cached_property
    @torch.inference_mode(False)
    def search(self) -> BFGS:
        """Begun when first asked for: of a new system the curvature is found first."""
        prior, device = self.framework.prior, self.z.device

        def settle(h: Tensor) -> Tensor:
            return prior.unsquash(prior.squash(h))

        inverse = inverse_curvature(self.framework, device).to(device)
        start = prior.unsquash(prior.project(self.z))
        return BFGS(start, inverse, prior.scale_on(device), settle)

    @property
    def codes(self) -> Tensor:
        """On the prior's support."""
        return self.framework.prior.squash(self.search.x)


@torch.inference_mode(False)
def descend(descents: Sequence[Descent]) -> None:
    """One step of descents of one framework and objective, as one batch; none sees the others."""
    if begun := [each for each in descents if each.search.value is None]:
        _evaluate(begun)
    _evaluate(descents)
    for each in descents:
        each.done += 1


def _evaluate(descents: Sequence[Descent]) -> None:
    """Gives each search the losses and gradients that it waits for."""
    framework, objective = descents[0].framework, descents[0].objective
    h = [each.search.trial.clone().requires_grad_(True) for each in descents]
    with torch.enable_grad():
        z, x = framework.prior.squash(torch.cat(h)), torch.cat([each.x for each in descents])
        losses = objective(framework, x, z)
        gradients = torch.autograd.grad(losses.sum(), h)
    parts = losses.detach().split([len(each.x) for each in descents])
    for each, values, gradient in zip(descents, parts, gradients, strict=True):
        each.search.take(values, gradient)


@once
@torch.inference_mode(False)
def inverse_curvature(framework: Framework, device: torch.device) -> Tensor:
    """Inverse of the damped curvature C of the mean squared error, (n, n), on average over draws of
    the prior: C = 2 E[J'J] / pixels, with J = dG(z)/dh, is its Hessian where an image is met.

    J'J is the mean of the outer products of J'u, u ~ N(0, I).
    """
    prior, generator = framework.prior, Generator().manual_seed(0)
    curvature, scale = 0, (prior.scale * torch.ones(prior.size)).to(device)
    batches = math.ceil(prior.size / AT_ONCE)  # about as many draws as entries
    for _ in range(batches):
        h = prior.unsquash(prior.sample(AT_ONCE, generator).to(device)).requires_grad_(True)
        with torch.enable_grad():
            x_hat = framework.decode(prior.squash(h))
            u = torch.randn(x_hat.shape, generator=generator).to(device)
            (pulled,) = torch.autograd.grad((u * x_hat).sum(), [h])
        pulled = pulled / scale  # of entries of order one
        pulled = pulled[pulled.isfinite().all(dim=1)]
        curvature = curvature + pulled.mT @ pulled * (2 / (batches * u.numel()))
    damping = DAMPING * curvature.diagonal().mean().clamp_min(1e-12)
    damped = curvature + damping * torch.eye(prior.size, device=device)
    return torch.linalg.inv(damped) / scale[:, None] / scale


@torch.inference_mode(False)
def hybrid(
    framework: Framework, x: Tensor, z: Tensor, steps: int, every: int = 1, **objective
) -> Iterator[tuple[int, Tensor]]:
    """Refines codes z of images x, the encoder's or any others; `objective` is as in `Descent`.

    Yields (step, codes on the support) every `every` steps and after the last; close it to stop.
    """
    descent = Descent(framework, x, z, steps, **objective)
    for step in _every(descent, every):
        yield step, descent.codes


@torch.inference_mode(False)
def recovery(
    framework: Framework,
    x: Tensor,
    steps: int,
    starts: int = STARTS,
    seed: int = 0,
    every: int = 1,
    **objective,
) -> Iterator[tuple[int, Tensor]]:
    """Codes of images x without E: the best, for each image, of `starts` descents, which begin at
    the codes of least loss among `DRAWS` of the prior.

    Yields like `hybrid`, but first (0, codes), the best of the draws. `objective` is as in
    `Descent`. Raises UserError for a number of starts that is none.
    """
    if not 1 <= starts <= DRAWS:
        raise UserError(f"Recovery begins at 1 to {DRAWS} random codes, not at {starts}.")
    z = framework.prior.sample(DRAWS, Generator().manual_seed(seed)).to(x.device)
    begun = _nearest(framework, x, z, starts, Objective(**objective))  # (B, starts, n)
    yield 0, begun[:, 0]
    target = x.repeat_interleave(starts, dim=0)
    descent = Descent(framework, target, begun.flatten(0, 1), steps, **objective)
    for step in _every(descent, every):
        best = descent.search.value.unflatten(0, (-1, starts)).argmin(dim=1)
        yield step, descent.codes.unflatten(0, (-1, starts))[torch.arange(len(x)), best]


def refine(framework: Framework, x: Tensor, z: Tensor, steps: int = 50, **objective) -> Tensor:
    """The last codes (B, n) of `hybrid`; z itself for 0 steps."""
    refined = z
    for _, codes in hybrid(framework, x, z, steps, every=max(steps, 1), **objective):
        refined = codes
    return refined


def recover(framework: Framework, x: Tensor, steps: int = 50, **how) -> Tensor:
    """The last codes (B, n) of `recovery`."""
    return [codes for _, codes in recovery(framework, x, steps, every=max(steps, 1), **how)][-1]


def _every(descent: Descent, every: int) -> Iterator[int]:
    """Steps done, every `every` steps and after the last."""
    while descent.done < descent.steps:
        descend([descent])
        if descent.done % every == 0 or descent.done == descent.steps:
            yield descent.done


@torch.no_grad()
def _nearest(framework: Framework, x: Tensor, z: Tensor, most: int, objective: Objective) -> Tensor:
    """Of codes z (N, n) those of least loss for each image x (B, 3, H, W), the least first, (B,
    most, n)."""
    x_hat = torch.cat([framework.decode(part) for part in z.split(AT_ONCE)])
    z_again = None
    if objective.domain_weight and framework.encodes:
        z_again = torch.cat([framework.encode(part) for part in x_hat.split(AT_ONCE)])
    losses = [objective.of(framework, each.expand_as(x_hat), z, x_hat, z_again) for each in x]
    return z[torch.stack(losses).topk(most, dim=1, largest=False).indices]
