"""Discover: directions that are found without labels."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Literal, NamedTuple

import torch
from torch import Tensor, nn

from explorer.engine import Model
from explorer.pictures.picture import Picture
from explorer.verbs.common.attributes import Attribute, Direction, Known
from explorer.verbs.common.codes import codes, training_codes
from explorer.verbs.common.grids import sampled
from explorer.verbs.common.options import Faithful, Models, Option, Result, Seed, Shown
from explorer.verbs.edit import directions, posed
from explorer.verbs.teach import AT
from explorer.words import say
from explorer.work import beside, computed
from training.codes import discovery
from training.codes.directions import DEFAULT, METHODS
from training.errors import UserError, choose

MOST = 12  # directions at a time
PICTURES, REACH = 12, 2.0  # that are changed to see what a direction does, and how far
RANDOM = 6  # directions that its consistency is compared with


def first_weight(model: Model) -> Tensor:
    """The weight (m, n) of the layer of G that takes codes; raises UserError if none is known."""
    generator = getattr(model.network, "G", None)
    for layer in generator.modules() if generator is not None else ():
        if isinstance(layer, nn.Linear) and layer.in_features == model.latent_size:
            return layer.weight.detach().float().cpu()
    raise UserError(f"The first layer of {model.name} is not known: choose another way.")


def differentiable(model: Model) -> Callable[[Tensor], Tensor]:
    """G on the prior's support, of codes (B, n); raises UserError where it has no gradients."""
    if model.unrefined:
        raise UserError(f"{model.name} has no Jacobian to look at: {model.unrefined}")
    return lambda z: model.network.decode(model.project(z))


class Way(NamedTuple):
    """find: a model, a code (1, n) and a count -> directions (count, n) of any length."""

    title: str
    short: str
    find: Callable[[Model, Tensor, int], Tensor]


WAYS = {
    "pca": Way(
        say("Principal components of the codes"),
        "PCA",
        lambda model, z, count: discovery.principal(training_codes(model), count),
    ),
    "sefa": Way(
        say("Factorised first layer of G (SeFa)"),
        "SeFa",
        lambda model, z, count: discovery.factorised(first_weight(model), count),
    ),
    "jacobian": Way(
        say("Singular directions of G's Jacobian at the picture"),
        "Jacobian",
        lambda model, z, count: computed(discovery.singular, differentiable(model), z, count),
    ),
}


@dataclass(frozen=True)
class Discovered(Result):
    """K directions of a model, vectors (K, n), as long as a standard deviation; the picture at `AT`
    along each, images (K, 3, 3, H, W); their consistency (K,) and that of random directions; the
    attributes, one for each place in the order, which hold those of all models."""

    vectors: Tensor
    images: Tensor
    consistency: Tensor
    of_random: float
    attributes: list[Attribute]

    @property
    def labels(self) -> list[str]:
        """Of the pictures, those along the first direction first."""
        return [f"{each.name} {at:+g}" for each in self.attributes for at in AT]

    def shown(self) -> Shown:
        pictures = dict(zip(self.labels, self.images.flatten(0, 1), strict=True))
        figures = {"consistency": self.consistency.tolist(), "of_random": self.of_random}
        return Shown(pictures, figures)

    def shared(self) -> Shown:
        found = [each.model_dump(exclude_none=True) for each in self.attributes]
        return Shown({}, {"attributes": found})


def discover(
    picture: Annotated[
        Picture | None, Option("picture to move; without one, the sample of `seed`")
    ],
    models: Models,
    by: Annotated[
        Literal[tuple(WAYS)],
        Option("pca: of the codes; sefa: of G's first layer; jacobian: of G at the picture's code"),
    ] = "pca",
    count: Annotated[int, Option("directions, those that change most first", 1, MOST)] = 5,
    seed: Seed = 0,
    faithful: Faithful = False,
) -> dict[Model, Discovered]:
    """Directions found without labels, in each model its own, in standard deviations of its codes.

    Gives the picture at -2, 0 and +2 along each, and its `consistency`: the mean cosine between
    what it does to other pictures, 1 where it means the same on all, beside that of random
    directions (`of_random`). Any of the `attributes` goes into `edit`.
    """
    subject = picture or sampled(models, seed)

    def found(model: Model) -> tuple[Tensor, Tensor, Tensor]:
        z = codes(model, [subject], faithful)
        vectors = find(model, by, z, count)
        return vectors, shown_along(model, z, vectors), consistencies(model, vectors)

    each = beside(found, models)
    most = min(len(vectors) for vectors, *_ in each.values())
    kept = [
        as_attribute(numbered(by, at), {m: (v[at], float(c[at])) for m, (v, _, c) in each.items()})
        for at in range(most)
    ]
    return {
        model: Discovered(*(part[:most] for part in parts), of_random(model), kept)
        for model, parts in each.items()
    }


def find(model: Model, by: str, z: Tensor, count: int) -> Tensor:
    """Directions (count, n) found in a way of `WAYS`, the Jacobian's at a code z (1, n), as long as
    one standard deviation of the training codes each. Raises UserError."""
    way = WAYS[choose("way", by, WAYS)]
    return discovery.calibrated(way.find(model, z, count).cpu(), training_codes(model))


def numbered(by: str, at: int) -> str:
    """What the direction at a place in the order is called, until somebody gives it a name."""
    return f"{WAYS[by].short} {at + 1}"


def as_attribute(name: str, found: Mapping[Model, tuple[Tensor, float]]) -> Attribute:
    """A direction (n,) and its consistency for each model, under one name."""
    known = {}
    for model, (vector, consistency) in found.items():
        direction = Direction.of(vector, consistency=consistency)
        known[model.weights] = Known(model=model.name, directions=dict.fromkeys(METHODS, direction))
    return Attribute(name=name, models=known)


def shown_along(model: Model, z: Tensor, vectors: Tensor) -> Tensor:
    """A code z (1, n) at `AT` along each of K directions (K, n): images (K, 3, 3, H, W)."""
    moved = torch.cat([posed(model, z, vector, at) for vector in vectors for at in AT])
    return model.decode(moved).unflatten(0, (len(vectors), len(AT)))


def consistencies(model: Model, vectors: Tensor) -> Tensor:
    """How much each direction (K, n) does the same to `PICTURES` training pictures: (K,).

    What it does is the change of their values on the known attributes, as the encoder reads them
    from the pictures; of their pixels where the model has no encoder or knows no attribute.
    """
    known = training_codes(model)
    z = known[:: max(1, len(known) // PICTURES)][:PICTURES]
    ends = [model.project((z + by * vectors[:, None]).flatten(0, 1)) for by in (-REACH, REACH)]
    before, after = (model.decode(each) for each in ends)
    rows = directions(model, DEFAULT) if model.encodes else {}
    if rows:
        along = torch.stack([*rows.values()])
        change = (model.encode(after) - model.encode(before)) @ along.T / along.square().sum(dim=1)
    else:
        change = (after - before).flatten(1)
    return discovery.consistency(change.unflatten(0, (len(vectors), len(z))))


@cache
def of_random(model: Model) -> float:
    """The mean consistency of random directions."""
    generator = torch.Generator().manual_seed(0)
    units = torch.randn(RANDOM, model.latent_size, generator=generator)
    vectors = discovery.calibrated(units, training_codes(model))
    return consistencies(model, vectors).mean().item()
