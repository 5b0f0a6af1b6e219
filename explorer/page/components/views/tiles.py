"""Grids of decoded pictures, one a model, side by side and in step."""

from collections.abc import Sequence
from os.path import commonprefix

import gradio as gr
from torch import Tensor

from explorer.engine import Model
from explorer.page.components.common import columns, component, shown
from explorer.page.components.wire import Live
from explorer.pictures.render import sprite
from explorer.verbs.common.options import Reason
from explorer.work import beside


def tiles_view(grid: str, what: str, empty: str, live: Live | None = None, **options) -> gr.HTML:
    """Every tile is a button that enlarges its picture in every model and can be dragged.

    `grid` names the session's grid behind the tiles. Events: select {grid, index},
    send {grid, index, to}.
    """
    constants = {"grid": grid, "what": what, "empty": empty}
    return component("tiles", ["select", "send"], constants, live, **options)


def tiles_value(
    models: Sequence[Model],
    images: Sequence[Tensor | Reason | None],
    wide: int,
    labels: Sequence[str],
    notes: Sequence[str] = (),
    heads: Sequence[Sequence[str]] = (),
) -> dict:
    """`images` holds (N, 3, H, W) in [0, 1] for each model, why there are none, or None where what
    the page shows of it stays for now; `wide` tiles make a row. `notes` stand under the models'
    titles, `heads` over the columns: a model with fewer than `wide` of those has as many columns,
    and images for them alone."""
    titled = columns(models)

    def panel(at: int) -> dict:
        each, names = images[at], heads[at] if heads else ()
        across = len(names) or wide
        picture = sprite(each, across) if isinstance(each, Tensor) else each
        same = commonprefix(names)
        short = [name.removeprefix(same) or name if same else name for name in names]  # to fit
        note = notes[at] if notes else ""
        drawn = {"stays": True} if picture is None else shown(picture)
        named = {"model": models[at].name}
        return titled[at] | named | drawn | {"columns": across, "heads": short, "note": note}

    panels = [*beside(panel, range(len(models))).values()]
    sizes = [each.shape[-1] for each in images if isinstance(each, Tensor)]
    size = max(sizes, default=0)
    return {"columns": wide, "labels": list(labels), "size": size, "panels": panels}
