"""Edit: codes moved along attribute directions, and labels switched."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Annotated, Literal

import torch
from torch import Tensor

from explorer.engine import Model
from explorer.pictures.picture import Picture
from explorer.verbs.common.codes import codes
from explorer.verbs.common.grids import sampled
from explorer.verbs.common.labels import checked_labels, switched
from explorer.verbs.common.options import (
    Amounts,
    Faithful,
    Labels,
    Models,
    Names,
    Option,
    Result,
    Seed,
    Shown,
)
from explorer.words import say
from explorer.work import beside
from training.codes import geometry
from training.codes.directions import DEFAULT, METHODS
from training.errors import UserError, choose


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
    method: Annotated[
        Literal[tuple(METHODS)],
        Option(f"how attribute directions are found: {', '.join(METHODS)}"),
    ] = DEFAULT,
    hold: Annotated[Names | None, Option("attributes that stay as they are")] = None,
    labels: Labels = None,
) -> dict[Model, Edit]:
    """A picture, or without one a sample, moved along attribute directions.

    `amounts` maps attributes to standard deviations, as {"Smiling": 2}; `hold` names attributes
    that stay as they are; `labels` are as in `sample`. Gives the picture before and after the
    edit for each model, the codes, and the measured effect on each attribute that was moved.
    """
    wanted = checked_labels(models, labels or {})
    subject = picture or sampled(models, seed)

    def found(model: Model) -> Edit:
        before = codes(model, [subject], faithful)
        after = moved(model, before, amounts or {}, method, hold or ())
        after = switched(model, after, wanted)
        images = model.decode(torch.cat([before, after]))
        was = read(model, images[:1])
        return Edit(before, after, images, effects(model, was, images[1:], amounts or {}, method))

    return beside(found, models)


def moved(
    model: Model,
    z: Tensor,
    amounts: dict[str, float],
    method: str = DEFAULT,
    held: Collection[str] = (),
) -> Tensor:
    """Codes z (B, n) moved by `amounts` standard deviations along attribute directions, projected.

    Attributes that are both moved and held are moved first; then the directions of all `held`
    ones, any number, stay as they are while the others are moved. Raises UserError where the model
    has no attribute directions, or none of a name.
    """
    if not amounts and not held:
        return z
    rows = attributes(model, method)
    if not rows:
        raise UserError(without_directions(model))
    for name in (*amounts, *held):
        choose("attribute", name, rows)
    vectors = model.latents.directions[method].vectors

    def along(z: Tensor, names: list[str]) -> Tensor:
        steps = torch.tensor([amounts[name] for name in names])
        return geometry.move(z, vectors[[rows[name] for name in names]], steps)

    start = model.project(along(z, [name for name in amounts if name in held]))
    end = along(start, [name for name in amounts if name not in held])
    return geometry.hold(start, end, vectors[[rows[name] for name in held]], model.project)


def read(model: Model, image: Tensor) -> Tensor | None:
    """The code (1, n) that the encoder reads from an image (1, 3, H, W); None without one."""
    return model.encode(image) if model.encodes else None


def effects(
    model: Model, before: Tensor | None, image: Tensor, names: Collection[str], method: str
) -> dict[str, float]:
    """The measured effect of an edit on the attributes `names`: how far what the encoder reads from
    the image (1, 3, H, W) after it lies from what it `read` before along each direction, in
    standard deviations. Empty for a model without an encoder."""
    if not names or before is None:
        return {}
    rows, (distance,) = attributes(model, method), model.encode(image) - before
    vectors = model.latents.directions[method].vectors[[rows[name] for name in names]]
    distances = vectors @ distance / vectors.square().sum(dim=1)
    return dict(zip(names, distances.tolist(), strict=True))


def attributes(model: Model, method: str) -> dict[str, int]:
    """The attributes that have a direction found by `method`, with their rows; none where the
    model has no directions. Those with too few held-out images to be measured are left out."""
    choose("method", method, METHODS)
    if model.latents is None or method not in model.latents.directions:
        return {}
    measured = ~model.latents.directions[method].auc.isnan()
    return {name: row for row, name in enumerate(model.latents.names) if measured[row]}


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
