"""The networks of the papers' tables, by their names for `--nets`.

AEGAN tables 3 to 6 stand at 64 px with both widths 64, AAAE table III at 32 px with both widths
64; for another size levels are added or left out, as AAAE's appendix B says. Where a paper has no
table, the common network stands in. `NETS` names all families, also those of no paper.
"""

import math
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor, nn

from training.networks import common
from training.networks.common import (
    BASE_PX,
    HIDDEN,
    SLOPE,
    WIDEST,
    normalization,
    spectrally_normalised,
)
from training.networks.nested import nested_discriminator, nested_encoder, nested_generator


def doubling(size_px: int, width: int, to_px: int = BASE_PX) -> list[int]:
    """Feature maps after each halving, the finest first: [w, 2w, 4w, 8w] from 64 px to 4x4."""
    levels = int(math.log2(size_px // to_px))
    return [width * min(2**level, WIDEST) for level in range(levels)]


class AEGANGenerator(nn.Module):
    """Table 3: codes (B, n) -> images (B, 3, H, W) in [0, 1]; 5x5 transposed convolutions."""

    def __init__(self, size_px: int, width: int, latent_size: int, norm: str = "batch"):
        super().__init__()
        features = doubling(size_px, width)[::-1]
        self.stem = nn.Linear(latent_size, features[0] * BASE_PX**2)
        blocks = []
        for before, after in pairwise([*features, 3]):
            blocks += [normalization(norm, before), nn.ReLU(inplace=True)]
            blocks += [nn.ConvTranspose2d(before, after, 5, 2, padding=2, output_padding=1)]
        self.blocks = nn.Sequential(*blocks)

    def forward(self, z: Tensor) -> Tensor:
        h = self.stem(z).unflatten(1, (-1, BASE_PX, BASE_PX))
        return self.blocks(h).float().sigmoid()


class AEGANEncoder(nn.Module):
    """Table 5: images (B, inputs, H, W) -> (B, outputs); the table's tanh is `Box.squash`."""

    def __init__(
        self, size_px: int, width: int, outputs: int, norm: str = "batch", inputs: int = 3
    ):
        super().__init__()
        features = [inputs, *doubling(size_px, width)]
        blocks = []
        for before, after in pairwise(features):
            blocks += [nn.Conv2d(before, after, 5, 2, padding=2)]
            blocks += [normalization(norm, after), nn.ReLU(inplace=True)]
        self.blocks = nn.Sequential(*blocks)
        self.head = nn.Linear(features[-1] * BASE_PX**2, outputs)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.blocks(x).flatten(1)).float()


class AEGANDiscriminator(common.ImageDiscriminator):
    """Table 4."""

    kernel, norm_first, maps = 5, True, staticmethod(doubling)


class AEGANJointDiscriminator(nn.Module):
    """Table 6: the code (B, n) joins every pixel after the third convolution; down to 1x1."""

    def __init__(
        self,
        size_px: int,
        width: int,
        latent_size: int,
        norm: str = "batch",
        scale: float | Tensor = 1.0,
    ):
        super().__init__()
        self.register_buffer("scale", torch.as_tensor(scale), persistent=False)

        def level(before: int, after: int) -> list[nn.Module]:
            convolution = spectrally_normalised(nn.Conv2d(before, after, 5, 2, padding=2), norm)
            norms = [nn.BatchNorm2d(after)] if norm == "batch" else []
            return [convolution, *norms, nn.LeakyReLU(SLOPE)]

        last = 8 * width
        self.image = nn.Sequential(
            *level(3, width), *level(width, 2 * width), *level(2 * width, 4 * width)
        )
        pair = level(4 * width + latent_size, last)
        for _ in range(int(math.log2(size_px)) - 4):
            pair += level(last, last)
        self.pair = nn.Sequential(
            *pair, nn.Flatten(), spectrally_normalised(nn.Linear(last, 1), norm)
        )

    def forward(self, x: Tensor, z: Tensor) -> Tensor:
        h = self.image(x)
        everywhere = (z * self.scale)[:, :, None, None].expand(-1, -1, *h.shape[2:])
        return self.pair(torch.cat([h, everywhere], dim=1)).squeeze(1).float()


class AAAEEncoder(nn.Module):
    """Table III, E: images (B, inputs, H, W) -> (B, outputs). Of its ticks for batch norm the
    text keeps three: where it prints no cross, there is one."""

    def __init__(
        self, size_px: int, width: int, outputs: int, norm: str = "batch", inputs: int = 3
    ):
        super().__init__()
        features = [width, *doubling(size_px, 2 * width, to_px=2)]
        blocks = [nn.ZeroPad2d((1, 2, 1, 2)), nn.Conv2d(inputs, width, 4)]  # the side stays
        for before, after in pairwise(features):
            blocks += [normalization(norm, before), nn.ELU(inplace=True)]
            blocks += [nn.Conv2d(before, after, 4, 2, padding=1)]
        blocks += [normalization(norm, features[-1]), nn.ELU(inplace=True)]
        self.blocks = nn.Sequential(*blocks)
        self.head = nn.Linear(features[-1] * 4, outputs)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.blocks(x).flatten(1)).float()


class AAAEGenerator(nn.Module):
    """Table III, G: codes (B, n) -> images (B, 3, H, W), from 2x2; its tanh is moved to [0, 1]."""

    def __init__(self, size_px: int, width: int, latent_size: int, norm: str = "batch"):
        super().__init__()
        features = [width, *doubling(size_px, 2 * width, to_px=2)][::-1]
        self.stem = nn.Linear(latent_size, features[0] * 4)
        blocks = [normalization(norm, features[0]), nn.ELU(inplace=True)]
        for before, after in pairwise(features):
            blocks += [nn.ConvTranspose2d(before, after, 4, 2, padding=1)]
            blocks += [normalization(norm, after), nn.ELU(inplace=True)]
        self.blocks = nn.Sequential(*blocks, nn.Conv2d(width, 3, 3, padding=1))

    def forward(self, z: Tensor) -> Tensor:
        h = self.stem(z).unflatten(1, (-1, 2, 2))
        return (self.blocks(h).float().tanh() + 1) / 2


class AAAEPatchDiscriminator(common.PatchDiscriminator):
    """Table III, D(x): down to 2x2, one logit a place."""

    slope = 0.1

    @staticmethod
    def maps(size_px: int, width: int) -> list[int]:
        return doubling(size_px, width, to_px=2)


def dense(inputs: int, outputs: int, activation: nn.Module) -> nn.Sequential:
    """inputs-512-512-512-outputs."""
    layers = []
    for before, after in pairwise([inputs, *3 * [HIDDEN]]):
        layers += [nn.Linear(before, after), activation]
    return nn.Sequential(*layers, nn.Linear(HIDDEN, outputs))


class Approximator(nn.Module):
    """Table III, A: noise (B, m) -> codes (B, n)."""

    def __init__(self, noise_size: int, latent_size: int):
        super().__init__()
        self.layers = dense(noise_size, latent_size, nn.ELU())

    def forward(self, z: Tensor) -> Tensor:
        return self.layers(z).float()


class CodeCritic(nn.Module):
    """Table III, D(c): codes (B, n) -> (B,)."""

    def __init__(self, latent_size: int):
        super().__init__()
        self.layers = dense(latent_size, 1, nn.LeakyReLU(0.1))

    def forward(self, c: Tensor) -> Tensor:
        return self.layers(c).squeeze(1).float()


def as_table_3(layer: nn.Module) -> None:
    """Weights N(0, 0.01^2) and no biases, for `Module.apply` (AAAE table III)."""
    if isinstance(layer, nn.Linear | nn.Conv2d | nn.ConvTranspose2d):
        nn.init.normal_(layer.weight, std=0.01)
        nn.init.zeros_(layer.bias)


class Nets(NamedTuple):
    """One family of networks."""

    generator: Callable[..., nn.Module] = common.Generator
    encoder: Callable[..., nn.Module] = common.Encoder
    image_discriminator: type[nn.Module] = common.ImageDiscriminator
    label_discriminator: type[nn.Module] = common.LabelDiscriminator
    joint_discriminator: type[nn.Module] = common.JointDiscriminator
    patch_discriminator: type[nn.Module] = common.PatchDiscriminator


nested_discriminators = [nested_discriminator(kind) for kind in Nets()[2:]]
# What --nets may name
NETS: dict[str, Nets] = {
    "common": Nets(),
    "nested": Nets(nested_generator, nested_encoder, *nested_discriminators),
    "residual": Nets(
        partial(nested_generator, residual=True),
        partial(nested_encoder, residual=True),
        *nested_discriminators,
    ),
    "aegan": Nets(
        AEGANGenerator,
        AEGANEncoder,
        image_discriminator=AEGANDiscriminator,
        joint_discriminator=AEGANJointDiscriminator,
    ),
    "aaae": Nets(AAAEGenerator, AAAEEncoder, patch_discriminator=AAAEPatchDiscriminator),
}
