"""Codes of images, by three methods for every system.

    encoder     z = E(x): `Framework.encode`
    recovery    descent on z that brings G(z) to x, from draws of the prior (Lipton & Tripathi 2017;
                Creswell & Bharath 2018, who also have the cross-entropy)
    hybrid      the same descent from the encoder's code: refined codes

What a descent minimises is an `Objective`: the difference of the pixels, and terms that keep the
code in the generator's domain and its image sharp.

`Prior.restrict` brings a step back to the prior's support. In recovery it draws entries outside a
box anew; in hybrid it clips them, to keep what the encoder found. Frameworks are in evaluation
mode; images (B, 3, H, W) in [0, 1], codes (B, n).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Generator, Tensor

from training.codes.adam import Adam
from training.codes.typical import distance
from training.errors import UserError, choose
from training.losses import PIXEL_LOSSES as LOSSES
from training.losses import sharpness_errors

if TYPE_CHECKING:
    from training.frameworks import Framework

METHODS = ("encoder", "recovery", "hybrid")
# Adam's largest step size for codes with entries of order one; it is divided by `Prior.scale`. It
# rises over the first part of the steps, since Adam's first ones have full length whatever the
# gradient and would overshoot, and falls over the last. Shipped F-AAE, 50 steps, 192 training
# faces: MSE 0.0031; a constant step size of 0.08 with Adam's default betas has 0.0037.
LR, BETAS = 0.2, (0.85, 0.99)
RISE, FALL = 0.4, 0.15
STARTS = 4
# Up to this weight of the in-domain term only every other step has it, doubled: E takes a third of
# a step's time, and codes are as good with 0.005, with 0.03 they are not (explorer/WORKSHOP.md)
LIGHT = 5e-3


@dataclass(frozen=True)
class Objective:
    """What a descent minimises, for each image x and code z; plain where all weights are 0.

        pixels       mean over pixels of d(x, A(G(z)))           d: `LOSSES[loss]`; A: `damage`
        prior        prior_weight * max(distance(z) - 1, 0)^2    `typical.distance`
        in-domain    domain_weight * ||E(G(z)) - z||^2 / n       codes scaled by `Prior.scale`
        sharpness    sharpness_weight * h(log(L(G(z)) / L(x)))   h: `losses.sharpness_errors`

    The in-domain term (Zhu et al. 2020, In-Domain GAN Inversion) is for systems with an encoder; a
    descent has it in every `domain_every`-th step. The sharpness term keeps what the pixels' error
    smooths away wherever the image has detail that G cannot put in its place. `damage` is what was
    done to x, as in `training.codes.damage`: only the pixels' term goes through it. Raises
    UserError for an unknown loss.
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
        domain = self.domain(framework, z, x_hat, z_again)
        return self.without_domain(framework, x, z, x_hat) + domain

    @property
    def domain_every(self) -> int:
        """Steps of a descent from one with the in-domain term to the next; it counts as often."""
        return 2 if self.domain_weight <= LIGHT else 1

    def without_domain(self, framework: Framework, x: Tensor, z: Tensor, x_hat: Tensor) -> Tensor:
        """All but the in-domain term, (B,)."""
        seen = self.damage(x_hat) if self.damage else x_hat
        total = LOSSES[self.loss](x, seen).flatten(1).mean(dim=1)
        if self.prior_weight:
            far = (distance(framework.prior, z) - 1).clamp_min(0)  # farther than half of the draws
            total = total + self.prior_weight * far.square()
        if self.sharpness_weight:
            total = total + self.sharpness_weight * sharpness_errors(x, x_hat)
        return total

    def domain(
        self, framework: Framework, z: Tensor, x_hat: Tensor, z_again: Tensor | None = None
    ) -> Tensor:
        """The in-domain term, (B,); 0 without a weight or an encoder."""
        if not (self.domain_weight and framework.encodes):
            return z.new_zeros(len(z))
        z_again = framework.encode(x_hat) if z_again is None else z_again
        return self.domain_weight * domain_error(framework, z, z_again)


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
    """Codes (B, n) of images x (B, 3, H, W), each brought by Adam to a lower loss of its own.

    steps, done: in all, and so far; `generator` is for `Prior.restrict`, `objective` for
    `Objective`, plain without any.
    """

    @torch.inference_mode(False)  # descent needs gradients wherever it is called
    def __init__(
        self,
        framework: Framework,
        x: Tensor,
        z: Tensor,
        steps: int,
        lr: float = LR,
        generator: Generator | None = None,
        **objective,
    ):
        self.framework, self.steps, self.done = framework, steps, 0
        self.objective, self.generator = Objective(**objective), generator
        self.x = x.clone()  # what inference mode made takes part in no gradient
        self.lr = lr
        self.code = framework.prior.restrict(z.detach()).clone().requires_grad_(True)
        self.adam = Adam(self.code, BETAS, framework.prior.scale_on(z.device))

    @property
    def codes(self) -> Tensor:
        """On the prior's support."""
        return self.framework.prior.project(self.code.detach())

    @torch.no_grad()
    def step(self, gradient: Tensor) -> None:
        """One step against the gradient (B, n) of the losses."""
        self.done += 1
        left = self.steps + 1 - self.done
        pace = min(self.done / (RISE * self.steps), 1, left / (FALL * self.steps))
        self.adam.step(gradient, pace * self.lr)
        self.code.copy_(self.framework.prior.restrict(self.code, self.generator))


@torch.inference_mode(False)
def descend(descents: Sequence[Descent]) -> None:
    """One step of descents of one framework and objective, as one batch; none sees the others."""
    framework, objective = descents[0].framework, descents[0].objective
    codes = [each.code for each in descents]
    with torch.enable_grad():
        z, x = framework.prior.project(torch.cat(codes)), torch.cat([each.x for each in descents])
        x_hat = framework.decode(z)
        loss = objective.without_domain(framework, x, z, x_hat).sum()
        every = objective.domain_every
        times = [every * (each.done % every == 0) for each in descents]
        if any(times):  # E sees all of them, so that its batches have as few sizes as G's
            parts = objective.domain(framework, z, x_hat).split([len(each.x) for each in descents])
            loss = loss + sum(n * part.sum() for n, part in zip(times, parts, strict=True))
        gradients = torch.autograd.grad(loss, codes)
    for each, gradient in zip(descents, gradients, strict=True):
        each.step(gradient)


@torch.inference_mode(False)
def hybrid(
    framework: Framework, x: Tensor, z: Tensor, steps: int, every: int = 1, **how
) -> Iterator[tuple[int, Tensor]]:
    """Refines codes z of images x, the encoder's or any others; `how` is as in `Descent`.

    Yields (step, codes on the support) every `every` steps and after the last; close it to stop.
    """
    descent = Descent(framework, x, z, steps, **how)
    while descent.done < steps:
        descend([descent])
        if descent.done % every == 0 or descent.done == steps:
            yield descent.done, descent.codes


@torch.inference_mode(False)
def recovery(
    framework: Framework,
    x: Tensor,
    steps: int,
    starts: int = STARTS,
    seed: int = 0,
    lr: float = LR,
    every: int = 1,
    **objective,
) -> Iterator[tuple[int, Tensor]]:
    """Codes of images x without E: the best, for each image, of descents from `starts` samples.

    Yields like `hybrid`, but first (0, codes), the best starts. `objective` is as in `Descent`.
    Raises UserError for no start.
    """
    if starts < 1:
        raise UserError(f"Recovery begins at random codes: give at least 1 start, not {starts}.")
    generator = Generator().manual_seed(seed)
    z = framework.prior.sample(starts, generator).to(x.device).repeat(len(x), 1)  # (B * starts, n)
    target, value = x.repeat_interleave(starts, dim=0), Objective(**objective)
    yield 0, _best(framework, target, z, starts, value)
    how = {"lr": lr, "generator": generator, **objective}
    for step, codes in hybrid(framework, target, z, steps, every, **how):
        yield step, _best(framework, target, codes, starts, value)


def refine(framework: Framework, x: Tensor, z: Tensor, steps: int = 50, **how) -> Tensor:
    """The last codes (B, n) of `hybrid`; z itself for 0 steps."""
    refined = z
    for _, codes in hybrid(framework, x, z, steps, every=max(steps, 1), **how):
        refined = codes
    return refined


def recover(framework: Framework, x: Tensor, steps: int = 100, **how) -> Tensor:
    """The last codes (B, n) of `recovery`."""
    return [codes for _, codes in recovery(framework, x, steps, every=max(steps, 1), **how)][-1]


@torch.no_grad()
def _best(framework: Framework, x: Tensor, z: Tensor, starts: int, objective: Objective) -> Tensor:
    """The best of each image's `starts` consecutive codes."""
    best = objective(framework, x, z).unflatten(0, (-1, starts)).argmin(dim=1)
    return z.unflatten(0, (-1, starts))[torch.arange(len(best)), best]
