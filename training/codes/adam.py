"""Adam on codes, by PyTorch's functional form.

`torch.optim.Adam` imports torch._dynamo, which takes over a second and 150 MB.
"""

import torch
from torch import Tensor
from torch.optim.adam import adam

EPSILON = 1e-8  # PyTorch's


class Adam:
    """Moves one tensor x against its gradients, in place (Kingma & Ba 2015, algorithm 1)."""

    def __init__(self, x: Tensor, betas: tuple[float, float] = (0.9, 0.999)):
        self.x, self.betas = x, betas
        self.mean, self.square = torch.zeros_like(x), torch.zeros_like(x)  # of the gradients
        self.done = torch.zeros(())

    @torch.no_grad()
    def step(self, gradient: Tensor, lr: float) -> None:
        """One step against the gradient, of x's shape, at the learning rate `lr`."""
        adam(
            [self.x],
            [gradient],
            [self.mean],
            [self.square],
            [],
            [self.done],
            foreach=False,
            amsgrad=False,
            beta1=self.betas[0],
            beta2=self.betas[1],
            lr=lr,
            weight_decay=0.0,
            eps=EPSILON,
            maximize=False,
        )
