"""The common networks in a nested form: those of one image size stand inside those of twice the
size at half the width, so that a small picture's networks can grow into a large one's.

Feature maps double with every halving of the side, without end: 16, 32, 64, 128, 256 at 64 px and
width 16, of which the last four are those of 32 px and width 32, where these networks are the
common ones. Growing is as in progressive GANs (Karras et al. 2018), but without their fading in.
"""

import math
from itertools import takewhile

import torch
from torch import nn

from training import networks

UNBOUNDED = 2**16


class NestedGenerator(networks.Generator):
    """As the common one: codes (B, n) -> images (B, 3, H, W) in [0, 1]."""

    most = UNBOUNDED


class NestedEncoder(networks.Encoder):
    """As the common one: images (B, inputs, H, W) in [0, 1] -> (B, outputs)."""

    most = UNBOUNDED


class Nested:
    """Feature maps of a discriminator: width, doubled at every level but the last."""

    @staticmethod
    def maps(image_size: int, width: int) -> list[int]:
        """Feature maps of each level, the finest first: [w, 2w, 2w] at 32 px, down to 4x4."""
        levels = int(math.log2(image_size // networks.BASE_PX))
        return [width * 2 ** min(level, levels - 2) for level in range(levels)]


class NestedImageDiscriminator(Nested, networks.ImageDiscriminator):
    """As the common one: images (B, 3, H, W) -> logits (B,)."""


class NestedLabelDiscriminator(Nested, networks.LabelDiscriminator):
    """As the common one: images (B, 3, H, W) and labels (B, L) -> logits (B,)."""


class NestedJointDiscriminator(Nested, networks.JointDiscriminator):
    """As the common one: images (B, 3, H, W) and codes (B, n) -> logits (B,)."""


class NestedPatchDiscriminator(Nested, networks.PatchDiscriminator):
    """As the common one: images (B, 3, H, W) -> logits (B, side, side)."""


@torch.no_grad()
def grow(network: nn.Module, former: nn.Module) -> None:
    """Copies what `former`, of a smaller image size, has in common with `network`: all but its
    outermost convolution. Raises RuntimeError where it has not that much in common."""
    mine, theirs = ([*each.state_dict().values()] for each in (network, former))
    shared = []
    for order in (1, -1):  # G begins at the code, E ends there
        pairs = zip(mine[::order], theirs[::order], strict=False)
        shared += takewhile(lambda pair: pair[0].shape == pair[1].shape, pairs)
    if len(shared) < len(theirs) - 1:
        raise RuntimeError("The networks are not nested.")
    for new, old in shared:
        new.copy_(old)
