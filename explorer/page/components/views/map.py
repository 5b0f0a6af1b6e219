"""Maps of encoded pictures, one a model: hover to see a picture, click to choose it. Where codes
are two numbers the map is their plane, on which any point decodes."""

from base64 import b64encode
from collections.abc import Callable, Sequence
from functools import wraps

import gradio as gr
import numpy as np
from torch import Tensor

from explorer.engine import Model
from explorer.page.components.assets import d3_path
from explorer.page.components.common import columns, component
from explorer.page.components.wire import told
from explorer.page.guard.calls import served
from explorer.verbs.common.options import Reason
from explorer.verbs.map import Plane
from explorer.words import say

CLASSES = "*"  # the colouring by all labels at once


def map_view(
    what: str, empty: str, servers: Sequence[Callable[[dict], dict]], **options
) -> gr.HTML:
    """`servers` are, under these names, preview_point, which gives {label, images} for {index,
    models}, and decode_point, which gives the same for {model, z: two numbers}.

    Events: select {index} or {model, z}; remove {id of one of the visitor's own}.
    """
    constants = {"what": what, "empty": empty, "classes": CLASSES}
    return component(
        "map", ["select", "remove"], constants, servers=[*map(_telling, servers)], **options
    )


def map_value(
    models: Sequence[Model],
    places: Sequence[Tensor | Reason],
    planes: Sequence[Plane | None],
    colour: str,
    own: Sequence[dict],
    placed: Sequence[Tensor],
) -> dict:
    """Where each model has its encoded pictures, (N, 2), or why it has no map, and the plane behind
    them where it is one; `own` pictures {id, label, src} lie at `placed`, (M, 2) a model."""
    panels = []
    for at, (model, column) in enumerate(zip(models, columns(models), strict=True)):
        panel, place = {**column, "model": model.name}, places[at]
        if isinstance(place, Reason):
            panels.append({**panel, **place._asdict()})
            continue
        mine = {"own": _own(placed[at]), "plane": _plane(planes[at])}
        panels.append({**panel, "points": _points(place), **mine})
    known = [model.latents for model in models if model.latents is not None]
    most = max(known, key=lambda latents: len(latents.labels), default=None)
    return {
        "d3": d3_path(),
        "shows": say(models[0].shows.title()) if models else "",
        "models": [model.name for model in models if model.latents is not None],
        "colour": colour,
        "panels": panels,
        "own": list(own),
        "labels": {} if most is None else _packed(most.names, most.labels),
    }


def _telling(server: Callable[[dict], dict]) -> Callable:
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
    bits = np.packbits(labels.numpy().T, axis=1)  # (A, bytes)
    return {name: b64encode(row.tobytes()).decode() for name, row in zip(names, bits, strict=True)}
