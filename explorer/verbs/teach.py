"""Teach: an attribute from pictures with it and without it, as a direction in each model."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import torch
from torch import Tensor

from explorer.engine import Model
from explorer.pictures.picture import Picture
from explorer.verbs.common.attributes import Attribute, Direction, Known
from explorer.verbs.common.codes import codes, training_codes
from explorer.verbs.common.options import Models, Name, Names, Option, Result, Shown
from explorer.verbs.edit import NONE, Directed, attributes, directions, posed
from explorer.words import say
from explorer.work import beside
from training.codes import teaching
from training.codes.directions import DEFAULT, METHODS
from training.codes.teaching import Lesson
from training.errors import UserError, choose, quoted

MOST = 500  # pictures of each kind
AT = (-2.0, 0.0, 2.0)  # standard deviations from the middle of the training codes
LONGEST_NAME = 60


@dataclass(frozen=True)
class Taught(Result):
    """What a model learns: lessons and cosines with its other attributes, both by method; the
    pictures' middle at `AT` along the direction, images (3, 3, H, W); and the attribute, which is
    the same for all models."""

    lessons: dict[str, Lesson]
    alike: dict[str, dict[str, float]]
    images: Tensor
    attribute: Attribute

    def shown(self) -> Shown:
        figures = {
            method: {
                "auc": lesson.auc,
                "interval": [lesson.low, lesson.high],
                "cohens_d": lesson.cohens_d,
                "random_d": lesson.random_d,
                "cosines": self.alike[method],
            }
            for method, lesson in self.lessons.items()
        }
        return Shown({f"{at:+g}": x for at, x in zip(AT, self.images, strict=True)}, figures)

    def said(self) -> list[str]:
        """A line for each method, and one for what the direction goes with."""
        lines = [
            f"{METHODS[method].title}: AUC {each.auc:.2f} ({each.low:.2f} to {each.high:.2f}), "
            f"Cohen's d {each.cohens_d:.2f} ({each.random_d:.2f})"
            for method, each in self.lessons.items()
        ]
        near = [f"{name} {cosine:+.2f}" for name, cosine in [*self.alike[DEFAULT].items()][:5]]
        return lines + ([f"goes with {', '.join(near)}"] if near else [])

    def shared(self) -> Shown:
        return Shown({}, {"attribute": self.attribute.model_dump(exclude_none=True)})


def teach(
    pictures: Annotated[list[Picture], Option("pictures with the attribute, 2 or more", most=MOST)],
    without: Annotated[list[Picture], Option("pictures without it, 2 or more", most=MOST)],
    models: Models,
    name: Annotated[Name, Option("what the attribute is called")] = "Taught",
    apart: Annotated[
        Names | None, Option("known attributes that are projected out of the direction")
    ] = None,
    method: Annotated[
        Literal[tuple(METHODS)], Option(f"whose pictures are shown: {', '.join(METHODS)}")
    ] = DEFAULT,
) -> dict[Model, Taught]:
    """An attribute from pictures with it and pictures without it; five of each are enough.

    Gives for each model the direction by every method with what it is worth: the ROC AUC of scores
    by the direction that the other pictures teach, with its 95 % `interval`; Cohen's d, beside the
    95th percentile of random directions; the cosines with known attributes. The `attribute` goes
    into `edit`, which moves pictures along it; the pictures shown lie at -2, 0 and +2 standard
    deviations.
    """
    name = named(name, models)
    apart = projected(apart or (), models)
    sides = [[*pictures], [*without]]

    def learned(model: Model) -> tuple[dict[str, Lesson], Tensor]:
        z = [codes(model, side) if side else torch.zeros(0, model.latent_size) for side in sides]
        return learn(model, *z, apart), torch.cat(z)

    found = beside(learned, models)
    known = {model.weights: knowledge(model, lessons) for model, (lessons, _) in found.items()}
    attribute = Attribute(name=name, models=known)
    return {
        model: Taught(
            lessons,
            {each: alike(model, lesson.vector, each) for each, lesson in lessons.items()},
            at_positions(model, z, lessons[method].vector),
            attribute,
        )
        for model, (lessons, z) in found.items()
    }


def learn(
    model: Model,
    given: Tensor,
    lacking: Tensor,
    apart: Collection[str] = (),
    own: Mapping[str, Directed] | None = None,
) -> dict[str, Lesson]:
    """What codes (N, n) with and (M, n) without an attribute teach, by method, orthogonal to those
    of the attributes `apart` that the model knows, with its `own` by method. Raises UserError."""
    z = torch.cat([given, lacking]).cpu()
    has = torch.arange(len(z)) < len(given)
    rows = {}
    for method in METHODS:
        known = directions(model, method, (own or {}).get(method, NONE))
        held = [known[name] for name in apart if name in known]
        rows[method] = torch.stack(held) if held else z.new_zeros(0, z.shape[1])
    return teaching.teach(z, has, training_codes(model), rows)


def alike(model: Model, vector: Tensor, method: str, own: Directed = NONE) -> dict[str, float]:
    """The cosines of a direction (n,) with the model's attributes, the greatest in size first."""
    known = directions(model, method, own)
    if not known:
        return {}
    found = dict(zip(known, teaching.cosines(vector, torch.stack([*known.values()])), strict=True))
    return {name: found[name].item() for name in sorted(found, key=lambda n: -found[n].abs())}


def at_positions(model: Model, z: Tensor, vector: Tensor) -> Tensor:
    """The middle of codes z (B, n) at `AT` along a direction (n,): images (3, 3, H, W)."""
    middle = model.project(z.mean(dim=0, keepdim=True))
    return model.decode(torch.cat([posed(model, middle, vector, at) for at in AT]))


def knowledge(model: Model, lessons: Mapping[str, Lesson]) -> Known:
    """Lessons as a file has them."""
    taught = {method: Direction.taught(lesson) for method, lesson in lessons.items()}
    return Known(model=model.name, directions=taught)


def named(name: str, models: Sequence[Model], taken: Collection[str] = ()) -> str:
    """A name for a new attribute; raises UserError where it is none, or is taken."""
    name = " ".join(name.split())
    if not name:
        raise UserError(say("The attribute has no name yet: give it one."))
    if len(name) > LONGEST_NAME or set(name) & set(",:"):
        message = say(
            "An attribute needs a name of up to {most} characters without commas and colons, not "
            "{name}.",
            most=LONGEST_NAME,
            name=quoted(name),
        )
        raise UserError(message)
    if name in taken or any(name in attributes(m, way) for m in models for way in METHODS):
        raise UserError(
            say("There is an attribute {name} already: choose another name.", name=quoted(name))
        )
    return name


def projected(apart: Sequence[str], models: Sequence[Model]) -> list[str]:
    """Names of attributes that one of the models knows; raises UserError for others."""
    known = dict.fromkeys(name for model in models for name in attributes(model, DEFAULT))
    return [choose("attribute", name, known) for name in apart]
