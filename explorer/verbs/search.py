"""Search: the pictures that lie nearest to one, by each model's code and by what they look like."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Annotated

from PIL import Image
from torch import Tensor

from explorer.engine import Model
from explorer.pictures.arrays import as_images
from explorer.pictures.picture import Picture
from explorer.pictures.render import to_pil
from explorer.search.looks import LOOK_PX, LOOKS, looks
from explorer.search.pool import Gathered, Near, Pool, Vectors
from explorer.search.table import Table
from explorer.search.wanted import Wanted
from explorer.verbs.common.codes import codes
from explorer.verbs.common.options import (
    Faithful,
    Models,
    Name,
    Names,
    Option,
    Reason,
    Result,
    Shown,
)
from explorer.words import say
from explorer.work import beside
from training.errors import UserError

MOST, COUNT = 48, 8
Answers = dict[str, list[Near] | Reason]  # by the name of a model or a look


@dataclass(frozen=True)
class Nearest(Result):
    """What lies nearest to a picture by a model's code, or why nothing does; by looks for all."""

    near: list[Near] | Reason
    pictures: Sequence[Tensor]
    by_looks: Answers = field(default_factory=dict)

    def shown(self) -> Shown:
        if isinstance(self.near, Reason):
            return Shown({}, {"problem": self.near.said})
        each = zip(self.near, self.pictures, strict=True)
        pictures = {f"{n}. {near.label}": image for n, (near, image) in enumerate(each, 1)}
        return Shown(pictures, {"nearest": [*map(_told, self.near)]})

    def shared(self) -> Shown:
        figures = {
            kind: {"problem": near.said} if isinstance(near, Reason) else [*map(_told, near)]
            for kind, near in self.by_looks.items()
        }
        return Shown({}, figures)


def search(
    picture: Annotated[Picture, Option("picture whose nearest ones are looked for")],
    models: Models,
    table: Annotated[
        Name, Option("table to look in, as `index` names it; by default the mapped pictures")
    ] = "",
    count: Annotated[int, Option("how many to find", 1, MOST)] = COUNT,
    has: Annotated[Names | None, Option("attribute that they are to have")] = None,
    lacks: Annotated[Names | None, Option("attribute that none of them is to have")] = None,
    either: Annotated[bool, Option("one of the attributes to have is enough")] = False,
    faithful: Faithful = False,
) -> dict[Model, Nearest]:
    """The pictures nearest to one, by each model's code and by what they look like.

    Looks through the pictures of the models' maps, or a `table` of pictures that were indexed by
    the command `index`. Gives for each model the labels, distances and attributes of the nearest,
    and of a table's those by dHash, pHash and colour histogram.
    """
    wanted = Wanted(tuple(has or ()), tuple(lacks or ()), either)
    pool = Table(table) if table else mapped(models)
    found = nearest(pool, picture, models, count, wanted, faithful)
    by_looks = {kind: found[kind] for kind in LOOKS} if table else {}
    results = {}
    for model in models:
        near = found[model.name]
        shown = [] if isinstance(near, Reason) else [image_of(each, model) for each in near]
        results[model] = Nearest(near, shown, by_looks)
    return results


def nearest(
    pool: Pool,
    picture: Picture,
    models: Sequence[Model],
    count: int,
    wanted: Wanted,
    faithful: bool = False,
) -> Answers:
    """What lies nearest to a picture in a pool, by each model, with `faithful` by its refined code,
    and by each look."""
    wanted.among(pool.names)
    hashes = looks([to_pil(picture.pixels(LOOK_PX))])

    def by(kind: Model | str) -> list[Near] | Reason:
        name = kind if isinstance(kind, str) else kind.name
        weights = "" if isinstance(kind, str) else kind.weights
        if why := pool.why_not(name, weights):
            return Reason(why)
        of_look = isinstance(kind, str)
        vector = hashes[name][0] if of_look else codes(kind, [picture], faithful)[0]
        return pool.nearest(name, vector, count, wanted)

    found = beside(by, [*models, *LOOKS])
    return {kind if isinstance(kind, str) else kind.name: each for kind, each in found.items()}


def mapped(models: Sequence[Model]) -> Pool:
    """The pictures of the models' maps; raises UserError where none has codes of any."""
    known = [model for model in models if model.latents is not None]
    if not known:
        title = models[0].title if models else ""
        raise UserError(say("{model} has no codes of pictures to look in.", model=title))
    latents = {model.name: model.latents for model in known}
    vectors = {name: Vectors(each.codes, each.labels, each.names) for name, each in latents.items()}
    shows = say(models[0].shows.title())
    called = partial(say, "{shows} {index}", shows=shows)
    return Gathered(vectors, lambda row: called(index=row))


def image_of(near: Near, model: Model) -> Tensor:
    """What is shown of a picture that was found, (3, H, W): its thumbnail, or what the model draws
    of its code."""
    if near.thumbnail:
        return as_images(opened(near), LOOK_PX)[0]
    return model.decode(model.latents.codes[near.row][None])[0]


def opened(near: Near) -> Image.Image:
    """The thumbnail of a picture that was found."""
    return Image.open(io.BytesIO(near.thumbnail)).convert("RGB")


def gathered(pictures: Sequence[Picture], models: Sequence[Model]) -> Pool:
    """Pictures at hand as a pool."""
    found = {m.name: codes(m, pictures) for m in models if m.encodes}
    found |= looks([to_pil(each.pixels(LOOK_PX)) for each in pictures])
    vectors = {kind: Vectors(each) for kind, each in found.items()}
    return Gathered(vectors, lambda row: pictures[row].label)


def _told(near: Near) -> dict:
    told = {"row": near.row, "label": near.label, "distance": round(near.distance, 4)}
    return told | ({"attributes": [*near.attributes]} if near.attributes else {})
