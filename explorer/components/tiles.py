"""Grids of decoded pictures, one a model, side by side and in step."""

from collections.abc import Sequence

import gradio as gr
import torch
from torch import Tensor

from explorer.components.common import address, columns, component
from explorer.engine import Model


def tiles_view(grid: str, what: str, empty: str, **options) -> gr.HTML:
    """Every tile is a button that enlarges its picture in every model and can be dragged.

    `grid` names the session's grid behind the tiles. Events: select {grid, index},
    send {grid, index, to}.
    """
    constants = {"grid": grid, "what": what, "empty": empty}
    return component("tiles", ["select", "send"], constants, **options)


def tiles_value(
    models: Sequence[Model], images: Sequence[Tensor], wide: int, labels: Sequence[str]
) -> dict:
    """`images` holds (N, 3, H, W) in [0, 1] for each model; `wide` tiles make a row."""
    panels = [
        {**column, "src": address(sprite(each, wide))}
        for column, each in zip(columns(models), images, strict=True)
    ]
    size = images[0].shape[-1] if images else 0
    return {"columns": wide, "labels": list(labels), "size": size, "panels": panels}


def sprite(images: Tensor, wide: int) -> Tensor:
    """Images (N, 3, H, W) as one picture (3, rows * H, wide * W), missing tiles black."""
    missing = -len(images) % wide
    images = torch.cat([images, images.new_zeros(missing, *images.shape[1:])])
    rows = images.unflatten(0, (-1, wide))  # (rows, wide, 3, H, W)
    return rows.permute(2, 0, 3, 1, 4).flatten(3, 4).flatten(1, 2)
