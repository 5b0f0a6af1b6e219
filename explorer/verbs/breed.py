"""Breed: children of one picture's code, or of two."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Annotated

import torch
from torch import Tensor

from explorer.engine import Model
from explorer.pictures.picture import Picture
from explorer.verbs.common.codes import codes
from explorer.verbs.common.options import (
    Faithful,
    Method,
    Models,
    Names,
    Option,
    Result,
    Seed,
    Shown,
)
from explorer.verbs.common.stages import unrelated
from explorer.verbs.edit import check_attributes, directions, stacked
from explorer.words import say
from explorer.work import beside
from training.codes import breeding, geometry
from training.codes.directions import DEFAULT
from training.errors import UserError

PARENTS = 2
NO_PARENT = say("There is no parent: give one picture, or two to cross.")
# Unrelated codes are drawn with seeds beyond those of samples, since a parent may be a sample of
# the same seed and would meet itself; the generator tells seeds apart by 32 bits.
UNRELATED = 2**31 + 1
ALIKE = say("Both parents are the same picture: give another one, or one alone.")


@dataclass(frozen=True)
class Brood(Result):
    """Children: codes (N, n) on the prior's support, images (N, 3, H, W), the drift (N,) of each
    from the ancestor, and their spread; two unrelated codes are 1 apart."""

    codes: Tensor
    images: Tensor
    drift: Tensor
    spread: float

    def shown(self) -> Shown:
        pictures = {f"child {index}": image for index, image in enumerate(self.images, start=1)}
        figures = {"drift": self.drift.tolist(), "spread": self.spread}
        return Shown(pictures, figures | {"codes": self.codes.tolist()})


def breed(
    pictures: Annotated[
        list[Picture], Option("one parent, or two whose codes are crossed", most=PARENTS)
    ],
    models: Models,
    count: Annotated[int, Option("how many children", 1, 64)] = 12,
    radius: Annotated[
        float, Option("how far children are from their parents: 1 is an unrelated code", 0, 1)
    ] = 0.3,
    seed: Seed = 0,
    faithful: Faithful = False,
    hold: Annotated[Names | None, Option("attributes that are as in the first parent")] = None,
    method: Method = DEFAULT,
    ancestor: Annotated[
        Picture | None, Option("whose distance is the drift; by default the first parent's")
    ] = None,
) -> dict[Model, Brood]:
    """Children of a picture, or crossings of two, the same steps for models of one prior.

    A child of one parent lies a share `radius` of the way to an unrelated code; one of two takes
    each number of its code from either, and then goes that share. A model holds those attributes
    that it has directions of. Gives the children of each model, their drift from the ancestor and
    the spread of the brood.
    """
    if not pictures:
        raise UserError(NO_PARENT)
    if len({picture.id for picture in pictures}) < len(pictures):
        raise UserError(ALIKE)
    check_attributes(models, hold or (), method)

    def found(model: Model) -> Brood:
        parents = codes(model, pictures, faithful)
        if len(parents) == PARENTS and torch.equal(*parents):
            raise UserError(ALIKE)
        z = children(model, parents, count, radius, seed)
        z = kept(model, parents[:1], z, hold or (), method)
        first = codes(model, [ancestor], faithful)[0] if ancestor else parents[0]
        drift = breeding.drift(z, first, unrelated(model))
        return Brood(z, model.decode(z), drift, breeding.spread(z, unrelated(model)))

    return beside(found, models)


def children(model: Model, parents: Tensor, count: int, radius: float, seed: int) -> Tensor:
    """Codes (count, n) of children of one parent or two (P, n); labels stay a parent's."""
    labels = len(model.code_labels.names) if model.code_labels else 0
    born = parents[:1].expand(count, -1)
    if len(parents) == PARENTS:
        born = breeding.crossed(*parents, count, labels, seed)
    others = model.sample_codes(count, UNRELATED + seed)
    z = model.project(breeding.mutated(born, others, radius))
    return torch.cat([z[:, : z.shape[1] - labels], born[:, z.shape[1] - labels :]], dim=1)


def kept(
    model: Model, parent: Tensor, z: Tensor, held: Collection[str], method: str = DEFAULT
) -> Tensor:
    """Codes (N, n) with those of the attributes `held` that the model has directions of as in a
    parent's (1, n)."""
    vectors = directions(model, method)
    still = [name for name in held if name in vectors]
    if not still:
        return z
    return geometry.hold(parent.expand_as(z), z, stacked(vectors, still, z), model.project)
