"""Children of codes, and how far a family has gone; torch only.

Like `geometry`, functions return points of the vector space, not yet on the prior's support.
"""

import torch
from torch import Tensor

from training.codes.geometry import slerp


def mutated(parents: Tensor, unrelated: Tensor, radius: float) -> Tensor:
    """Codes (B, n) at a share `radius` of the way from parents (B, n) or (1, n) to unrelated codes
    (B, n): 0 is the parent, 1 the unrelated code."""
    return slerp(parents.expand_as(unrelated), unrelated, radius)


def crossed(one: Tensor, other: Tensor, count: int, whole: int, seed: int) -> Tensor:
    """(count, n), each number from one of two codes (n,) by chance; the last `whole` numbers, as
    labels are, come from one of the two together."""
    generator = torch.Generator().manual_seed(seed)
    own = torch.rand(count, len(one), generator=generator) < 0.5
    if whole:
        own[:, -whole:] = torch.rand(count, 1, generator=generator) < 0.5
    return torch.where(own.to(one.device), one, other)


def drift(codes: Tensor, ancestor: Tensor, unrelated: float) -> Tensor:
    """(B,): how far codes (B, n) are from an ancestor's (n,), where two unrelated codes are 1
    apart; `unrelated` is the mean square of their distance."""
    return ((codes - ancestor).square().sum(dim=1) / unrelated).sqrt()


def spread(codes: Tensor, unrelated: float) -> float:
    """The mean distance between two of the codes (B, n), in the unit of `drift`; of one alone 0."""
    apart = torch.pdist(codes.float())
    return float(apart.mean() / unrelated**0.5) if len(apart) else 0.0
