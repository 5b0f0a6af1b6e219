"""The terms that objectives are made of. Discriminators return logits; every term is a mean
over the batch, so that averaging over processes equals one larger batch."""

import torch
from torch import Tensor
from torch.nn.functional import softplus


def discriminator_loss(real: Tensor, fake: Tensor) -> Tensor:
    """Non-saturating GAN loss of D: E[sp(-D(real))] + E[sp(D(fake))]; logits (B,) each.

    2 log 2 = 1.386 is chance: above it, D has stopped telling real from fake.
    """
    return softplus(-real).mean() + softplus(fake).mean()


def fooling_loss(fake: Tensor) -> Tensor:
    """Non-saturating GAN loss of the generating side: E[sp(-D(fake))]; logits (B,)."""
    return softplus(-fake).mean()


def code_error(z: Tensor, z_hat: Tensor) -> Tensor:
    """Re-encoding error E||z - z_hat||^2; codes (B, n). On the unit sphere within [0, 4],
    and 2 for unrelated codes."""
    return (z - z_hat).square().sum(dim=1).mean()


def pixel_error(x: Tensor, x_hat: Tensor) -> Tensor:
    """Reconstruction error ||x - x_hat||^2 averaged over batch, channels and pixels."""
    return (x - x_hat).square().mean()


def feature_error(real: list[Tensor], fake: list[Tensor]) -> Tensor:
    """Distance of feature maps (B, C, side, side), each level relative to the energy of the real
    ones, so that every level weighs the same: 0 for equal maps."""
    levels = zip(real, fake, strict=True)
    errors = [(a - b).square().mean() / a.square().mean().detach() for a, b in levels]
    return torch.stack(errors).mean()


def r1_penalty(x: Tensor, logits: Tensor) -> Tensor:
    """R1: E||grad_x D(x)||^2 on real images (Mescheder et al. 2018, eq. 9, without gamma/2).

    `x` must require grad and have led to `logits` (B,).
    """
    (gradient,) = torch.autograd.grad(logits.sum(), x, create_graph=True)
    return gradient.square().flatten(1).sum(dim=1).mean()
