"""Paths as strips of frames, of every model one under another."""

from collections.abc import Mapping, Sequence

import gradio as gr
from torch import Tensor

from explorer.engine import Model
from explorer.page.components.common import address, columns, component
from explorer.pictures.render import sprite
from explorer.verbs.common.options import Reason
from explorer.verbs.path import Paths, Way
from explorer.words import numeral, say
from training.codes.paths import GEODESIC, LINEAR, SPHERICAL, energy, length

KIND_TITLES = {LINEAR: say("linear"), SPHERICAL: say("spherical"), GEODESIC: say("geodesic")}


def filmstrip_view(grid: str, what: str, empty: str, **options) -> gr.HTML:
    """Every frame is a button that enlarges it in every model and can be dragged.

    `grid` names the session's grid behind the frames, row by row. Events: send {grid, index, to};
    stop and resume the search for geodesics.
    """
    constants = {"grid": grid, "what": what, "empty": empty}
    return component("filmstrip", ["send", "stop", "resume"], constants, **options)


def filmstrip_value(
    models: Sequence[Model],
    found: Mapping[Model, Paths | Reason],
    count: int,
    every: int,
    keys: int,
    progress: float | None = None,
) -> dict:
    """`count` frames a row, of which each `every`-th is one of the `keys` keyframes; `progress`,
    from 0 to 1, of the geodesics that are still looked for."""
    panels = [
        {**column, **_panel(found[model])}
        for column, model in zip(columns(models), models, strict=True)
    ]
    return {"panels": panels, "count": count, "every": every, "keys": keys, "progress": progress}


def _panel(found: Paths | Reason) -> dict:
    if isinstance(found, Reason):
        return found._asdict()
    rows = [{"kind": KIND_TITLES[kind], **_row(way)} for kind, way in found.ways.items()]
    return {"rows": rows}


def _row(way: Way) -> dict:
    near = ["–"] * len(way.codes) if way.density is None else _shares(way.density)
    facts = [
        (
            say("Length"),
            numeral(f"{length(way.between):.3f}"),
            say("A distance of the two pictures"),
        ),
        (
            say("Energy"),
            numeral(f"{energy(way.between):.4f}"),
            say("How much neighbouring frames differ"),
        ),
    ]
    src = address(sprite(way.images, len(way.images)))
    return {"src": src, "facts": facts, "density": near, "norm": _numbers(way.norm)}


def _numbers(values: Tensor) -> list[str]:
    return [numeral(f"{value:.2f}") for value in values.tolist()]


def _shares(values: Tensor) -> list[str]:
    return [f"{value:.0%}" for value in values.tolist()]
