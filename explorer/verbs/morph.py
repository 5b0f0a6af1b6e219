"""Morph: interpolated codes between four pictures."""

from dataclasses import dataclass
from typing import Annotated

import torch
from torch import Tensor

from explorer.engine import Model
from explorer.pictures.picture import Picture
from explorer.pictures.render import sprite
from explorer.verbs.common.codes import codes
from explorer.verbs.common.grids import sampled
from explorer.verbs.common.options import Faithful, Models, Option, Result, Seed, Shown
from explorer.work import beside
from training.codes.geometry import along_diagonals, bilinear_weights, grid_weights, walk
from training.measure.metrics import sharpness

CORNERS = 4


@dataclass(frozen=True)
class Morph(Result):
    """Codes (n, n, latent) on the prior's support and their images (n * n, 3, H, W), row by row."""

    model: Model
    codes: Tensor
    images: Tensor

    @property
    def sharpness(self) -> Tensor:
        """From each corner to the centre, (4, (n + 1) // 2) (F-AAE figure 9)."""
        n = len(self.codes)
        return along_diagonals(sharpness(self.images).unflatten(0, (n, n)))

    def walk(self) -> Tensor:
        """Frames (F, 3, H, W) of a closed walk over the grid."""
        return self.model.decode(self.model.project(walk(self.codes)))

    def shown(self) -> Shown:
        grid = sprite(self.images, len(self.codes))
        return Shown({"": grid}, {"sharpness": self.sharpness.tolist()})


def morph(
    pictures: Annotated[
        list[Picture],
        Option(
            "up to four: top left, top right, bottom left, bottom right; samples fill up",
            most=CORNERS,
        ),
    ],
    models: Models,
    n: Annotated[int, Option("tiles a side", 3, 15, flag="size")] = 9,
    seed: Seed = 0,
    faithful: Faithful = False,
) -> dict[Model, Morph]:
    """Grids of n x n interpolated codes between four pictures (F-AAE eq. 5).

    Fewer than four pictures are filled up with samples from the prior. Gives a grid for each
    model, and its sharpness from each corner to the centre.
    """
    corners = [*pictures, *(sampled(models, seed + i) for i in range(CORNERS - len(pictures)))]

    def found(model: Model) -> Morph:
        four, weights = codes(model, corners, faithful), grid_weights(n).flatten(1)
        grid = model.prior.between(four[:, None], weights[..., None].to(four))  # (n * n, latent)
        return Morph(model, grid.unflatten(0, (n, n)), model.decode(grid))

    return beside(found, models)


def at(model: Model, corners: Tensor, right: float, down: float) -> Tensor:
    """The interpolated code (1, n) between four (4, n), at a point of the unit square."""
    weights = bilinear_weights(torch.tensor(right), torch.tensor(down)).to(corners)
    return model.prior.between(corners[:, None], weights[:, None, None])
