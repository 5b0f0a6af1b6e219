"""Pictures that are saved with what made them, and made again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image
from pydantic import ValidationError
from torch import Tensor
from torch.nn.functional import interpolate

from explorer.catalogue import titles
from explorer.engine import Model
from explorer.pictures.picture import EDIT, Picture
from explorer.pictures.recipe import TOO_MUCH, Recipe, Thing, is_film, read_recipe, thing
from explorer.pictures.render import ABREAST, read_code, read_weights, sheet, sprite, to_pil
from explorer.session.again import repair, repaired, ways
from explorer.session.family import Family, told
from explorer.session.state import GONE, Session, Unavailable
from explorer.verbs import morph
from explorer.verbs.common.grids import Grid
from explorer.verbs.morph import Morph
from explorer.verbs.path import strips
from explorer.words import say
from training.data.pictures import open_picture
from training.errors import UserError, quoted

MORPH_PX, FRAME_PX = 64, 96  # side of a tile of a morph, of a frame of a path


def recipe(
    session: Session, query: str, slots: Sequence[str], tiles: int = 0, bred: bool = False
) -> Recipe:
    """What is said of a view of the page, at `query`, with what lies in its `slots`; or of `tiles`
    a side between these. Where pictures are `bred` there, with the family. Raises UserError."""
    held = {slot: session.slots[slot] for slot in slots if slot in session.slots}
    made = partial(_thing, session)
    weights = {model.name: model.weights for model in session.models}
    try:
        family = told(session.of(Family), held, made) if bred else []
        things = {slot: made(picture) for slot, picture in held.items()}
        return Recipe(weights=weights, slots=things, tiles=tiles, family=family, query=query)
    except ValidationError:  # there are more models, or they have longer names, than it takes
        raise UserError(TOO_MUCH) from None


def of_grid(said: Recipe, grid: Grid, index: int) -> Recipe:
    """The same of a grid's thing, or of the view alone where that is a picture without a code;
    raises Unavailable where the grid has none of this index."""
    if not 0 <= index < len(grid.labels):
        raise Unavailable(GONE)
    if repaired := grid.repaired(index):
        weights = {name: each for name, each in said.weights.items() if name in repaired}
        how = repair(grid.labels[index], {name: repaired[name] for name in weights})
        return said.model_copy(update={"weights": weights, "repair": how})
    codes = {name: grid.codes[name][index] for name in said.weights if name in grid.codes}
    codes = {name: code for name, code in codes.items() if code.isfinite().all()}
    if not codes:
        return said
    weights = {name: said.weights[name] for name in codes}
    result = thing(grid.labels[index], codes)
    return said.model_copy(update={"weights": weights, "result": result, "tiles": 0})


def of_paths(said: Recipe, grid: Grid) -> Recipe:
    """The same of the sheet of a grid's paths; raises Unavailable where there are none."""
    if not grid.paths:
        raise Unavailable(
            say("There are no paths to save: put other pictures into two places or more.")
        )
    ways = [thing(kind, codes) for kind, codes in grid.paths.items()]
    return said.model_copy(update={"paths": ways, "px": FRAME_PX})


def _thing(session: Session, picture: Picture) -> Thing:
    codes = {model.name: session.codes([picture], model)[0] for model in session.models}
    return thing(picture.label, codes)


def found(said: Recipe, models: Mapping[str, Model]) -> dict[str, Model]:
    """The models that drew the picture, by the names they had; raises UserError where one is not
    among `models`. They are known by their weights, whatever they are called here."""
    return _known(said.weights, models)


def _known(drew: Mapping[str, str], models: Mapping[str, Model]) -> dict[str, Model]:
    """The same of names with the SHA-256 of weights."""
    here = {model.weights: model for model in models.values()}
    gone = [name for name, weights in drew.items() if weights not in here]
    if gone:
        message = say(
            "It was drawn by {models}, with weights that no model here has.",
            models=[*map(quoted, gone)],
        )
        raise UserError(message)
    return {name: here[weights] for name, weights in drew.items()}


def drawn(said: Recipe, models: Mapping[str, Model]) -> Image.Image:
    """The picture that a recipe says how to draw, by the models that drew it, by their names."""
    if said.tiles:
        corners = [pictured(each, models) for each in said.slots.values()]
        return morph_page(morph(corners, [*models.values()], said.tiles))
    if said.paths:
        return strips(ways(said.paths, models), said.px)
    if said.repair:
        return abreast([*models.values()], repaired(said.repair, models), said.px)
    if said.result is None:
        raise UserError(say("No model draws this view of the page: drop the file there."))
    codes = pictured(said.result, models).codes
    if without := [name for name, model in models.items() if model.name not in codes]:
        raise UserError(say("It has no code of {model}.", model=quoted(without[0])))
    images = [model.decode(codes[model.name][None])[0] for model in models.values()]
    return abreast([*models.values()], images, said.px)


def abreast(models: Sequence[Model], images: Sequence[Tensor], px: int) -> Image.Image:
    """An image (3, H, W) of each model, side by side, each under its title; of one that alone."""
    if len(images) == 1:
        return to_pil(images[0], px)
    called = [*titles(models).values()]
    return sheet(images, min(len(images), ABREAST), px, gap=8, labels=called)


def morph_page(found: Mapping[Model, Morph]) -> Image.Image:
    """Morphs of all models, side by side, each under its title."""
    pages, (n, *_) = [], [len(each.codes) for each in found.values()]
    for each in found.values():
        large = interpolate(each.images, size=MORPH_PX, mode="bicubic").clamp(0, 1)
        pages.append(sprite(large, n))
    named = [*titles([*found]).values()]
    return sheet(pages, min(len(pages), ABREAST), px=n * MORPH_PX, gap=12, labels=named)


def pictured(said: Thing, models: Mapping[str, Model]) -> Picture:
    """A picture by its codes, for those of `models`, by their names there, that have one; raises
    UserError where none has."""
    codes = {}
    for name, model in models.items():
        code = said.code(name)
        if code is not None and len(code) == model.latent_size:
            codes[model.name] = model.project(code[None])[0]
    if not codes:
        raise UserError(
            say(
                "There are no codes of {picture} that these models read.",
                picture=quoted(said.label),
            )
        )
    first = next(model for model in models.values() if model.name in codes)
    image = to_pil(first.decode(codes[first.name][None])[0])
    return Picture(said.label, EDIT, image, codes=codes)


def by_codes(path: str | Path, said: Recipe | None, models: Mapping[str, Model]) -> Picture | None:
    """The picture of a file, by what it says of itself, of a film the first in the places of its
    page; or by its code alone, as `sample --tiles` writes it. None where it says nothing of codes.
    Raises UserError."""
    if said is not None:
        known, places = found(said, models), [*said.slots.values()] if is_film(path) else []
        shown = said.result or next(iter(places), None)
        return pictured(shown, known) if shown else None
    found_code = read_code(path)
    if found_code is None:
        return None
    (code, name), weights = found_code, read_weights(path)  # older files say no weights
    if weights and not (name in models and models[name].weights == weights):
        name = _known({name: weights}, models)[name].name
    if name not in models or len(code) != models[name].latent_size:
        return None
    return pictured(thing(Path(path).name, {name: code}), models)


@dataclass(frozen=True)
class Again:
    """A picture that was made again, and by how many of 255 shades its pixels differ at most from
    the file's; None where the two are not of one size."""

    picture: Image.Image
    apart: int | None


def replay(path: Path, models: Mapping[str, Model]) -> tuple[Recipe, Again]:
    """What a file says of itself, and its picture made again. Raises UserError."""
    said = read_recipe(path)
    if said is None:
        open_picture(path)  # raises where it is none
        raise UserError(
            f"{path.name} does not say how it was made: give a picture saved by this app."
        )
    try:
        picture = drawn(said, found(said, models))
    except UserError as error:
        raise UserError(f"{path.name} cannot be made again. {error}") from None
    before, again = np.asarray(open_picture(path), int), np.asarray(picture, int)
    alike = before.shape == again.shape
    return said, Again(picture, int(np.abs(again - before).max()) if alike else None)
