"""Map: where encoded images lie, and the plane of codes of two numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, NamedTuple

import torch
from torch import Tensor

from explorer.engine import Model
from explorer.exchange.layout import (
    LAYOUTS,
    PCA,
    SAMPLE,
    TSNE,
    UMAP,
    UMAP_NEEDS,
    kept_layout,
    place,
)
from explorer.exchange.layout import layout as laid_out_by
from explorer.verbs.common.options import Name, Option, Reason, Result, Shown
from explorer.words import say
from explorer.work import by_itself
from training.checkpoints import Latents
from training.codes.geometry import density
from training.codes.regions import Region, regions
from training.errors import UserError, choose
from training.once import once

TSNE_S = 0.008  # for each code, about
PRIOR_SAMPLES, CELLS, MARGIN = 40_000, 72, 0.06
REAL = 64  # pictures by which others are judged


@dataclass(frozen=True)
class Map(Result):
    """Where a model's encoded images lie, points (N, 2), with their labels."""

    points: Tensor
    latents: Latents
    attribute: str = ""

    def shown(self) -> Shown:
        names = self.latents.names
        figures = {"points": self.points.tolist(), "attributes": list(names)}
        if self.attribute:
            column = names.index(choose("attribute", self.attribute, names))
            has = self.latents.labels[:, column].tolist()
            figures["has"] = has + [None] * (len(self.points) - len(has))
        return Shown({}, figures)


def latent_map(
    model: Annotated[Model, Option("model, as SET/NAME")],
    attribute: Annotated[Name, Option("attribute to tell of each image whether it has it")] = "",
    layout: Annotated[
        Literal[tuple(LAYOUTS)], Option("how codes are laid out; t-SNE takes half a minute")
    ] = UMAP,
) -> Map:
    """The map of a model's encoded images.

    Gives its `points` [x, y], the names of all `attributes`, and, for the `attribute` asked for,
    whether each image `has` it, null of images without labels.
    """
    if layout == TSNE and model.latents is not None and not code_plane(model):
        points = kept_layout(model.latents.codes, TSNE)
        if points is None:
            points = by_itself(laid_out_by, model.latents.codes, TSNE)
    else:
        points = laid_out(model, layout)
    if isinstance(points, Reason) or model.latents is None:
        raise UserError(without_map(model))
    return Map(points, model.latents, attribute)


class Plane(NamedTuple):
    """A box of 2-D codes, `low` to `high` (2,) each, with the prior's density (cells, cells)."""

    low: Tensor
    high: Tensor
    density: Tensor


@once
def code_plane(model: Model) -> Plane | None:
    """The plane of 2-D codes, with all encoded images and prior samples; None for longer codes."""
    if model.latent_size != 2:
        return None
    drawn = model.sample_codes(PRIOR_SAMPLES).cpu()
    edges = drawn.quantile(torch.tensor([0.001, 0.999]), dim=0)  # (2, 2)
    every = edges if model.latents is None else torch.cat([edges, model.latents.codes])
    low, high = every.amin(dim=0), every.amax(dim=0)
    margin = MARGIN * (high - low).amax().clamp_min(1e-3)
    low, high = low - margin, high + margin
    return Plane(low, high, density(drawn, low, high, CELLS))


def laid_out(model: Model, by: str = UMAP) -> Tensor | Reason:
    """Where the model's encoded images lie, (N, 2), on the plane or by a layout; or why nowhere, or
    for how many seconds not yet. Raises UserError for an unknown layout."""
    choose("layout", by, LAYOUTS)
    if code_plane(model):
        return torch.zeros(0, 2) if model.latents is None else model.latents.codes
    if model.latents is None or (by == UMAP and model.latents.map is None):
        return Reason(without_map(model))
    if by == UMAP:
        return model.latents.map
    codes = model.latents.codes
    at_once = by == PCA or len(codes) < UMAP_NEEDS
    found = _by_components(model.latents) if at_once else _by_tsne(model.latents)
    if found is not None:
        return found
    about = say("The codes are laid out by {layout}.", layout=LAYOUTS[by])
    return Reason(about, len(codes[:SAMPLE]) * TSNE_S)


@once
def _by_components(latents: Latents) -> Tensor:
    return laid_out_by(latents.codes, PCA)


@once
def _by_tsne(latents: Latents) -> Tensor | None:
    return kept_layout(latents.codes, TSNE)


def placed(model: Model, codes: Tensor, by: str = UMAP) -> Tensor:
    """Where codes (M, n) lie on the map, (M, 2), or on the plane."""
    return codes if code_plane(model) else place(codes, model.latents.codes, laid_out(model, by))


def standing_out(model: Model, points: Tensor) -> list[Region]:
    """The dense regions of the model's map, with the attributes that stand out in them."""
    latents = model.latents
    return [] if latents is None else regions(points, latents.labels, latents.names)


def neighbours(model: Model, code: Tensor, count: int, but: int = -1) -> list[int]:
    """The rows of the encoded images whose codes are nearest to a code (1, n), but for one."""
    far = torch.cdist(code, model.latents.codes)[0]
    rows = far.topk(min(count + 1, len(far)), largest=False).indices.tolist()
    return [row for row in rows if row != but][:count]


def middle(model: Model, rows: Sequence[int]) -> Tensor:
    """The code (1, n) in the middle of those of encoded images."""
    return among(model, rows, [1 / len(rows)] * len(rows))


def without_map(model: Model) -> str:
    """What to say of a model without a map."""
    if model.latents is None:
        return say("{model} comes without a map{why}.", model=model.title, why=model.why_no_codes)
    return say(
        "{model} comes without a map of its codes: `{command}` makes it.",
        model=model.title,
        command=f"python -m explorer map {model.place}",
    )


def among(model: Model, near: Sequence[int], weights: Sequence[float]) -> Tensor:
    """The code (1, n) between those of encoded images, by their weights."""
    codes, shares = model.latents.codes[list(near)], torch.tensor(weights)
    return model.prior.between(codes[:, None], shares[:, None, None])


def strangeness(model: Model, code: Tensor) -> float | None:
    """How far a code (1, n) is from what the encoder reads from its picture, over the same of real
    pictures; None without an encoder."""
    return _round_trip(model, code).item() / _usual_error(model) if model.encodes else None


@once
def _usual_error(model: Model) -> float:
    """The median of `REAL` encoded images."""
    every = max(1, len(model.latents.codes) // REAL)
    return _round_trip(model, model.latents.codes[::every][:REAL]).median().item()


def _round_trip(model: Model, codes: Tensor) -> Tensor:
    return (model.encode(model.decode(codes)) - codes).square().sum(dim=1)
