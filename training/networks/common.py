"""The common networks of F-AAE section 3.2, at 32, 64 or 128 px.

Notation: H image side in px, w width (feature maps at full resolution), n code length.
Feature maps double with every halving of the side, up to 8 w, down to 4x4.
"""

import math
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.functional import conv_transpose2d, leaky_relu
from torch.nn.utils.parametrizations import spectral_norm

BASE_PX = 4
SIZES_PX = (32, 64, 128)
WIDEST = 8  # times the width: with further levels feature maps double no more
SLOPE = 0.2
HIDDEN = 512  # units of the dense layers of discriminators of codes
D_NORMS = ("none", "batch", "spectral")


def channels(size_px: int, width: int) -> list[int]:
    """Feature maps from full resolution down to 4x4: [w, 2w, 4w, 8w] at 32 px."""
    levels = int(math.log2(size_px // BASE_PX))
    return [width * min(2**level, WIDEST) for level in range(levels + 1)]


def normalization(norm: str, features: int) -> nn.Module:
    return nn.BatchNorm2d(features) if norm == "batch" else nn.Identity()


def silent(layer: nn.Conv2d) -> nn.Conv2d:
    """A convolution whose output is 0 until it is trained."""
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer


class Residual(nn.Module):
    """a(x + W a(x)), of a leaky ReLU a and a 3x3 convolution W, as in residual networks (He et al.
    2016). W is 0 at first, so that a trained network stays what it is when it becomes deeper."""

    def __init__(self, features: int):
        super().__init__()
        self.further = silent(nn.Conv2d(features, features, 3, padding=1))

    def forward(self, x: Tensor) -> Tensor:
        return leaky_relu(x + self.further(leaky_relu(x, SLOPE)), SLOPE)


def activation(features: int, residual: bool) -> nn.Module:
    """The activation of each level of G and E, with a further convolution where it is residual."""
    return Residual(features) if residual else nn.LeakyReLU(SLOPE, inplace=True)


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
        # in memory also where the networks are built on the meta device: no checkpoint holds it
        fold = torch.tensor([[1.0, 0, 0], [1, 1, 0], [0, 1, 1], [0, 0, 1]], device="cpu")
        self.register_buffer("fold", torch.kron(fold, fold).T.contiguous(), persistent=False)

    @property
    def kernel(self) -> Tensor:
        return (self.weight.flatten(2) @ self.fold).unflatten(2, (4, 4))  # (in, out, 4, 4)

    def forward(self, x: Tensor) -> Tensor:
        return conv_transpose2d(x, self.kernel, stride=2, padding=1)

    def transposed(self) -> nn.ConvTranspose2d:
        """The same function, with a kernel of its own and a bias of 0."""
        maps = self.weight.shape[:2]
        layer = nn.ConvTranspose2d(*maps, 4, stride=2, padding=1, device=self.weight.device)
        layer.weight = nn.Parameter(self.kernel.detach())
        nn.init.zeros_(layer.bias)
        return layer.requires_grad_(self.weight.requires_grad).train(self.training)


class Generator(nn.Module):
    """G: codes (B, n) -> images (B, 3, H, W) in [0, 1]; sigmoid at the end."""

    def __init__(
        self,
        size_px: int,
        width: int,
        latent_size: int,
        norm: str = "batch",
        residual: bool = False,
    ):
        super().__init__()
        features = channels(size_px, width)[::-1]
        self.stem = nn.Linear(latent_size, features[0] * BASE_PX**2)
        blocks = [normalization(norm, features[0]), activation(features[0], residual)]
        for wide, narrow in pairwise(features):
            blocks += [UpConv(wide, narrow), normalization(norm, narrow)]
            blocks += [activation(narrow, residual)]
        self.blocks = nn.Sequential(*blocks, nn.Conv2d(features[-1], 3, 3, padding=1))

    def drawn(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """The last feature maps (B, w, H, W), and the images before the sigmoid."""
        h = self.stem(z).unflatten(1, (-1, BASE_PX, BASE_PX))  # (B, 8w, 4, 4)
        h = self.blocks[:-1](h.contiguous(memory_format=torch.channels_last))
        return h, self.blocks[-1](h).float()

    def forward(self, z: Tensor) -> Tensor:
        return self.drawn(z)[1].sigmoid()


class Encoder(nn.Module):
    """E: images (B, inputs, H, W) in [0, 1] -> (B, outputs); G reversed, with max-pooling.

    The output is not yet on the prior's support: `Framework.encode` projects it.
    """

    def __init__(
        self,
        size_px: int,
        width: int,
        outputs: int,
        norm: str = "batch",
        inputs: int = 3,
        residual: bool = False,
    ):
        super().__init__()
        features = [inputs, *channels(size_px, width)]
        blocks = []
        for level, (narrow, wide) in enumerate(pairwise(features), start=2):
            pool = nn.MaxPool2d(2) if level < len(features) else nn.Identity()  # stop at 4x4
            blocks += [nn.Conv2d(narrow, wide, 3, padding=1), pool]
            blocks += [normalization(norm, wide), activation(wide, residual)]
        self.blocks = nn.Sequential(*blocks)
        self.head = nn.Linear(features[-1] * BASE_PX**2, outputs)

    def forward(self, x: Tensor, seen: Tensor | None = None) -> Tensor:
        """`seen` (B, w, H, W): added to the first convolution's output."""
        h = self.blocks[0](x)
        h = self.blocks[1:](h if seen is None else h + seen)
        return self.head(h.flatten(1)).float()


def spectrally_normalised(layer: nn.Module, norm: str) -> nn.Module:
    """The layer, of spectral norm 1 where `norm` is 'spectral' (Miyato et al. 2018), unless it is
    on the meta device: a first estimate of the norm there, of no weights, imports torch._dynamo."""
    return spectral_norm(layer) if norm == "spectral" and not layer.weight.is_meta else layer


class ImageDiscriminator(nn.Module):
    """D(x): images (B, 3, H, W) -> logits (B,); 4x4 convolutions of stride 2.

    Feature maps: width, then 2 width throughout, down to 4x4. `norm`: none, batch (all but the
    first layer, as DCGAN has it), or spectral (every layer, Miyato et al. 2018).
    """

    kernel, slope, norm_first = 4, SLOPE, False

    def __init__(self, size_px: int, width: int, norm: str = "none"):
        super().__init__()
        features = [3, *self.maps(size_px, width)]
        padding = (self.kernel - 1) // 2
        blocks = []
        for level, (before, after) in enumerate(pairwise(features)):
            convolution = nn.Conv2d(before, after, self.kernel, stride=2, padding=padding)
            blocks += [spectrally_normalised(convolution, norm)]
            if norm == "batch" and (level or self.norm_first):
                blocks += [nn.BatchNorm2d(after)]
            blocks += [nn.LeakyReLU(self.slope, inplace=True)]
        self.blocks = nn.Sequential(*blocks)
        side = size_px >> len(features[1:])
        self.head = spectrally_normalised(nn.Linear(features[-1] * side**2, 1), norm)

    @staticmethod
    def maps(size_px: int, width: int) -> list[int]:
        """Feature maps of each level, the finest first."""
        levels = int(math.log2(size_px // BASE_PX))
        return [width] + [2 * width] * (levels - 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.blocks(x).flatten(1)).squeeze(1).float()


class PatchDiscriminator(ImageDiscriminator):
    """D(x) of patches: images (B, 3, H, W) -> logits (B, side, side), by a 3x3 convolution."""

    def __init__(self, size_px: int, width: int, norm: str = "none"):
        super().__init__(size_px, width, norm)
        last = self.maps(size_px, width)[-1]
        self.head = spectrally_normalised(nn.Conv2d(last, 1, 3, padding=1), norm)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.blocks(x)).squeeze(1).float()


class LabelDiscriminator(ImageDiscriminator):
    """D(x, y): images (B, 3, H, W) and labels (B, L) from 0 to 1 -> logits (B,), by projection
    (Miyato and Koyama 2018): D(x), and what x says for each label that y has and against each
    that it has not. An MLP on both, as for codes, leaves the labels unheeded for long."""

    def __init__(self, size_px: int, width: int, labels: int, norm: str = "none"):
        super().__init__(size_px, width, norm)
        self.label_head = spectrally_normalised(nn.Linear(self.head.in_features, labels), norm)

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        h = self.blocks(x).flatten(1)
        in_favour = (self.label_head(h) * (2 * y - 1)).sum(dim=1)
        return (self.head(h).squeeze(1) + in_favour).float()


class JointDiscriminator(ImageDiscriminator):
    """D(x, z): images (B, 3, H, W) and codes (B, n) -> logits (B,).

    The image's last feature maps beside what an n-512-512 makes of the code, then 512-1. Codes
    are scaled by `scale` first, as in CodeDiscriminator.
    """

    def __init__(
        self,
        size_px: int,
        width: int,
        latent_size: int,
        norm: str = "none",
        scale: float | Tensor = 1.0,
    ):
        super().__init__(size_px, width, norm)
        self.register_buffer("scale", torch.as_tensor(scale), persistent=False)
        flat = self.head.in_features

        def dense(inputs: int) -> list[nn.Module]:
            return [
                spectrally_normalised(nn.Linear(inputs, HIDDEN), norm),
                nn.LeakyReLU(self.slope),
            ]

        self.code = nn.Sequential(*dense(latent_size), *dense(HIDDEN))
        last = spectrally_normalised(nn.Linear(HIDDEN, 1), norm)
        self.head = nn.Sequential(*dense(flat + HIDDEN), last)

    def forward(self, x: Tensor, z: Tensor) -> Tensor:
        pair = torch.cat([self.blocks(x).flatten(1), self.code(z * self.scale)], dim=1)
        return self.head(pair).squeeze(1).float()


class CodeDiscriminator(nn.Module):
    """D(z): codes (B, n) -> logits (B,); n-512-512-1.

    Codes are scaled by `scale` first, sqrt(n) for codes on the unit sphere, so that their
    entries are of order one.
    """

    def __init__(self, latent_size: int, scale: float | Tensor = 1.0):
        super().__init__()
        self.register_buffer("scale", torch.as_tensor(scale), persistent=False)
        first = nn.Linear(latent_size, HIDDEN), nn.LeakyReLU(SLOPE)
        second = nn.Linear(HIDDEN, HIDDEN), nn.LeakyReLU(SLOPE)
        self.layers = nn.Sequential(*first, *second, nn.Linear(HIDDEN, 1))

    def forward(self, z: Tensor) -> Tensor:
        return self.layers(z * self.scale).squeeze(1).float()
