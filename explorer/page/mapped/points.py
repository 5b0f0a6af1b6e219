"""Points of the maps: what they decode to, what lies near them, and the one that is chosen."""

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor

from explorer.catalogue import catalogue
from explorer.engine import Model
from explorer.exchange.layout import LAYOUTS, UMAP
from explorer.page import components as ui
from explorer.page.guard.events import Hovered, Neighboured, Pictured, Pointed, Spot
from explorer.pictures.picture import MAP, Picture
from explorer.pictures.render import sprite
from explorer.session.state import Session
from explorer.verbs.common.grids import Grid, map_row
from explorer.verbs.common.options import Reason
from explorer.verbs.map import among, neighbours, strangeness
from explorer.words import numeral, say
from training.errors import UserError, quoted
from training.errors import choose as one_of

GONE = say("That point is on none of the maps shown: choose another one.")
NEAREST, WIDE = 8, 20  # neighbours that are drawn; tiles in a row of a sprite


@dataclass
class Own:
    """A visitor's own pictures on the maps."""

    pictures: list[Picture] = field(default_factory=list, metadata={"said": say("My pictures")})


@dataclass
class View:
    """How a visitor has the maps: their look, how codes are laid out, and the group that is lit;
    and by model set what the board is of, a group's name or a point as `drawn` has it, which undo
    leaves."""

    look: ui.Looks = field(default_factory=ui.Looks)
    layout: str = field(default=UMAP, metadata={"said": say("Layout"), "titles": LAYOUTS})
    group: str = field(default="", metadata={"said": say("Groups")})
    chosen: dict[str, str | dict] = field(default_factory=dict, compare=False)


def servers(root: str) -> list[Callable[[dict], dict]]:
    """What the page's script calls, under these names, for a point under the pointer and for the
    points that are seen."""

    def preview_point(asked: Hovered) -> dict:
        """One encoded picture, decoded by every model that has it."""
        models, index = named(root, asked["models"]), asked["index"]
        grid = shown_row(models, index)
        known = catalogue(root).models
        images = [ui.address(known[name].decode(z)[0]) for name, z in grid.codes.items()]
        latents = known[next(iter(grid.codes))].latents
        names = [*map(ui.words, latents.attributes_of(index))]
        label = say("{picture}: {names}", picture=grid.labels[0], names=names)
        return {"label": label, "images": images}

    def decode_point(asked: Spot) -> dict:
        """What any point of a model's plane decodes to."""
        (model,) = named(root, [asked["model"]])
        code, label = plane_code(model, asked["z"])
        return {"label": label, "images": [ui.address(model.decode(code)[0])]}

    def pictures(asked: Pictured) -> dict:
        """Many encoded pictures of a model, as one picture of tiles."""
        (model,) = named(root, [asked["model"]])
        rows = asked["rows"]
        if model.latents is None or max(rows) >= len(model.latents.codes):
            raise UserError(GONE)
        drawn = sprite(model.decode(model.latents.codes[rows]), WIDE)
        return {"src": ui.address(drawn), "wide": WIDE, "size": model.image_size}

    def near(asked: Neighboured) -> dict:
        """The pictures whose codes are nearest to one's, by each model."""
        session, index = ui.whose(asked["key"]), asked["index"]
        found = {}
        for model in named(root, asked["models"]):
            code = code_of(session, model, index)
            if code is not None and model.latents is not None:
                found[model.name] = neighbours(model, code, NEAREST, but=index)
        return {"rows": found}

    near.__name__ = "neighbours"
    return [preview_point, decode_point, pictures, near]


def named(root: str, names: list[str]) -> list[Model]:
    known = catalogue(root).models
    return [known[one_of("model", name, known)] for name in dict.fromkeys(names)]


def code_of(session: Session, model: Model, index: int) -> Tensor | None:
    """The code (1, n) of a map's picture, below 0 of one of the visitor's own; None without one, or
    where that takes seconds."""
    if index >= 0:
        has = model.latents is not None and index < len(model.latents.codes)
        return model.latents.codes[index][None] if has else None
    picture = mine(session, index)
    waits = not model.encodes or session.waits([picture], [model])
    return None if waits else session.codes([picture], model)


def mine(session: Session, index: int) -> Picture:
    """One of the visitor's own pictures, by its index on the maps; raises UserError."""
    pictures = session.of(Own).pictures
    if -index > len(pictures):
        raise UserError(GONE)
    return pictures[-1 - index]


def shown_row(models: list[Model], index: int) -> Grid:
    """As `map_row`; raises UserError where none of the models has the picture."""
    try:
        return map_row(models, index)
    except IndexError:
        raise UserError(GONE) from None


def plane_code(model: Model, z: list[float]) -> tuple[Tensor, str]:
    """A code (1, 2) on the prior's support, and its label; UserError unless z is two numbers."""
    code = torch.tensor([z], dtype=torch.float32)
    if model.latent_size != 2 or code.shape != (1, 2) or not code.isfinite().all():
        raise UserError(f"{model.name} has no code {quoted(z)} on a plane.")
    code = model.project(code)
    x, y = code[0].tolist()
    return code, say("Point ({x}, {y})", x=numeral(f"{x:.2f}"), y=numeral(f"{y:.2f}"))


def choose(session: Session, event: Pointed) -> dict:
    """The board of the chosen image or point."""
    point = event._data
    if point.get("index", 0) < 0:
        point = {"own": mine(session, point["index"])}
    board = drawn(session, point)
    session.of(View).chosen[session.model_set] = point
    return board


def drawn(session: Session, point: dict) -> dict:
    """An image, decoded by every model that has it from its own code, or a point of a plane, as an
    event tells of it, or a picture of the visitor's `own`, or for how long codes of that are looked
    for; raises UserError where none has it."""
    stamp, models = ui.stamp(session), session.models
    waiting: dict[Model, Reason] = {}
    if own := point.get("own"):
        able = [model for model in models if model.encodes]
        waiting = session.waits([own], able)
        codes = {m.name: session.codes([own], m) for m in able if m not in waiting}
        grid = Grid(MAP, [own.label], codes)
    elif "z" in point:
        (model,) = named(session.root, [point["model"]])
        code, label = plane_code(model, point["z"])
        alike = [each for each in models if each.shares_prior(model)]
        grid = Grid(MAP, [label], {each.name: code for each in alike})
    elif "near" in point:
        grid = between(models, point["near"], point["weights"])
    else:
        grid = shown_row(models, point["index"])
    having = [model for model in models if model.name in grid.codes or model in waiting]
    if not having:
        raise UserError(GONE)
    session.grids[MAP] = grid
    images = [waiting.get(m) or m.decode(grid.codes[m.name])[0] for m in having]
    stats = [trust(m, grid.codes[m.name]) for m in having] if "near" in point else ()
    return stamp | ui.board_value(having, [ui.board_row(grid.labels[0], 0, images, stats)])


def between(models: list[Model], near: list[int], weights: list[float]) -> Grid:
    """A spot of the map, by the pictures around it; raises UserError where no model has them."""
    known = [m for m in models if m.latents is not None and max(near) < len(m.latents.codes)]
    if not known or len(near) != len(weights):
        raise UserError(GONE)
    codes = {model.name: among(model, near, weights) for model in known}
    return Grid(MAP, [say("Between {count} pictures of the map", count=len(near))], codes)


def trust(model: Model, code: Tensor) -> list[ui.Stat]:
    """How far a picture at a spot of the map is to be trusted, as a figure of the board."""
    far = strangeness(model, code)
    if far is None:
        return []
    meaning = say(
        "How far the code lies from what the encoder reads from its picture, over the same of real "
        "pictures: about 1 is as sure as those, above 3 not to be trusted"
    )
    return [(say("Round trip"), numeral(f"{far:.1f} ×"), meaning)]
