"""Attributes that people taught or found, beside those that models come with: a direction for each
of several models, and the file that holds them."""

from collections.abc import Iterable
from typing import Annotated, Literal

import torch
from annotated_types import Interval, Len, MaxLen
from pydantic import ValidationError
from torch import Tensor

from explorer.engine import Model
from explorer.verbs.common.options import MANY, Name, Share
from explorer.words import say
from training.codes.directions import METHODS
from training.codes.teaching import Lesson
from training.errors import UserError, quoted
from training.schema import Strict

VERSION = 1
LONGEST = 65_536  # numbers of a code
MOST_BYTES = 32 << 20
Cosine = Annotated[float, Interval(ge=-1, le=1)]
Figure = Annotated[float, Interval(ge=-1e6, le=1e6)]


class Direction(Strict, extra="ignore", frozen=True):
    """A direction of one model, as long as one standard deviation of its training codes, with the
    figures of `Lesson` if it was taught, else with its `consistency`."""

    vector: Annotated[list[Figure], Len(1, LONGEST)]
    auc: Share | None = None
    low: Share | None = None
    high: Share | None = None
    cohens_d: Figure | None = None
    random_d: Figure | None = None
    consistency: Cosine | None = None

    @classmethod
    def of(cls, vector: Tensor, **figures: float) -> "Direction":
        return cls(vector=vector.tolist(), **figures)

    @classmethod
    def taught(cls, lesson: Lesson) -> "Direction":
        figures = {name: each for name, each in vars(lesson).items() if name != "vector"}
        return cls.of(lesson.vector, **figures)


class Known(Strict, extra="ignore", frozen=True):
    """What one model knows of an attribute: the model's name, and a direction by each method."""

    model: Name
    directions: dict[Literal[tuple(METHODS)], Direction]


class Attribute(Strict, extra="ignore", frozen=True):
    """An attribute as a file has it; `models` by `Model.weights`."""

    version: Literal[VERSION] = VERSION
    name: Annotated[str, Len(1, 60)]
    models: Annotated[dict[Name, Known], MaxLen(MANY)]

    def of(self, model: Model, method: str) -> Direction | None:
        """The model's direction, None where the file has none that fits."""
        known = self.models.get(model.weights)
        found = known.directions.get(method) if known else None
        return found if found and len(found.vector) == model.latent_size else None

    def fitting(self, models: Iterable[Model]) -> "Attribute":
        """The same with the directions of these models alone, which have no other length."""
        kept = {}
        for model in [model for model in models if model.weights in self.models]:
            known = {method: found for method in METHODS if (found := self.of(model, method))}
            if known:
                kept[model.weights] = Known(model=model.name, directions=known)
        return self.model_copy(update={"models": kept})


Attributes = Annotated[list[Attribute], MaxLen(MANY)]


def own_directions(model: Model, method: str, attributes: list[Attribute] | None) -> dict:
    """The vectors (n,) of those of the attributes that the model knows, by name."""
    found = ((each.name, each.of(model, method)) for each in attributes or ())
    return {name: torch.tensor(known.vector) for name, known in found if known}


def read_attribute(content: bytes) -> Attribute:
    """The attribute in a file's content; raises UserError, in one sentence."""
    if len(content) > MOST_BYTES:
        raise UserError(say("That file is too large to hold an attribute: choose one saved here."))
    try:
        return Attribute.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        message = say("That file holds no attribute: its content is not as the explorer saves it.")
        if where := ".".join(map(str, first["loc"])):
            message = say(
                "That file holds no attribute: {where} in it is not as the explorer saves it.",
                where=quoted(where),
            )
        raise UserError(message) from None
