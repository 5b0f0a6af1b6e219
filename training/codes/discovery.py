"""Directions in code space that are found without labels."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import normalize

OVERSAMPLING, ROUNDS = 8, 4  # of the randomised decomposition
Decode = Callable[[Tensor], Tensor]


def principal(codes: Tensor, count: int) -> Tensor:
    """The `count` principal components of codes (N, n), of greatest variance first: (count, n) of
    length 1 (GANSpace, Härkönen et al. 2020)."""
    return _leading(torch.cov(codes.T), count)


def factorised(weight: Tensor, count: int) -> Tensor:
    """Directions of codes that the first layer's weight A (m, n) stretches most, the eigenvectors
    of A^T A: (count, n) of length 1 (SeFa, Shen and Zhou 2021, eq. 5)."""
    return _leading(weight.T @ weight, count)


@torch.inference_mode(False)
def singular(decode: Decode, z: Tensor, count: int, seed: int = 0) -> Tensor:
    """The top right-singular vectors of decode's Jacobian at a code z (1, n), which change the
    image most: (count, n) of length 1.

    By a randomised subspace iteration (Halko et al. 2011, algorithm 4.4), with the Jacobian's
    products alone: `decode` maps (B, n) to images and is differentiable.
    """
    count = min(count, z.shape[1])
    wide = min(count + OVERSAMPLING, z.shape[1])
    generator = torch.Generator().manual_seed(seed)
    v = torch.linalg.qr(torch.randn(z.shape[1], wide, generator=generator).to(z)).Q.T
    same = z.detach().expand(wide, -1).clone()  # images of a batch do not depend on one another
    with torch.enable_grad():
        x = decode(same.requires_grad_())
        u = torch.zeros_like(x, requires_grad=True)
        (back,) = torch.autograd.grad(x, same, u, create_graph=True)  # J^T u, linear in u
    keep = {"retain_graph": True}  # not torch.func.jvp, which only one thread may use at a time
    for _ in range(ROUNDS):
        (pushed,) = torch.autograd.grad(back, u, v, **keep)  # J v
        (pulled,) = torch.autograd.grad(x, same, pushed, **keep)
        v = torch.linalg.qr(pulled.T).Q.T
    pushed = torch.autograd.grad(back, u, v)[0].flatten(1)
    turned = torch.linalg.svd(pushed.T, full_matrices=False).Vh  # from v to J's own within its span
    return _signed((turned @ v)[:count]).detach()


def calibrated(units: Tensor, codes: Tensor) -> Tensor:
    """Directions (K, n) as long as one standard deviation of codes (N, n) along each."""
    units = normalize(units, dim=1)
    return units * (codes @ units.T).std(dim=0)[:, None]


def consistency(changes: Tensor) -> Tensor:
    """How much a direction does the same to P pictures, by its changes of them (..., P, F): their
    mean cosine over all pairs (...), 1 for the same change, 0 for unrelated ones."""
    units = normalize(changes, dim=-1)
    pictures = changes.shape[-2]
    together = units.sum(dim=-2).square().sum(dim=-1)  # all pairs, and each with itself
    mean = (together - pictures) / (pictures * (pictures - 1))
    return mean.clamp(-1, 1)  # which rounding can leave


class Matches(NamedTuple):
    """For each of K directions of one model that of another which does most like it, `at` (K,);
    their `likeness` (K,), the cosine of what they do, below 0 where it does the reverse; and
    `chance` (K,), the greatest size of that with random directions of the other model."""

    at: Tensor
    likeness: Tensor
    chance: Tensor

    @property
    def fair(self) -> Tensor:
        """Bool (K,): which are more alike than any random direction is."""
        return self.likeness.abs() > self.chance


def matched(wanted: Tensor, found: Tensor, random: Tensor) -> Matches:
    """Directions of one model beside those of another by what they do to pictures: `wanted` (K, F)
    the changes by the one, `found` (L, F) and `random` (R, F) those by the other.

    One to one, the pair that is most alike first; beyond the L-th a likeness is 0.
    """
    units = normalize(wanted, dim=1)
    cosines, chance = (units @ normalize(each, dim=1).T for each in (found, random))
    at, likeness = torch.zeros(len(units), dtype=torch.long), torch.zeros(len(units))
    left = cosines.abs()
    for _ in range(min(left.shape)):
        row, column = divmod(int(left.argmax()), len(found))
        at[row], likeness[row] = column, cosines[row, column]
        left[row], left[:, column] = -1, -1
    return Matches(at, likeness, chance.abs().amax(dim=1))


def _leading(matrix: Tensor, count: int) -> Tensor:
    """Eigenvectors (count, n) of a symmetric matrix (n, n), those of greatest eigenvalues first."""
    return _signed(torch.linalg.eigh(matrix).eigenvectors.T.flip(0)[:count])


def _signed(vectors: Tensor) -> Tensor:
    """With the entry of greatest size above 0, so that the same direction has always one sign."""
    greatest = vectors.gather(1, vectors.abs().argmax(dim=1, keepdim=True))
    return vectors * greatest.sign()
