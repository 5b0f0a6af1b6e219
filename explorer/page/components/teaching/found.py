"""Directions that were found without labels, each with what it does to a picture."""

from collections.abc import Mapping, Sequence

import gradio as gr
from torch import Tensor

from explorer.engine import Model
from explorer.page.components.common import address, columns, component
from explorer.verbs.teach import AT


def found_view() -> gr.HTML:
    """Event: keep {at: which, name}."""
    return component("found", ["keep"])


def found_value(
    models: Sequence[Model],
    names: Sequence[str],
    kept: Sequence[bool],
    images: Mapping[Model, Tensor],
    consistency: Mapping[Model, Sequence[float]],
    of_random: Mapping[Model, float],
    said: str = "",
) -> dict:
    """For each of K `names`: `images` (K, 3, 3, H, W) of the models that have directions, with
    their `consistency` (K,) beside that `of_random` directions; `kept`: which are sliders."""
    titled = [(m, column) for m, column in zip(models, columns(models), strict=True) if m in images]
    labels = [f"{at:+g}" for at in AT]
    rows = [
        {
            "name": name,
            "kept": kept[at],
            "models": [
                column
                | {
                    "images": [address(image) for image in images[model][at]],
                    "labels": labels,
                    "consistency": consistency[model][at],
                    "random": of_random[model],
                }
                for model, column in titled
            ],
        }
        for at, name in enumerate(names)
    ]
    return {"said": said, "rows": rows}
