"""Adam on codes (Kingma & Ba 2015, algorithm 1).

By hand: `torch.optim.Adam` imports torch._dynamo, which takes over a second and 150 MB, and has one
learning rate for all entries of a code.
"""

import math

import torch
from torch import Tensor

BETAS, EPSILON = (0.9, 0.999), 1e-8  # PyTorch's


class Adam:
    """Moves one tensor x (B, n) against its gradients, in place. Learning rates are for entries of
    order one: they are divided by `scale`, as `Prior.scale_on` gives it for x's device."""

    def __init__(self, x: Tensor, scale: float | Tensor = 1.0):
        self.x, self.scale, self.done = x, scale, 0
        self.mean, self.square = torch.zeros_like(x), torch.zeros_like(x)  # of the gradients

    @torch.no_grad()
    def step(self, gradient: Tensor, lr: float) -> None:
        """One step against the gradient, of x's shape, at the learning rate `lr`."""
        self.done += 1
        beta1, beta2 = BETAS
        self.mean.lerp_(gradient, 1 - beta1)
        self.square.mul_(beta2).addcmul_(gradient, gradient, value=1 - beta2)
        rate = lr / self.scale / (1 - beta1**self.done)
        deviation = self.square.sqrt() / math.sqrt(1 - beta2**self.done) + EPSILON
        self.x.addcdiv_(-rate * self.mean, deviation)
