"""Prior distributions over codes: sampling, and projection onto the support.

A prior is a value: two that are equal draw the same codes from the same generator.
"""

import math
from dataclasses import dataclass

import torch
from torch import Generator, Tensor, nn
from torch.nn.functional import normalize, one_hot

from training.codes.geometry import interpolated, of_mean_norm
from training.errors import UserError
from training.once import once


@dataclass(frozen=True)
class Prior:
    """A distribution over codes (B, size)."""

    size: int
    spreading = ""  # what a spread below and above 1 does; nothing where there is no middle
    straight = False  # whether interpolated codes lie straight between the others

    def sample(self, count: int, generator: Generator, spread: float = 1.0) -> Tensor:
        """float32 (count, size), on the generator's device; `spread`: see `spreading`."""
        raise TypeError(f"{type(self).__name__} draws nothing")

    def project(self, z: Tensor) -> Tensor:
        """Codes (B, size) on the support; the identity where that is all of R^n."""
        return z

    def squash(self, h: Tensor) -> Tensor:
        """Any h (B, size), as outputs of a network, on the support, with gradients everywhere."""
        return self.project(h)

    def unsquash(self, z: Tensor) -> Tensor:
        """h (B, size) with squash(h) = z, for codes z on the support; of those at its limits, where
        gradients vanish, near them. What a descent moves, so that limits stop no step."""
        return self.project(z)

    def between(self, codes: Tensor, weights: Tensor) -> Tensor:
        """Interpolated codes (B, n) on the support, of `codes` (k, B, n) with `weights` (k, B, 1),
        which broadcast; of their mean norm unless `straight`: codes of many numbers would be
        shorter than any draw."""
        mixed = interpolated if self.straight else of_mean_norm
        return self.project(mixed(codes, weights))

    @property
    def scale(self) -> float | Tensor:
        """Factor that brings the entries of codes to order one, the scale of a network's inputs; a
        joint prior has one for each entry, (size,), on the CPU."""
        return 1.0

    def scale_on(self, device: torch.device) -> float | Tensor:
        """The same where the codes are."""
        return scale.to(device) if isinstance(scale := self.scale, Tensor) else scale


@dataclass(frozen=True)
class Sphere(Prior):
    """Uniform on the unit sphere (F-AAE section 3.1). Spread: around one random direction."""

    def sample(self, count: int, generator: Generator, spread: float = 1.0) -> Tensor:
        noise = _normal(count, self.size, generator)
        return self.project(noise[:1] + spread * (noise - noise[:1]) if spread != 1.0 else noise)

    def project(self, z: Tensor) -> Tensor:
        return normalize(z, dim=1)

    @property
    def scale(self) -> float:
        return math.sqrt(self.size)


@dataclass(frozen=True)
class Normal(Prior):
    """N(0, I). Spread: the deviation."""

    spreading = "below 1 nearer to the mean, above 1 farther out"

    def sample(self, count: int, generator: Generator, spread: float = 1.0) -> Tensor:
        return spread * _normal(count, self.size, generator)


@dataclass(frozen=True)
class Box(Prior):
    """U(-1, 1)^n (AEGAN). Spread: the side of the box, clipped to it."""

    spreading = "below 1 nearer to the middle, above 1 more at the faces of the box"

    def sample(self, count: int, generator: Generator, spread: float = 1.0) -> Tensor:
        draw = torch.rand(count, self.size, generator=generator, device=generator.device)
        return self.project(spread * (2 * draw - 1))

    def project(self, z: Tensor) -> Tensor:
        return z.clamp(-1, 1)

    def squash(self, h: Tensor) -> Tensor:
        """By tanh, the last layer of AEGAN's encoder (table 5)."""
        return h.tanh()

    def unsquash(self, z: Tensor) -> Tensor:
        return z.clamp(-0.99, 0.99).atanh()


@dataclass(frozen=True)
class OfClasses(Prior):
    """2-D priors with a part for each of `classes`, all equally likely: `sample_of` draws codes (B,
    2) of classes (B,), `class_of` gives the class (B,) whose part is nearest to each code."""

    classes: int = 10
    straight = True

    def __post_init__(self):
        if self.size != 2:
            raise UserError(f"{self.called} lies in a plane: give --latent-size 2.")

    def sample(self, count: int, generator: Generator, spread: float = 1.0) -> Tensor:
        classes = _integers(self.classes, count, generator)
        return self.sample_of(classes, generator, spread)


@dataclass(frozen=True)
class Mixture(OfClasses):
    """Ten 2-D Gaussians in a ring, one for each class, elongated along the radius (Makhzani et al.
    2015, figure 4). Spread: the deviation around each centre."""

    called = "The mixture prior"
    spreading = "below 1 nearer to the centres of the classes, above 1 farther from them"
    radius: float = 4.0
    along: float = 1.0
    across: float = 0.25

    def sample_of(self, classes: Tensor, generator: Generator, spread: float = 1.0) -> Tensor:
        angle = classes * (2 * math.pi / self.classes)
        ray = torch.stack([angle.cos(), angle.sin()], dim=1)  # (B, 2)
        tangent = torch.stack([-angle.sin(), angle.cos()], dim=1)
        noise = spread * _normal(len(classes), 2, generator)
        along = self.radius + self.along * noise[:, :1]
        return along * ray + self.across * noise[:, 1:] * tangent

    def class_of(self, z: Tensor) -> Tensor:
        angle = torch.arange(self.classes, device=z.device) * (2 * math.pi / self.classes)
        along = z[:, :1] * angle.cos() + z[:, 1:] * angle.sin()  # (B, classes)
        across = z[:, 1:] * angle.cos() - z[:, :1] * angle.sin()
        distance = ((along - self.radius) / self.along) ** 2 + (across / self.across) ** 2
        return distance.argmin(dim=1)


@dataclass(frozen=True)
class SwissRoll(OfClasses):
    """A 2-D spiral (Makhzani et al. 2015, figure 4) in parts of equal length. Spread: across it."""

    called = "The swiss roll"
    spreading = "below 1 nearer to the spiral, above 1 farther from it"
    turns: float = 2.0
    radius: float = 4.0
    width: float = 0.1

    def sample_of(self, classes: Tensor, generator: Generator, spread: float = 1.0) -> Tensor:
        draw = torch.rand(len(classes), generator=generator, device=generator.device)
        t = ((classes + draw) / self.classes).sqrt()  # sqrt: even along the curve
        noise = spread * self.width * _normal(len(classes), 2, generator)
        return self._curve(t) + noise

    def class_of(self, z: Tensor) -> Tensor:
        t = (torch.arange(1000, device=z.device) + 0.5) / 1000
        nearest = torch.cdist(z, self._curve(t.sqrt())).argmin(dim=1)
        return nearest * self.classes // 1000

    def _curve(self, t: Tensor) -> Tensor:
        angle = 2 * math.pi * self.turns * t
        return self.radius * t[:, None] * torch.stack([angle.cos(), angle.sin()], dim=1)


@dataclass(frozen=True)
class OneHot(Prior):
    """One of `size` classes, equally likely; support: the simplex. Spread has no effect."""

    straight = True

    def sample(self, count: int, generator: Generator, spread: float = 1.0) -> Tensor:
        classes = _integers(self.size, count, generator)
        return one_hot(classes, self.size).float()

    def project(self, z: Tensor) -> Tensor:
        """The nearest distribution over the classes (Euclidean projection onto the simplex)."""
        ordered = z.sort(dim=1, descending=True).values
        counts = torch.arange(1, self.size + 1, device=z.device)
        excess = (ordered.cumsum(dim=1) - 1) / counts  # threshold if so many stay above it
        kept = (ordered > excess).sum(dim=1, keepdim=True)
        return (z - excess.gather(1, kept - 1)).clamp_min(0)

    def squash(self, h: Tensor) -> Tensor:
        return h.softmax(dim=1)

    def unsquash(self, z: Tensor) -> Tensor:
        """Every class has a hundredth of its even share at least."""
        return z.clamp_min(0.01 / self.size).log()


@dataclass(frozen=True)
class Switches(Prior):
    """`size` independent labels, 0 or 1 with even odds; support: the cube. Spread has no effect."""

    straight = True

    def sample(self, count: int, generator: Generator, spread: float = 1.0) -> Tensor:
        draw = torch.rand(count, self.size, generator=generator, device=generator.device)
        return (draw < 0.5).float()

    def project(self, z: Tensor) -> Tensor:
        return z.clamp(0, 1)

    def squash(self, h: Tensor) -> Tensor:
        return h.sigmoid()

    def unsquash(self, z: Tensor) -> Tensor:
        return z.clamp(0.005, 0.995).logit()


@dataclass(frozen=True)
class Joint(Prior):
    """Two independent priors, concatenated, such as style and class; made by `joint`."""

    first: Prior
    second: Prior

    @property
    def spreading(self) -> str:
        return self.first.spreading or self.second.spreading

    def sample(self, count: int, generator: Generator, spread: float = 1.0) -> Tensor:
        parts = [part.sample(count, generator, spread) for part in (self.first, self.second)]
        return torch.cat(parts, dim=1)

    def split(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """(B, size) -> (B, first.size), (B, second.size)."""
        first, second = z.split([self.first.size, self.second.size], dim=1)
        return first, second

    def project(self, z: Tensor) -> Tensor:
        return self._each("project", z)

    def squash(self, h: Tensor) -> Tensor:
        return self._each("squash", h)

    def unsquash(self, z: Tensor) -> Tensor:
        return self._each("unsquash", z)

    def between(self, codes: Tensor, weights: Tensor) -> Tensor:
        parts = codes.split([self.first.size, self.second.size], dim=-1)
        found = zip((self.first, self.second), parts, strict=True)
        return torch.cat([prior.between(part, weights) for prior, part in found], dim=1)

    @property
    def scale(self) -> Tensor:
        parts = self.first, self.second
        return torch.cat([part.scale * torch.ones(part.size) for part in parts])

    def _each(self, method: str, z: Tensor) -> Tensor:
        parts = zip((self.first, self.second), self.split(z), strict=True)
        return torch.cat([getattr(prior, method)(part) for prior, part in parts], dim=1)


@dataclass(frozen=True)
class PushedForward(Prior):
    """The distribution of `network` applied to `source`, with all of R^size as support. Equal only
    for the same network. Spread: of the source."""

    source: Prior
    network: nn.Module

    @property
    def spreading(self) -> str:
        return self.source.spreading

    @torch.no_grad()
    def sample(self, count: int, generator: Generator, spread: float = 1.0) -> Tensor:
        draw = self.source.sample(count, generator, spread)
        device = next(self.network.parameters(), draw).device
        return self.network(draw.to(device)).to(generator.device)

    @property
    def scale(self) -> float:
        return _scale(self)


@once
def _scale(prior: PushedForward) -> float:
    """Of draws; the network is trained by the time that somebody asks."""
    return 1 / float(prior.sample(1000, Generator().manual_seed(0)).std().clamp_min(1e-6))


def joint(first: Prior, second: Prior) -> Joint:
    """Codes (B, first.size + second.size)."""
    return Joint(first.size + second.size, first, second)


def _normal(count: int, size: int, generator: Generator) -> Tensor:
    return torch.randn(count, size, generator=generator, device=generator.device)


def _integers(below: int, count: int, generator: Generator) -> Tensor:
    return torch.randint(below, (count,), generator=generator, device=generator.device)


# Values of --prior
PRIORS: dict[str, type[Prior]] = {
    "sphere": Sphere,
    "normal": Normal,
    "box": Box,
    "mixture": Mixture,
    "swiss-roll": SwissRoll,
}
