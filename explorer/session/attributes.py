"""Attributes of a visitor's own, beside those of the models: taught, found without labels, or read
from a file. Each is a slider in every model that has a direction for it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from explorer.catalogue import catalogue
from explorer.engine import Model
from explorer.pictures.picture import Picture
from explorer.verbs.common.attributes import Attribute, Known, own_directions
from explorer.verbs.common.codes import codes
from explorer.verbs.discover import MOST as MOST_FOUND
from explorer.verbs.discover import aligned, find, known_of, tried
from explorer.verbs.edit import Directed
from explorer.verbs.teach import knowledge, learn, named
from explorer.words import say
from training.codes.directions import METHODS
from training.errors import UserError

MOST = 40  # attributes


@dataclass
class Side:
    """Pictures of one kind: some at hand, and rows of the mapped pictures of a model set, a
    `group`."""

    pictures: list[Picture] = field(default_factory=list)
    group: str = ""
    rows: tuple[int, ...] = ()
    model_set: str = ""

    def codes(self, model: Model) -> Tensor:
        """Of a model (N, n); raises UserError where it cannot have them."""
        if self.pictures and not (model.encodes or model.unrefined):
            raise UserError(say("{model} has no encoder to read them with.", model=model.title))
        if self.rows and max(self.rows) >= self._mapped(model):
            raise UserError(say("{model} has not mapped these pictures.", model=model.title))
        found = [codes(model, self.pictures)] if self.pictures else []
        found += [model.latents.codes[[*self.rows]]] if self.rows else []
        return torch.cat(found) if found else torch.zeros(0, model.latent_size)

    def _mapped(self, model: Model) -> int:
        """How many mapped pictures of the set a model has codes of."""
        here = model.name in catalogue(model.root).sets.get(self.model_set, ())
        return len(model.latents.codes) if here and model.latents is not None else 0


@dataclass
class Lesson:
    """What an attribute is taught by, and the attributes that are projected out of it."""

    given: Side = field(default_factory=Side)
    lacking: Side = field(default_factory=Side)
    apart: list[str] = field(default_factory=list)

    @property
    def sides(self) -> tuple[Side, Side]:
        return self.given, self.lacking

    @property
    def pictures(self) -> list[Picture]:
        return [picture for side in self.sides for picture in side.pictures]

    def learned(self, model: Model, own: dict[str, Directed]) -> Known:
        given, lacking = (side.codes(model) for side in self.sides)
        return knowledge(model, learn(model, given, lacking, self.apart, own))


@dataclass
class Draft:
    """What the attribute that comes next is taught by, and what was wrong with a picture that was
    last given to a side."""

    lesson: Lesson = field(default_factory=Lesson, metadata={"said": say("pictures")})
    problems: dict[str, str] = field(default_factory=dict, compare=False)

    @property
    def pictures(self) -> list[Picture]:
        return self.lesson.pictures

    def regroup(self, name: str, to: str) -> None:
        """A group of the map that teaches has another name; none where it is gone."""
        for side in self.lesson.sides:
            side.group = to if side.group == name else side.group


@dataclass
class Place:
    """Where a direction is found without labels: the way, its place in the order from 0, the
    picture at whose code that is, and how the first model's directions change pictures, (K, F)."""

    by: str
    at: int
    picture: Picture
    wanted: Tensor

    @property
    def pictures(self) -> list[Picture]:
        return [self.picture]

    def learned(self, model: Model, own: dict[str, Directed]) -> Known:
        vectors = find(model, self.by, codes(model, [self.picture]), MOST_FOUND)
        line = aligned(model, vectors, tried(model, vectors), self.wanted)
        if not line.matches.fair[self.at]:
            raise UserError(f"{model.title} has no direction that does the same.")
        return known_of(model, line, self.at)


@dataclass
class Kept:
    """An attribute, with what further models learn it from; a file's has no such thing."""

    attribute: Attribute
    source: Lesson | Place | None = None


@dataclass
class Own:
    """The visitor's attributes by name, MOST of them."""

    kept: dict[str, Kept] = field(default_factory=dict, metadata={"said": say("Attributes")})

    @property
    def pictures(self) -> list[Picture]:
        return [each for kept in self.kept.values() if kept.source for each in kept.source.pictures]

    def named(self, name: str, models: Sequence[Model]) -> str:
        """A name for another attribute; raises UserError where it is none or is taken, or there is
        no room."""
        if len(self.kept) >= MOST:
            raise UserError(
                say("At most {most} attributes fit here: remove one of them in Teach.", most=MOST)
            )
        return named(name, models, self.kept)

    def add(self, attribute: Attribute, source: Lesson | Place | None = None) -> None:
        self.kept[attribute.name] = Kept(attribute, source)

    def of(self, models: Sequence[Model]) -> list[Attribute]:
        """The attributes, with what these models know of each: learned now where they did not."""
        for name, each in [*self.kept.items()]:  # others may come meanwhile
            for model in models:
                if each.source and model.weights not in each.attribute.models:
                    known = self._learned(model, each.source, name)
                    every = {**each.attribute.models, model.weights: known}
                    each.attribute = each.attribute.model_copy(update={"models": every})
        return [each.attribute for each in [*self.kept.values()]]

    def directions(self, model: Model, method: str) -> Directed:
        """The model's directions (n,) by name."""
        return own_directions(model, method, self.of([model]))

    def _learned(self, model: Model, source: Lesson | Place, name: str) -> Known:
        """Nothing where the model cannot learn it."""
        others = [each.attribute for other, each in [*self.kept.items()] if other != name]
        own = {method: own_directions(model, method, others) for method in METHODS}
        try:
            return source.learned(model, own)
        except UserError:
            return Known(model=model.name, directions={})
