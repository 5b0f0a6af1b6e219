"""Networks whose features the Frechet distance compares."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, interpolate, leaky_relu

INCEPTION = "inception_v3_google-0cc3c7bd.pth"


class RandomConv(nn.Module):
    """`random-conv-256`: an untrained convolutional network with fixed weights.

    Random features order generative models usefully where ImageNet's do not fit or cannot be had
    (Naeem et al. 2020, section 4); values compare with each other only, never with published FIDs.
    Four levels of 64 features each, averaged over space: (B, 3, H, W) in [0, 1] -> (B, 256).
    """

    name = "random-conv-256"

    def __init__(self, seed: int = 0):
        super().__init__()
        draw = np.random.default_rng(seed)  # NumPy's streams are stable between versions
        self.weights = nn.ParameterList()
        for inputs in (3, 64, 64, 64):
            weight = draw.standard_normal((64, inputs, 3, 3)) * (2 / (9 * inputs)) ** 0.5
            self.weights.append(nn.Parameter(torch.tensor(weight, dtype=torch.float32), False))

    def forward(self, x: Tensor) -> Tensor:
        h, features = 2 * x - 1, []
        for weight in self.weights:
            h = leaky_relu(torch.conv2d(h, weight, padding=1), 0.2)
            features.append(h.mean(dim=(2, 3)))
            h = avg_pool2d(h, 2)
        return torch.cat(features, dim=1)


class Inception(nn.Module):
    """`inception-v3`: torchvision's ImageNet network up to its pooled features, (B, 2048)."""

    name = "inception-v3"

    def __init__(self, weights: Path):
        super().__init__()
        from torchvision.models import inception_v3

        self.network = inception_v3(weights=None, init_weights=False, transform_input=True)
        self.network.load_state_dict(torch.load(weights, weights_only=True))
        self.network.fc = nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        x = interpolate(x, (299, 299), mode="bilinear", antialias=True, align_corners=False)
        mean, deviation = x.new_tensor([0.485, 0.456, 0.406]), x.new_tensor([0.229, 0.224, 0.225])
        return self.network((x - mean[:, None, None]) / deviation[:, None, None])


def feature_network() -> nn.Module:
    """Inception where torch's hub folder holds its weights, otherwise RandomConv; see `.name`."""
    weights = Path(torch.hub.get_dir()) / "checkpoints" / INCEPTION
    network = Inception(weights) if weights.is_file() else RandomConv()
    return network.eval()
