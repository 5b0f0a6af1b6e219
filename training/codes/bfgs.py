"""BFGS on codes (Nocedal & Wright 2006, algorithm 6.1): one minimisation for each code of a batch.

By hand: PyTorch's and SciPy's minimise one function with one line search. Here every code has a
function and an inverse Hessian of its own, one evaluation of all is one step, and a step that
leads no lower is not taken: the next is half as long.
"""

from collections.abc import Callable

import torch
from torch import Tensor

REACH = 0.6  # the longest step: root mean square over entries of order one
CURVED = 1e-10  # least cosine of s and y at which an inverse Hessian is updated


class BFGS:
    """Codes x (B, n), each brought to a lower value of its own function.

    `trial`: codes (B, n) whose values and gradients `take` waits for, first the start itself.
    `x`, `value`, `gradient`: of the lowest so far; `value` is None before the first.

    inverse: (n, n), the inverse Hessian of all codes at first, but for a factor of each, which the
    first step finds (equation 6.20); scale: brings entries of codes to order one; settle: what is
    done to codes after each step.
    """

    def __init__(
        self,
        x: Tensor,
        inverse: Tensor,
        scale: float | Tensor = 1.0,
        settle: Callable[[Tensor], Tensor] = lambda x: x,
    ):
        self.x = self.trial = settle(x)
        self.value: Tensor | None = None
        self.gradient = torch.zeros_like(x)
        self.inverse = inverse.expand(len(x), -1, -1).clone()
        self.scale, self.settle = scale, settle
        self._pace = x.new_ones(len(x), 1)  # share of a step that is tried
        self._factor_known = torch.zeros(len(x), dtype=torch.bool, device=x.device)

    @torch.no_grad()
    def take(self, value: Tensor, gradient: Tensor) -> None:
        """Values (B,) and gradients (B, n) at `trial`; sets the next one."""
        if self.value is None:
            self.value, self.gradient = value, gradient
        else:
            self._learn(self.trial - self.x, gradient - self.gradient)
            lower = value <= self.value  # not where it is nan
            each = lower[:, None]
            self.x = torch.where(each, self.trial, self.x)
            self.gradient = torch.where(each, gradient, self.gradient)
            self.value = torch.where(lower, value, self.value)
            self._pace = torch.where(each, (2 * self._pace).clamp_max(1), self._pace / 2)
        self.trial = self.settle(self.x + self._pace * self._step())

    def _step(self) -> Tensor:
        step = -_times(self.inverse, self.gradient)
        length = (self.scale * step).square().mean(dim=1, keepdim=True).sqrt()
        return step * (REACH / length.clamp_min(REACH))

    def _learn(self, s: Tensor, y: Tensor) -> None:
        """The inverses H after steps s (B, n) with changes of gradients y (B, n), H + (1 + y'Hy /
        s'y) ss' / s'y - (Hys' + sy'H) / s'y (equation 6.17); unchanged where the function is not
        convex along s, or not finite."""
        sy = (s * y).sum(dim=1)
        convex = (sy > CURVED * s.norm(dim=1) * y.norm(dim=1)) & sy.isfinite()
        s, y = (torch.where(convex[:, None], each, 0) for each in (s, y))
        Hy = _times(self.inverse, y)
        yHy = (y * Hy).sum(dim=1)
        first = convex & ~self._factor_known
        factor = torch.where(first, sy / yHy, 1)
        self.inverse *= factor[:, None, None]
        Hy, yHy = factor[:, None] * Hy, factor * yHy
        self._factor_known |= first
        self._pace[first] = 2  # even if it was too long, the next one is of full length
        rho = torch.where(convex, 1 / sy, 0)
        both = torch.stack([s, Hy], dim=2)
        core = torch.stack([rho * (1 + yHy * rho), -rho, -rho, 0 * rho], dim=1)
        self.inverse.baddbmm_(both @ core.unflatten(1, (2, 2)), both.mT)


def _times(matrices: Tensor, vectors: Tensor) -> Tensor:
    """(B, n, n), (B, n) -> (B, n)."""
    return (matrices @ vectors[:, :, None])[:, :, 0]
