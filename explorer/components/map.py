"""Maps of encoded faces, one a model: hover to see a face, click to choose it."""

from base64 import b64encode
from collections.abc import Callable, Sequence

import gradio as gr
import numpy as np
from torch import Tensor

from explorer.components.assets import plotly_path
from explorer.components.common import columns, component
from explorer.engine import Model


def map_view(what: str, empty: str, preview_face: Callable[[dict], dict], **options) -> gr.HTML:
    """`preview_face`, under that name, gives {label, images} for {index, models}.

    Event: select {index}.
    """
    constants = {"what": what, "empty": empty}
    return component("map", ["select"], constants, server_functions=[preview_face], **options)


def map_value(
    models: Sequence[Model],
    colour: str,
    own: Sequence[dict] = (),
    placed: Sequence[Tensor] | None = None,
) -> dict:
    """`own` pictures {label, src} lie at `placed`, (M, 2) a model; all models have a map."""
    placed = placed or [model.latents.map[:0] for model in models]
    panels = [
        {**column, **_points(model.latents.map), "own": _points(places)}
        for column, model, places in zip(columns(models), models, placed, strict=True)
    ]
    labels = models[0].latents if models else None
    return {
        "plotly": plotly_path(),
        "models": [model.name for model in models],
        "colour": colour,
        "panels": panels,
        "own": list(own),
        "labels": {} if labels is None else _packed(labels.names, labels.labels),
    }


def _points(places: Tensor) -> dict:
    x, y = np.round(places.numpy().astype(float), 3).T.tolist()
    return {"x": x, "y": y}


def _packed(names: Sequence[str], labels: Tensor) -> dict[str, str]:
    """A bit a point: all attributes of all points weigh 20 kB rather than 1 MB."""
    bits = np.packbits(labels.numpy().T, axis=1)  # (A, bytes)
    return {name: b64encode(row.tobytes()).decode() for name, row in zip(names, bits, strict=True)}
