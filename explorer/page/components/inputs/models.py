"""Which models are compared, and behind an info button what each of them is."""

from collections.abc import Sequence

import gradio as gr

from explorer.engine import Model, titles
from explorer.page.components.common import columns, component


def models_view(**options) -> gr.HTML:
    """Event: input {names: of the models that are to be compared}."""
    return component("models", ["input"], **options)


def models_value(models: Sequence[Model], compared: Sequence[Model], about: Sequence[str]) -> dict:
    """All `models` of a set with what is said `about` each, HTML; those `compared` with their
    colours."""
    colours = {
        model.name: column["colour"]
        for model, column in zip(compared, columns(compared), strict=True)
    }
    return {
        "models": [
            {
                "name": model.name,
                "title": title,
                "colour": colours.get(model.name),
                "about": said,
            }
            for (model, title), said in zip(titles(models).items(), about, strict=True)
        ]
    }
