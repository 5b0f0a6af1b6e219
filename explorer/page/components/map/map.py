"""Maps of encoded pictures, one a model: hover to see a picture, click to choose it, draw around
some to group them. Where codes are two numbers the map is their plane, and any spot decodes."""

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import wraps

import gradio as gr
import numpy as np
from torch import Tensor

from explorer.engine import Model
from explorer.page.components.assets import d3_path
from explorer.page.components.common import columns, component
from explorer.page.components.wire import told
from explorer.page.guard.calls import served
from explorer.session.filters import Filter
from explorer.verbs.common.options import Reason
from explorer.verbs.map import Plane, standing_out
from explorer.words import say
from training.checkpoints import Latents

CLASSES = "*"  # the colouring by all labels at once


@dataclass
class Looks(Filter):
    """How maps look: the label that colours the points; those that the filter takes are shown; with
    pictures in place of points, with words on dense regions, with lines to the neighbours of what
    is chosen."""

    colour: str = "Male"
    pictures: bool = field(default=False, metadata={"said": say("Pictures in place of points")})
    regions: bool = field(default=False, metadata={"said": say("What stands out where")})
    near: bool = field(default=False, metadata={"said": say("Lines to the nearest codes")})


def map_view(
    what: str, empty: str, servers: Sequence[Callable[[dict], object]], **options
) -> gr.HTML:
    """`servers` are, under these names, preview_point, which gives {label, images} for {index,
    models}; decode_point, which gives the same for {model, z: two numbers}; pictures, which gives
    {src, wide, size}, a picture with `wide` tiles a row, for {model, rows}; neighbours, which gives
    {rows: {model: [row]}} for {key, index, models}; ready, which gives {ready, problem} for
    {models}, whether one is laid out; and export_group, {csv} for {key, name}.

    Events: select {index}, {model, z} or {near: rows, weights}; remove {id of one of the visitor's
    own}; lasso {rows}; group {act, name, to}; teach {name of a group}; laid, where a map is ready.
    Props: `look` of `look_shown`, and `groups` of `groups_shown`.
    """
    constants = {"what": what, "empty": empty}
    events = ["select", "remove", "lasso", "group", "teach", "laid"]
    return component("map", events, constants, servers=[*map(_telling, servers)], **options)


def map_value(
    models: Sequence[Model],
    places: Sequence[Tensor | Reason],
    planes: Sequence[Plane | None],
    look: Looks,
    own: Sequence[dict],
    placed: Sequence[Tensor],
    late: Mapping[Model, Reason],
    groups: dict,
    note: str,
) -> dict:
    """Where each model has its encoded pictures, (N, 2), or why it has no map, and the plane behind
    them where it is one; `own` pictures {id, label, src} lie at `placed`, (M, 2) a model, or come
    `late` there. `note` says how a map is to be read."""
    panels = []
    for at, (model, column) in enumerate(zip(models, columns(models), strict=True)):
        panel, place = {**column, "model": model.name}, places[at]
        if isinstance(place, Reason):
            panels.append({**panel, **place._asdict()})
            continue
        dense = [each._asdict() for each in standing_out(model, place)]
        mine = {"own": _own(placed[at]), "plane": _plane(planes[at]), "regions": dense}
        mine["late"] = late[model].said if model in late else ""
        panels.append({**panel, "points": _points(place), **mine})
    most = _labelled(models)
    return {
        "d3": d3_path(),
        "shows": say(models[0].shows.title()) if models else "",
        "models": [model.name for model in models if model.latents is not None],
        "look": look_shown(look, models),
        "groups": groups,
        "note": note,
        "panels": panels,
        "own": list(own),
        "labels": {} if most is None else _packed(most.names, most.labels),
        "labelled": 0 if most is None else len(most.labels),
    }


def look_shown(look: Looks, models: Sequence[Model]) -> dict:
    """How the maps look, and the rows that they show, a bit each; no bits where that is all."""
    most, rows = _labelled(models), ""
    if most is not None and (look.has or look.lacks):
        asked = replace(look)
        asked.keep(most.names)
        fits = asked.wanted.rows(most.labels, most.names, len(most.labels))
        rows = _bits(fits.numpy())
    return asdict(look) | {"rows": rows}


def _labelled(models: Sequence[Model]) -> Latents | None:
    """The encoded pictures with their labels, by the model that has most of these."""
    known = [model.latents for model in models if model.latents is not None]
    return max(known, key=lambda latents: len(latents.labels), default=None)


def groups_shown(groups: Mapping[str, Sequence[int]], chosen: str) -> dict:
    """The groups with their sizes, and the rows of the one that is chosen, a bit each."""
    names = [[name, len(rows)] for name, rows in groups.items()]
    rows = row_bits(groups.get(chosen, ()))
    return {"names": names, "chosen": chosen if chosen in groups else "", "rows": rows}


def row_bits(rows: Sequence[int]) -> str:
    """Rows as bits, the first one's first, in base64."""
    lit = np.zeros(max(rows, default=-1) + 1, dtype=bool)
    lit[list(rows)] = True
    return _bits(lit)


def _telling(server: Callable[[dict], object]) -> Callable:
    @wraps(server)
    def answer(asked):
        return told(server(asked))

    return served(answer)


def _points(places: Tensor) -> str:
    """All x, then all y: a million points weigh 11 MB, and are read at once."""
    return b64encode(places.T.contiguous().numpy().astype("<f4")).decode()


def _own(places: Tensor) -> dict:
    x, y = places.T.tolist()
    return {"x": x, "y": y}


def _plane(plane: Plane | None) -> dict | None:
    if plane is None:
        return None
    levels = (255 * plane.density).round().int().tolist()
    (x0, y0), (x1, y1) = plane.low.tolist(), plane.high.tolist()
    return {"x": [x0, x1], "y": [y0, y1], "density": levels}


def _packed(names: Sequence[str], labels: Tensor) -> dict[str, str]:
    """A bit a point: all attributes of all points weigh 20 kB rather than 1 MB."""
    return {name: _bits(row) for name, row in zip(names, labels.numpy().T, strict=True)}


def _bits(each: np.ndarray) -> str:
    return b64encode(np.packbits(each).tobytes()).decode()
