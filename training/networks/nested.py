"""Networks for large images around those for small ones, so that the small ones can be grown.

Those of 32 px are the common ones. Those of 64 px and width 16 contain those of 32 px and width 32
as `inner`, those of 128 px and width 8 contain these, and so on: a G enlarges the image of its
inner one and adds detail; an E gives its inner one the halved image and the features that it found
at full size. A new outer part adds nothing at first, so a grown network starts as the one that it
grew from, like the faded-in layers of progressive GANs (Karras et al. 2018). Images are summed
before the sigmoid, like the skips of StyleGAN2 (Karras et al. 2020).

Those of the family `residual` have a further convolution at each level, which adds nothing at first
either.
"""

import math

from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, interpolate

from training.networks import common as networks
from training.networks.common import Residual, UpConv, activation, normalization, silent

SMALLEST_PX = 32


class NestedGenerator(nn.Module):
    """As the common one: codes (B, n) -> images (B, 3, H, W) in [0, 1]."""

    def __init__(
        self,
        size_px: int,
        width: int,
        latent_size: int,
        norm: str = "batch",
        residual: bool = False,
    ):
        super().__init__()
        self.inner = nested_generator(size_px // 2, 2 * width, latent_size, norm, residual)
        self.outer = nn.Sequential(
            UpConv(2 * width, width), normalization(norm, width), activation(width, residual)
        )
        self.detail = silent(nn.Conv2d(width, 3, 3, padding=1))

    def drawn(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """The last feature maps (B, w, H, W), and the images before the sigmoid."""
        h, logits = self.inner.drawn(z)
        h = self.outer(h)
        return h, interpolate(logits, scale_factor=2, mode="bilinear") + self.detail(h).float()

    def forward(self, z: Tensor) -> Tensor:
        return self.drawn(z)[1].sigmoid()


class NestedEncoder(nn.Module):
    """As the common one: images (B, inputs, H, W) in [0, 1] -> (B, outputs)."""

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
        self.inner = nested_encoder(size_px // 2, 2 * width, outputs, norm, inputs, residual)
        self.first = nn.Conv2d(inputs, width, 3, padding=1)
        self.outer = nn.Sequential(
            nn.MaxPool2d(2), normalization(norm, width), activation(width, residual)
        )
        self.detail = silent(nn.Conv2d(width, 2 * width, 3, padding=1))

    def forward(self, x: Tensor, seen: Tensor | None = None) -> Tensor:
        """`seen` (B, w, H, W): added to the first convolution's output."""
        h = self.first(x)
        h = self.outer(h if seen is None else h + seen)  # (B, w, H / 2, W / 2)
        return self.inner(avg_pool2d(x, 2), self.detail(h))


def nested_generator(size_px: int, *options, **named):
    kind = NestedGenerator if size_px > SMALLEST_PX else networks.Generator
    return kind(size_px, *options, **named)


def nested_encoder(size_px: int, *options, **named):
    kind = NestedEncoder if size_px > SMALLEST_PX else networks.Encoder
    return kind(size_px, *options, **named)


def nested_maps(size_px: int, width: int) -> list[int]:
    """Feature maps of each level of a discriminator, the finest first: [w, 2w, 2w] at 32 px,
    [w, 2w, 4w, 4w] at 64 px. Few at full size, where most of the work is: it is not shipped, and so
    is trained anew when the others have grown."""
    levels = int(math.log2(size_px // networks.BASE_PX))
    return [width * 2 ** min(level, levels - 2) for level in range(levels)]


def nested_discriminator(kind: type[networks.ImageDiscriminator]) -> type:
    """A common discriminator, with the feature maps of `nested_maps`."""
    return type(f"Nested{kind.__name__}", (kind,), {"maps": staticmethod(nested_maps)})


def become(network: nn.Module, former: dict[str, Tensor]) -> None:
    """Gives a new network the state of a former one, which may have no residual layers. Raises
    RuntimeError where that is of another network."""
    layers = {name for name, layer in network.named_modules() if isinstance(layer, Residual)}
    further = {
        key: tensor
        for key, tensor in network.state_dict().items()
        if key.rpartition(".further.")[0] in layers
    }
    network.load_state_dict(further | former)


def grow(network: nn.Module, former: nn.Module, doublings: int) -> None:
    """Copies `former` into the part of `network` that is so many doublings of the image size below;
    a network of codes alone is the same at every size, and a sequence grows module by module.
    Raises AttributeError, RuntimeError or ValueError where there is no such part."""
    if doublings and isinstance(network, nn.Sequential):
        for part, formerly in zip(network, former.children(), strict=True):
            grow(part, formerly, doublings)
        return
    for _ in range(doublings if hasattr(network, "inner") else 0):
        network = network.inner
    become(network, former.state_dict())
