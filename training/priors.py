"""Prior distributions over codes: how to draw one, and how to come back to the support."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Generator, Tensor
from torch.nn.functional import normalize


@dataclass(frozen=True)
class Prior:
    """A distribution over codes (B, n): `sample` draws, `project` maps any code to the support."""

    name: str
    project: Callable[[Tensor], Tensor]

    def sample(self, count: int, size: int, generator: Generator, spread: float = 1.0) -> Tensor:
        """`count` codes of length `size`, float32 (count, size), on the generator's device.

        `spread` below 1 draws nearer to the middle of what the prior holds: on the sphere,
        nearer to one random direction; for a normal prior, with a smaller deviation.
        """
        noise = torch.randn(count, size, generator=generator, device=generator.device)
        if spread == 1.0:
            return self.project(noise)
        middle = noise.new_zeros(size) if self.name == "normal" else noise[:1]
        return self.project(middle + spread * (noise - middle))


PRIORS = {
    "sphere": Prior("sphere", lambda z: normalize(z, dim=1)),
    "normal": Prior("normal", lambda z: z),
}
