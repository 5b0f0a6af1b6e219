"""Which models are compared, and behind an info button what each of them is."""

from collections.abc import Sequence

import gradio as gr

from explorer.catalogue import titles
from explorer.engine import Model
from explorer.page.components.common import columns, component


def models_view(**options) -> gr.HTML:
    """Event: input {name of a model, on: whether it is to be compared}."""
    return component("models", ["input"], **options)


def models_value(models: Sequence[Model], compared: Sequence[Model], about: Sequence[str]) -> dict:
    """All `models` of a set, with HTML `about` each; those `compared` have their colours."""
    colours = {m: each["colour"] for m, each in zip(compared, columns(compared), strict=True)}
    called = titles(models)
    known = [
        {"name": m.name, "title": called[m], "colour": colours.get(m), "about": said}
        for m, said in zip(models, about, strict=True)
    ]
    return {"models": known}
