"""Path: from picture to picture through the codes of each model, by three ways."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Annotated

import torch
from PIL import Image
from torch import Tensor

from explorer.catalogue import titles
from explorer.engine import Model
from explorer.pictures.picture import Picture
from explorer.pictures.render import sprite, table
from explorer.verbs.common.codes import codes
from explorer.verbs.common.options import Faithful, Models, Option, Result, Shown
from explorer.words import say
from explorer.work import beside, go_on
from training.codes.geometry import slerp
from training.codes.paths import (
    DIRECT,
    GEODESIC,
    SPHERICAL,
    STEPS,
    beyond,
    energy,
    length,
    speed,
    through,
)
from training.errors import UserError
from training.measure.metrics import nearest
from training.once import once

MOST, REACH = 8, 1.5
NEIGHBOUR = 5  # of the training codes, to which the distance is measured
SAME = 1e-3  # root mean square difference of pictures that show the same


@dataclass(frozen=True)
class Way:
    """Frames of a path: codes (F, n) on the prior's support, the `norm` (F,) that they had before,
    and their images (F, 3, H, W). The last `over` lie beyond the last keyframe."""

    model: Model
    codes: Tensor
    norm: Tensor
    images: Tensor
    over: int

    @property
    def between(self) -> Tensor:
        """The images from the first keyframe to the last."""
        return self.images[: len(self.images) - self.over]

    @cached_property
    def density(self) -> Tensor | None:
        """Of the training codes the share, (F,) in [0, 1], around which they are no denser than
        here: 0.5 as around the median one, 0 sparser than around any. None where the model comes
        without training codes."""
        usual = _distances(self.model)
        if usual is None:
            return None
        codes, known = self.codes.cpu(), self.model.latents.codes
        itself = nearest(codes, known, 1) < 1e-3 * usual.median()  # a picture of the map
        after, here = (nearest(codes, known, NEIGHBOUR + more) for more in (1, 0))
        here = torch.where(itself, after, here)
        return (usual >= here[:, None]).float().mean(dim=1)

    def figures(self) -> dict:
        figures = {
            "length": float(length(self.between)),
            "energy": float(energy(self.between)),
            "speed": speed(self.images).tolist(),
            "norm": self.norm.tolist(),
        }
        return figures | ({} if self.density is None else {"density": self.density.tolist()})


@dataclass(frozen=True)
class Paths(Result):
    """The ways of a model by their kind: linear, spherical, geodesic."""

    ways: dict[str, Way]

    def shown(self) -> Shown:
        rows = {kind: sprite(way.images, len(way.images)) for kind, way in self.ways.items()}
        return Shown(rows, {kind: way.figures() for kind, way in self.ways.items()})


def path(
    pictures: Annotated[
        list[Picture], Option("keyframes in order: two or more pictures", most=MOST)
    ],
    models: Models,
    frames: Annotated[int, Option("frames from one keyframe to the next", 3, 33)] = 9,
    reach: Annotated[
        float, Option("where the path ends: 1 at the last keyframe, above it beyond", 1, REACH)
    ] = 1.0,
    steps: Annotated[int, Option("steps that find the geodesic; 0 leaves it out", 0, 300)] = STEPS,
    faithful: Faithful = False,
) -> dict[Model, Paths]:
    """Paths from picture to picture: linear, spherical and geodesic.

    A geodesic is the path whose images change least in all, found from the spherical one by descent
    on its energy. Gives the frames of each, and by kind: the `length` of the path, in root mean
    square differences of neighbouring frames, a distance of the pictures; its `energy`; for each
    frame the `speed` towards the next, the `norm` of its code, and the `density` there: the share
    of the training codes around which these are no denser.
    """
    differ(pictures)

    def found(model: Model) -> Paths:
        ways = direct(model, codes(model, pictures, faithful), frames, reach)
        if steps and not model.unrefined:
            *_, (_, ways[GEODESIC]) = bent(ways[SPHERICAL], frames, steps, every=steps)
        return Paths(ways)

    return beside(found, models)


def differ(pictures: Sequence[Picture]) -> None:
    """Raises UserError for fewer than two keyframes, and for equal ones after each other."""
    if len(pictures) < 2:
        raise UserError("A path leads from one picture to another: give two or more.")
    for one, other in pairwise(each.pixels(32) for each in pictures):
        if (one - other).square().mean().sqrt() < SAME:
            raise UserError(
                say("Two keyframes that follow each other are equal: replace one of them.")
            )


def direct(model: Model, keys: Tensor, frames: int, reach: float) -> dict[str, Way]:
    """The linear and the spherical way through the codes of keyframes (K, n)."""
    over = beyond(frames, reach)
    made = {kind: through(keys, frames, along, reach) for kind, along in DIRECT.items()}
    return {kind: way(model, z, over) for kind, z in made.items()}


def bent(first: Way, frames: int, steps: int, every: int) -> Iterator[tuple[int, Way]]:
    """(step, way) from a first way towards the geodesic through the same keyframes; beyond the last
    it goes on as it arrived there."""
    model, over = first.model, first.over
    start = first.codes[: len(first.between)]
    fixed = torch.arange(len(start)) % (frames - 1) == 0
    on = torch.arange(1, over + 1).to(start)[:, None]
    for step, (z,) in model.geodesics(start[None], fixed, steps, every):
        go_on()
        yield step, way(model, torch.cat([z, slerp(z[-2], z[-1], 1 + on)]), over)


def way(model: Model, z: Tensor, over: int) -> Way:
    """Through any codes (F, n), of which the last `over` lie beyond the last keyframe."""
    codes = model.project(z)
    return Way(model, codes, z.norm(dim=1), model.decode(codes), over)


def rows(found: Mapping[Model, Paths]) -> dict[str, Tensor]:
    """The images (F, 3, H, W) of all paths by model and kind."""
    called = titles([*found])
    return {
        f"{called[model]} {kind}": each.images
        for model, paths in found.items()
        for kind, each in paths.ways.items()
    }


def strips(found: Mapping[Model, Paths], px: int) -> Image.Image:
    """A row of frames for each model and kind of path."""
    images = rows(found)
    return table(images, [str(at + 1) for at in range(len(next(iter(images.values()))))], px)


@once
def _distances(model: Model) -> Tensor | None:
    """The distance (N,) of each training code to its neighbour, None without training codes."""
    if model.latents is None or len(model.latents.codes) <= NEIGHBOUR:
        return None
    known = model.latents.codes
    return nearest(known, known, NEIGHBOUR + 1)  # the first is the code itself
