"""Directions in code space that are found without labels."""

from collections.abc import Callable

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


def _leading(matrix: Tensor, count: int) -> Tensor:
    """Eigenvectors (count, n) of a symmetric matrix (n, n), those of greatest eigenvalues first."""
    return _signed(torch.linalg.eigh(matrix).eigenvectors.T.flip(0)[:count])


def _signed(vectors: Tensor) -> Tensor:
    """With the entry of greatest size above 0, so that the same direction has always one sign."""
    greatest = vectors.gather(1, vectors.abs().argmax(dim=1, keepdim=True))
    return vectors * greatest.sign()
