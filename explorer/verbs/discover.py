"""Discover: directions that are found without labels."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool2d

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
from training.codes.discovery import Matches
from training.errors import UserError, choose
from training.once import once

MOST = 12  # directions at a time
PICTURES, REACH = 12, 2.0  # that are changed to see what a direction does, and how far
RANDOM = 20  # directions that it is compared with
PX = 16  # at which the changes of pictures are compared


def first_weight(model: Model) -> Tensor:
    """The weight (m, n) of the layer of G that takes codes; raises UserError if none is known."""
    generator = getattr(model.network, "G", None)
    for layer in generator.modules() if generator is not None else ():
        if isinstance(layer, nn.Linear) and layer.in_features == model.latent_size:
            return layer.weight.detach().float().cpu()
    raise UserError(
        say("The first layer of {model} is not known: choose another way.", model=model.name)
    )


def differentiable(model: Model) -> Callable[[Tensor], Tensor]:
    """G on the prior's support, of codes (B, n); raises UserError where it has no gradients."""
    if model.unrefined:
        raise UserError(
            say(
                "{model} has no Jacobian to look at: {why}",
                model=model.name,
                why=model.unrefined,
            )
        )
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


class Tried(NamedTuple):
    """What K directions do to `PICTURES` training pictures: how much each does the same to all,
    `consistency` (K,), and the mean `change` of their pixels, (K, F)."""

    consistency: Tensor
    change: Tensor


class Aligned(NamedTuple):
    """A model's directions in the order of the first model's, vectors (K, n), each with the sign
    that does the same; their consistency (K,), and how well they match those."""

    vectors: Tensor
    consistency: Tensor
    matches: Matches


@dataclass(frozen=True)
class Discovered(Result):
    """The K of a model's directions that do the same as the first model's: their names, vectors
    (K, n), as long as a standard deviation; the picture at `AT` along each, images
    (K, 3, 3, H, W); their consistency (K,) and that of random directions; their likeness (K,) to
    those; the attributes, one for each direction of the first model, which hold those of all."""

    names: list[str]
    vectors: Tensor
    images: Tensor
    consistency: Tensor
    of_random: float
    likeness: Tensor
    attributes: list[Attribute]

    @property
    def labels(self) -> list[str]:
        """Of the pictures, those along the first direction first."""
        return [f"{name} {at:+g}" for name in self.names for at in AT]

    def shown(self) -> Shown:
        pictures = dict(zip(self.labels, self.images.flatten(0, 1), strict=True))
        figures = {"names": self.names, "consistency": self.consistency.tolist()}
        figures |= {"of_random": self.of_random, "likeness": self.likeness.tolist()}
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
    """Directions found without labels, in standard deviations of the codes.

    Those of the first model, and of each other model those of its own that do the same to
    pictures, turned to the same sign. Gives the picture at -2, 0 and +2 along each, and its
    `consistency`: the mean cosine between what it does to other pictures, 1 where it means the same
    on all, beside that of random directions (`of_random`). `likeness` is the cosine between what it
    and the first model's do; a direction is left out that is no more alike than random ones. Any of
    the `attributes` goes into `edit`.
    """
    subject = picture or sampled(models, seed)
    z = {model: codes(model, [subject], faithful) for model in models}
    found = beside(lambda model: find(model, by, z[model], MOST), models)
    tries = beside(lambda model: tried(model, found[model]), models)
    wanted = tries[models[0]].change[:count]
    lines = beside(lambda model: aligned(model, found[model], tries[model], wanted), models)
    names = [numbered(by, at) for at in range(len(wanted))]
    kept = [as_attribute(name, lines, at) for at, name in enumerate(names)]

    def result(model: Model) -> Discovered:
        fair, (vectors, consistency, matches) = lines[model].matches.fair, lines[model]
        own = [name for name, one in zip(names, fair.tolist(), strict=True) if one]
        images = shown_along(model, z[model], vectors[fair])
        figures = consistency[fair], usual(model), matches.likeness[fair].abs()
        return Discovered(own, vectors[fair], images, *figures, kept)

    return beside(result, models)


def find(model: Model, by: str, z: Tensor, count: int) -> Tensor:
    """Directions (count, n) found in a way of `WAYS`, the Jacobian's at a code z (1, n), as long as
    one standard deviation of the training codes each. Raises UserError."""
    way = WAYS[choose("way", by, WAYS)]
    return discovery.calibrated(way.find(model, z, count).cpu(), training_codes(model))


def numbered(by: str, at: int) -> str:
    """What the direction at a place in the order is called, until somebody gives it a name."""
    return f"{WAYS[by].short} {at + 1}"


def aligned(model: Model, vectors: Tensor, tries: Tried, wanted: Tensor) -> Aligned:
    """A model's directions (L, n) in the order of those that change pictures as `wanted` (K, F),
    with what its own `tries` did."""
    matches = discovery.matched(wanted, tries.change, of_random(model).change)
    turned = vectors[matches.at] * matches.likeness.sign()[:, None]
    return Aligned(turned, tries.consistency[matches.at], matches)


def as_attribute(name: str, lines: Mapping[Model, Aligned], at: int) -> Attribute:
    """One place of the order under a name: a direction for each model that has a fair match."""
    known = {
        model.weights: known_of(model, line, at)
        for model, line in lines.items()
        if line.matches.fair[at]
    }
    return Attribute(name=name, models=known)


def known_of(model: Model, line: Aligned, at: int) -> Known:
    """One of a model's directions as a file has it."""
    direction = Direction.of(line.vectors[at], consistency=line.consistency[at].item())
    return Known(model=model.name, directions=dict.fromkeys(METHODS, direction))


def shown_along(model: Model, z: Tensor, vectors: Tensor) -> Tensor:
    """A code z (1, n) at `AT` along each of K directions (K, n): images (K, 3, 3, H, W)."""
    moved = torch.cat([z[:0], *(posed(model, z, vector, at) for vector in vectors for at in AT)])
    return model.decode(moved).unflatten(0, (len(vectors), len(AT)))


def tried(model: Model, vectors: Tensor) -> Tried:
    """What directions (K, n) do to training pictures: the first, which are the same for every
    model of the same data, however many codes each keeps.

    Their consistency is that of the change of the pictures' values on the known attributes, as the
    encoder reads them from the pictures; of their pixels where the model has no encoder or knows
    no attribute.
    """
    z = training_codes(model)[:PICTURES]
    ends = [model.project((z + by * vectors[:, None]).flatten(0, 1)) for by in (-REACH, REACH)]
    before, after = (model.decode(each) for each in ends)
    apart, each = after - before, (len(vectors), len(z))
    rows = directions(model, DEFAULT) if model.encodes else {}
    if rows:
        along = torch.stack([*rows.values()])
        change = (model.encode(after) - model.encode(before)) @ along.T / along.square().sum(dim=1)
    else:
        change = apart.flatten(1)
    mean = adaptive_avg_pool2d(apart.unflatten(0, each).mean(dim=1), PX).flatten(1)
    return Tried(discovery.consistency(change.unflatten(0, each)), mean.cpu())


@once
def of_random(model: Model) -> Tried:
    """What random directions do."""
    generator = torch.Generator().manual_seed(0)
    units = torch.randn(RANDOM, model.latent_size, generator=generator)
    return tried(model, discovery.calibrated(units, training_codes(model)))


def usual(model: Model) -> float:
    """The mean consistency of random directions."""
    return of_random(model).consistency.mean().item()
