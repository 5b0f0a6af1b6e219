"""Brightness, contrast and colourfulness of pictures: whether those of one are like those that a
model has learned, and the picture brought near to them."""

from dataclasses import dataclass

from torch import Tensor

from explorer.words import say
from training.measure.domain import statistics

# Three deviations: of held-out CelebA faces about 2 % lie outside at celeba32 and 6.9 % at
# celeba64, and every one of them in grey.
BEYOND = 3.0
# What is said of a figure below and above the range, in the order of `statistics`
SAID = (
    (say("darker"), say("brighter")),
    (say("lower in contrast"), say("higher in contrast")),
    (say("greyer"), say("gaudier")),
)


@dataclass(frozen=True, eq=False)
class Colours:
    """Statistics of pictures: mean and deviation of each channel (3,), and the logarithms of
    `statistics` by their mean and deviation (3,)."""

    mean: Tensor
    deviation: Tensor
    centre: Tensor
    width: Tensor

    @classmethod
    def of(cls, images: Tensor) -> "Colours":
        """Those of images (B, 3, H, W) in [0, 1]."""
        logs, each = statistics(images).log(), images.flatten(2)
        return cls(each.mean((0, 2)), each.std(2).mean(0), logs.mean(0), logs.std(0))

    def unlike(self, image: Tensor) -> list[str]:
        """How an image (3, H, W) differs from nearly all of these, such as 'greyer'; [] if not."""
        far = (statistics(image[None]).log()[0] - self.centre) / self.width
        pairs = zip(far.tolist(), SAID, strict=True)
        return [said[off > 0] for off, said in pairs if abs(off) > BEYOND]

    def near(self, image: Tensor) -> Tensor:
        """An image (3, H, W) with mean and deviation of each channel as these have them on average
        (Reinhard et al. 2001, in RGB)."""
        each = image.flatten(1)
        centred = each - each.mean(1, keepdim=True)
        scale = self.deviation[:, None] / each.std(1, keepdim=True).clamp_min(0.02)
        return (centred * scale + self.mean[:, None]).clamp(0, 1).view_as(image)
