"""A square between four pictures, over which the pointer walks."""

from collections.abc import Mapping, Sequence

import gradio as gr
from torch import Tensor

from explorer.engine import Model
from explorer.page.components.common import address, columns, component, packed, shown
from explorer.page.components.wire import Live
from explorer.pictures.render import sprite
from explorer.verbs.common.options import Reason


def pad_view(grid: str, live: Live, **options) -> gr.HTML:
    """`grid` names the session's grid with the code where the pointer was last. Asks for {at:
    {right, down}} where the browser cannot run the models. Event: send {grid, index, to}."""
    return component("pad", ["send"], {"grid": grid}, live, **options)


def pad_value(
    models: Sequence[Model],
    corners: Mapping[Model, Tensor],
    images: Mapping[Model, Tensor],
    waiting: Mapping[Model, Reason],
    behind: Tensor,
    at: dict[str, float],
) -> dict:
    """Codes (4, n) of the corners and the picture (3, H, W) at the pointer, of each model but those
    that are `waiting`; `behind`: the corners' pictures (4, 3, H, W); `at`: {right, down}."""
    panels = []
    for model, column in zip(models, columns(models), strict=True):
        if model in waiting:
            panels.append({**column, **shown(waiting[model])})
            continue
        codes = packed(corners[model])
        panels.append({**column, "model": model.name, "codes": codes, **shown(images[model])})
    return {"src": address(sprite(behind, 2)), "at": at, "panels": panels}
