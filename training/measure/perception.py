"""Figures by a network that tells a thousand kinds of things apart: EfficientNet-Lite0.

Its weights, taught on ImageNet, come with an optional package.
"""

import sys

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate, normalize

from training.data.batches import in_batches, step_generator
from training.frameworks import Framework
from training.measure.metrics import frechet_distance
from training.networks.efficientnet import LITE0

SEEN_PX = 128  # side to which images are enlarged
SEEN = 2000  # images, samples and reconstructions; more of them make a Frechet distance smaller
BATCH = 64


class Perception(nn.Module):
    """Images (B, 3, H, W) in [0, 1] -> pooled features (B, 1280), and the feature maps that each
    stage ends with."""

    name = LITE0.name

    def __init__(self):
        super().__init__()
        self.network = LITE0.load()

    def forward(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        side = (SEEN_PX, SEEN_PX)
        x = interpolate(x, side, mode="bicubic", antialias=True, align_corners=False)
        maps = self.network(x)
        return self.network.pooled(maps), maps


def perceptual_distance(maps: list[Tensor], others: list[Tensor]) -> Tensor:
    """Squared distance of the feature maps (B, C, H, W) of two batches, of unit length in each
    place, mean over places and stages: (B,), from 0 to 4; LPIPS without its learned weights (Zhang
    et al. 2018, eq. 1)."""
    units = [(normalize(a, dim=1), normalize(b, dim=1)) for a, b in zip(maps, others, strict=True)]
    distances = [(a - b).square().sum(dim=1).mean(dim=(1, 2)) for a, b in units]
    return torch.stack(distances).mean(dim=0)


def perception_network() -> Perception | None:
    """Lite0, or None, with a line that says why, where its package is not installed."""
    try:
        return Perception().eval()
    except ImportError:
        print(f"{LITE0.package} is not installed: its figures are left out.", file=sys.stderr)
        return None


@torch.no_grad()
def perceive(
    framework: Framework, images: Tensor, network: Perception, seed: int = 0
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


def _by_image(framework: Framework, network: Perception, x: Tensor, z: Tensor) -> dict[str, Tensor]:
    """Features (B, d) of images x, of the samples of codes z and of reconstructions, and the
    perceptual distance (B,) of these."""
    real, maps = network(x)
    sample, _ = network(framework.decode(z))
    if not framework.encodes:
        return {"real": real, "sample": sample}
    reconstruction, others = network(framework.decode(framework.encode(x)))
    distance = perceptual_distance(maps, others)
    return {"real": real, "sample": sample, "reconstruction": reconstruction, "distance": distance}
