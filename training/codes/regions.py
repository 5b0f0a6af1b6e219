"""Where points of a map lie close together, and which labels stand out there."""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import max_pool2d

from training.codes.geometry import density

CELLS, SUMMIT = 40, 7  # of the grid of densities; side of the square in which a summit is highest
DENSE, REACH, LEAST = 0.2, 0.15, 20  # of the highest; of the map's size; labelled points
SIGMAS, SHARE, LIFT = 4.0, 0.3, 1.2  # that a label stands out by
MOST, MOST_NAMES = 12, 2  # regions, and names of each


class Region(NamedTuple):
    """A dense region around (x, y), and the labels that stand out in it, most first."""

    x: float
    y: float
    names: list[str]


def regions(places: Tensor, labels: Tensor, names: tuple[str, ...]) -> list[Region]:
    """The densest regions of points (N, 2), of which the first L have labels bool (L, A).

    A label stands out where more than `SIGMAS` standard errors more points of the region have it
    than of all, at least `SHARE` of the region, and `LIFT` times the share of all.
    """
    if len(labels) < LEAST or not names:
        return []
    low, high = places.amin(dim=0), places.amax(dim=0)
    room = (high - low).clamp_min(1e-6)
    middles = low + room * _summits(density(places, low, low + 1.001 * room, CELLS))
    if not len(middles):
        return []
    far = torch.cdist(places[: len(labels)] / room, middles / room)  # (L, M)
    nearest, region = far.min(dim=1)
    had = labels.float()
    share = had.mean(dim=0)
    found = []
    for at, (x, y) in enumerate(middles.tolist()):
        inside = had[(region == at) & (nearest < REACH)]
        if len(inside) >= LEAST and (out := _standing_out(inside, share, names)):
            found.append(Region(x, y, out))
    return found


def _summits(levels: Tensor) -> Tensor:
    """The highest local maxima of a grid (cells, cells): (M, 2), in parts of its side."""
    top = max_pool2d(levels[None, None], SUMMIT, stride=1, padding=SUMMIT // 2)[0, 0]
    row, column = ((levels == top) & (levels > DENSE)).nonzero().T
    order = levels[row, column].argsort(descending=True)[:MOST]
    return torch.stack([column[order], row[order]], dim=1).add(0.5) / len(levels)


def _standing_out(inside: Tensor, share: Tensor, names: tuple[str, ...]) -> list[str]:
    here = inside.mean(dim=0)
    error = (share * (1 - share) / len(inside)).sqrt().clamp_min(1e-6)
    sigmas = (here - share) / error
    stands = (sigmas > SIGMAS) & (here > SHARE) & (here > LIFT * share)
    order = sigmas.masked_fill(~stands, -torch.inf).argsort(descending=True)
    return [names[at] for at in order[:MOST_NAMES].tolist() if stands[at]]
