"""Edit: codes moved along attribute directions, and labels switched."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

import torch
from torch import Tensor

from explorer.engine import Model
from explorer.pictures.picture import Picture
from explorer.verbs.common.attributes import Attribute, Attributes, own_directions
from explorer.verbs.common.codes import codes, training_codes
from explorer.verbs.common.grids import sampled
from explorer.verbs.common.labels import checked_labels, switched
from explorer.verbs.common.options import (
    Amounts,
    Faithful,
    Labels,
    Method,
    Models,
    Names,
    Option,
    Result,
    Seed,
    Shown,
)
from explorer.words import say
from explorer.work import beside, computed
from training.codes import geometry
from training.codes.directions import DEFAULT, METHODS
from training.errors import UserError, choose
from training.once import once

Directed = Mapping[str, Tensor]  # directions (n,) by name
NONE: Directed = {}


@dataclass(frozen=True)
class Edit(Result):
    """Codes (1, n) before and after an edit, the images (2, 3, H, W) of both, and its `effects`."""

    before: Tensor
    after: Tensor
    images: Tensor
    effects: dict[str, float]

    def shown(self) -> Shown:
        before, after = self.images
        figures = {"before": self.before[0].tolist(), "after": self.after[0].tolist()}
        figures["effects"] = self.effects
        return Shown({"before": before, "after": after}, figures)


def edit(
    picture: Annotated[
        Picture | None, Option("picture to edit; without one, the sample of `seed`")
    ],
    models: Models,
    amounts: Annotated[
        Amounts | None,
        Option("attribute and standard deviations to move by, as {NAME: AMOUNT}", flag="set"),
    ] = None,
    seed: Seed = 0,
    faithful: Faithful = False,
    method: Method = DEFAULT,
    hold: Annotated[Names | None, Option("attributes that stay as they are")] = None,
    labels: Labels = None,
    taught: Annotated[
        Attributes | None, Option("further attributes, as `teach` or `discover` gives them")
    ] = None,
) -> dict[Model, Edit]:
    """A picture, or without one a sample, moved along attribute directions.

    `amounts` maps attributes to standard deviations, as {"Smiling": 2}; `hold` names attributes
    that stay as they are; `labels` are as in `sample`. A model moves along those that it has a
    direction of, of its own or `taught`. Gives the picture before and after the edit for each
    model, the codes, and the measured effect on each attribute that was moved.
    """
    wanted = checked_labels(models, labels or {})
    check_attributes(models, (*(amounts or ()), *(hold or ())), method, taught)
    subject = picture or sampled(models, seed)

    def found(model: Model) -> Edit:
        return computed(edited, model, codes(model, [subject], faithful))

    def edited(model: Model, before: Tensor) -> Edit:
        own = own_directions(model, method, taught)
        known = directions(model, method, own)
        pushed = {name: by for name, by in (amounts or {}).items() if name in known}
        held = [name for name in hold or () if name in known]
        after = switched(model, moved(model, before, pushed, method, held, own), wanted)
        images = model.decode(torch.cat([before, after]))
        was = read(model, images[:1])
        return Edit(before, after, images, effects(model, was, images[1:], pushed, method, own))

    return beside(found, models)


def moved(
    model: Model,
    z: Tensor,
    amounts: dict[str, float],
    method: str = DEFAULT,
    held: Collection[str] = (),
    own: Directed = NONE,
) -> Tensor:
    """Codes z (B, n) moved by `amounts` standard deviations along attribute directions, projected;
    `own` are directions besides the model's.

    Attributes that are both moved and held are moved first; then the directions of all `held`
    ones, any number, stay as they are while the others are moved. Raises UserError where the model
    has no attribute directions, or none of a name.
    """
    if not amounts and not held:
        return z
    vectors = directions(model, method, own)
    if not vectors:
        raise UserError(without_directions(model))
    for name in (*amounts, *held):
        choose("attribute", name, vectors)

    def pushed(z: Tensor, names: list[str]) -> Tensor:
        steps = torch.tensor([amounts[name] for name in names])
        return geometry.move(z, stacked(vectors, names, z), steps)

    start = model.project(pushed(z, [name for name in amounts if name in held]))
    end = pushed(start, [name for name in amounts if name not in held])
    return geometry.hold(start, end, stacked(vectors, held, z), model.project)


def read(model: Model, image: Tensor) -> Tensor | None:
    """The code (1, n) that the encoder reads from an image (1, 3, H, W); None without one."""
    return model.encode(image) if model.encodes else None


def effects(
    model: Model,
    before: Tensor | None,
    image: Tensor,
    names: Collection[str],
    method: str,
    own: Directed = NONE,
) -> dict[str, float]:
    """The measured effect of an edit on the attributes `names`: how far what the encoder reads from
    the image (1, 3, H, W) after it lies from what it `read` before along each direction, in
    standard deviations. Empty for a model without an encoder."""
    if not names or before is None:
        return {}
    vectors = stacked(directions(model, method, own), names, before)
    distances = along(vectors, model.encode(image) - before)
    return dict(zip(names, distances.tolist(), strict=True))


def measured(model: Model, z: Tensor, method: str, own: Directed = NONE) -> dict[str, float]:
    """The value of one code z (1, n) on each attribute: how far it lies from the middle of the
    training codes along the direction, in their standard deviations."""
    vectors = directions(model, method, own)
    values = along(stacked(vectors, vectors, z), z - middle(model).to(z))
    return dict(zip(vectors, values.tolist(), strict=True))


def posed(model: Model, z: Tensor, vector: Tensor, at: float) -> Tensor:
    """A code z (1, n) moved along a direction (n,) to where its value is `at`, projected."""
    vector = vector.to(z)
    amount = at - along(vector[None], z - middle(model).to(z))
    return model.project(z + amount * vector)


def along(vectors: Tensor, distance: Tensor) -> Tensor:
    """How often each of the vectors (A, n) lies in a distance (1, n) between codes: (A,)."""
    return vectors @ distance[0] / vectors.square().sum(dim=1)


@once
def middle(model: Model) -> Tensor:
    """The mean (n,) of the codes that the model's directions are measured on."""
    return training_codes(model).mean(dim=0)


def stacked(vectors: Directed, names: Collection[str], like: Tensor) -> Tensor:
    """The vectors of these names as rows, for codes like these (B, n): (A, n)."""
    rows = [vectors[name] for name in names]
    return torch.stack(rows).to(like) if rows else like.new_zeros(0, like.shape[1])


def directions(model: Model, method: str, own: Directed = NONE) -> dict[str, Tensor]:
    """The directions (n,) of attributes by name: the model's by `method`, and its `own` further
    ones, which come before those of the same name."""
    rows = attributes(model, method)
    found = model.latents.directions[method].vectors if rows else ()
    return {name: found[row] for name, row in rows.items()} | {**own}


def attributes(model: Model, method: str) -> dict[str, int]:
    """The attributes that have a direction found by `method`, with their rows; none where the
    model has no directions. Those that too few held-out images measure are left out: a figure of
    theirs is not finite."""
    choose("method", method, METHODS)
    if model.latents is None or method not in model.latents.directions:
        return {}
    found = model.latents.directions[method]
    figures = torch.stack([found.auc, found.cohens_d, found.random_d])
    measured = figures.isfinite().all(dim=0).tolist()
    return {name: row for row, name in enumerate(model.latents.names) if measured[row]}


def check_attributes(
    models: Sequence[Model],
    names: Collection[str],
    method: str,
    taught: Iterable[Attribute] | None = None,
) -> None:
    """Raises UserError where a name is neither of an attribute that is `taught` nor of one that
    any of the models has a direction of."""
    known = [name for model in models for name in attributes(model, method)]
    known += [each.name for each in taught or ()]
    if names and not known:
        raise UserError(without_directions(models[0]))
    for name in names:
        choose("attribute", name, dict.fromkeys(known))


def without_directions(model: Model) -> str:
    """What to say of a model without attribute directions."""
    if model.latents is None:
        return say(
            "{model} comes without attribute directions{why}.",
            model=model.title,
            why=model.why_no_codes,
        )
    return say(
        "{model} has no attribute directions by this method; `{command}` finds them.",
        model=model.title,
        command=f"python -m training directions {model.place}",
    )
