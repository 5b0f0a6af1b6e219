"""The common networks of F-AAE section 3.2, at 32, 64 or 128 px.

Notation: H image side in px, w width (feature maps at full resolution), n code length.
Feature maps double with every halving of the side, up to 8 w, down to 4x4.
"""

import math
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.functional import conv_transpose2d
from torch.nn.utils.parametrizations import spectral_norm

BASE_PX = 4
SIZES_PX = (32, 64, 128)
SLOPE = 0.2
D_NORMS = ("none", "batch", "spectral")


def channels(image_size: int, width: int) -> list[int]:
    """Feature maps from full resolution down to 4x4: [w, 2w, 4w, 8w] at 32 px."""
    levels = int(math.log2(image_size // BASE_PX))
    return [width * min(2**level, 8) for level in range(levels + 1)]


def normalization(norm: str, features: int) -> nn.Module:
    return nn.BatchNorm2d(features) if norm == "batch" else nn.Identity()


class UpConv(nn.Module):
    """Nearest up-sampling by 2 and a 3x3 convolution, computed as one transposed convolution.

    Each output pixel sees at most 2x2 distinct inputs, so the 3x3 kernel is folded into a
    4x4 one of stride 2 (the kernel convolved with a 2x2 box): the same function with 4/9 of the
    multiplications. `weight` is (in, out, 3, 3), flipped as transposed convolutions have it.
    """

    def __init__(self, in_features: int, out_features: int):
        super().__init__()
        like = nn.Conv2d(in_features, out_features, 3)  # PyTorch's default initialisation
        self.weight = nn.Parameter(like.weight.detach().transpose(0, 1).contiguous())
        fold = torch.tensor([[1.0, 0, 0], [1, 1, 0], [0, 1, 1], [0, 0, 1]])
        self.register_buffer("fold", torch.kron(fold, fold).T.contiguous(), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        kernel = self.weight.flatten(2) @ self.fold  # (in, out, 16)
        return conv_transpose2d(x, kernel.unflatten(2, (4, 4)), stride=2, padding=1)


class Generator(nn.Module):
    """G: codes (B, n) -> images (B, 3, H, W) in [0, 1]; sigmoid at the end."""

    def __init__(self, image_size: int, width: int, latent_size: int, norm: str = "batch"):
        super().__init__()
        features = channels(image_size, width)[::-1]
        self.stem = nn.Linear(latent_size, features[0] * BASE_PX**2)
        blocks = [normalization(norm, features[0]), nn.LeakyReLU(SLOPE, inplace=True)]
        for wide, narrow in pairwise(features):
            blocks += [UpConv(wide, narrow), normalization(norm, narrow)]
            blocks += [nn.LeakyReLU(SLOPE, inplace=True)]
        self.blocks = nn.Sequential(*blocks, nn.Conv2d(features[-1], 3, 3, padding=1))

    def forward(self, z: Tensor) -> Tensor:
        h = self.stem(z).unflatten(1, (-1, BASE_PX, BASE_PX))  # (B, 8w, 4, 4)
        h = h.contiguous(memory_format=torch.channels_last)
        return self.blocks(h).float().sigmoid()


class Encoder(nn.Module):
    """E: images (B, 3, H, W) in [0, 1] -> (B, outputs); G reversed, with max-pooling.

    The output is not yet on the prior's support: `Framework.encode` projects it.
    """

    def __init__(self, image_size: int, width: int, outputs: int, norm: str = "batch"):
        super().__init__()
        features = [3, *channels(image_size, width)]
        blocks = []
        for level, (narrow, wide) in enumerate(pairwise(features), start=2):
            pool = nn.MaxPool2d(2) if level < len(features) else nn.Identity()  # stop at 4x4
            blocks += [nn.Conv2d(narrow, wide, 3, padding=1), pool]
            blocks += [normalization(norm, wide), nn.LeakyReLU(SLOPE, inplace=True)]
        self.blocks = nn.Sequential(*blocks)
        self.head = nn.Linear(features[-1] * BASE_PX**2, outputs)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.blocks(x).flatten(1)).float()


class ImageDiscriminator(nn.Module):
    """D(x): images (B, 3, H, W) -> logits (B,); 4x4 convolutions of stride 2.

    Feature maps: width, then 2 width throughout, down to 4x4. `norm`: none, batch (all but the
    first layer, as DCGAN has it), or spectral (every layer, Miyato et al. 2018).
    """

    def __init__(self, image_size: int, width: int, norm: str = "none"):
        super().__init__()
        bound = spectral_norm if norm == "spectral" else lambda layer: layer
        levels = int(math.log2(image_size // BASE_PX))
        features = [3, width] + [2 * width] * (levels - 1)
        blocks = []
        for before, after in pairwise(features):
            blocks += [bound(nn.Conv2d(before, after, 4, stride=2, padding=1))]
            if norm == "batch" and before != 3:
                blocks += [nn.BatchNorm2d(after)]
            blocks += [nn.LeakyReLU(SLOPE)]
        self.blocks = nn.ModuleList(blocks)
        self.head = bound(nn.Linear(features[-1] * BASE_PX**2, 1))

    def features(self, x: Tensor) -> list[Tensor]:
        """The feature maps of every level, (B, C, side, side) each, the finest first."""
        maps = []
        for block in self.blocks:
            x = block(x)
            if isinstance(block, nn.LeakyReLU):
                maps.append(x)
        return maps

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.features(x)[-1].flatten(1)).squeeze(1).float()


class CodeDiscriminator(nn.Module):
    """D(z): codes (B, n) -> logits (B,); n-512-512-1.

    Codes are scaled by `scale` first, sqrt(n) for codes on the unit sphere, so that their
    entries are of order one.
    """

    def __init__(self, latent_size: int, scale: float = 1.0, hidden: int = 512):
        super().__init__()
        self.scale = scale
        self.layers = nn.Sequential(
            nn.Linear(latent_size, hidden),
            nn.LeakyReLU(SLOPE),
            nn.Linear(hidden, hidden),
            nn.LeakyReLU(SLOPE),
            nn.Linear(hidden, 1),
        )

    def forward(self, z: Tensor) -> Tensor:
        return self.layers(z * self.scale).squeeze(1).float()
