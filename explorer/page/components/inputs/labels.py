"""Switches for the labels that codes end in, and a choice of the class."""

from collections.abc import Mapping, Sequence

import gradio as gr

from explorer.engine import Model
from explorer.page.components.common import columns, component
from explorer.verbs.common.labels import label_names, words
from explorer.words import say

KEPT, EVERY = "", "*"
KEEPING = say("as it is")


def labels_view(to: str, **options) -> gr.HTML:
    """Asks the component `to` for labels {labels: {name: bool}, every: bool}.

    Shows nothing where no model has labels.
    """
    return component("labels", constants={"to": to}, **options)


def labels_value(
    models: Sequence[Model],
    labels: Mapping[str, bool],
    every_class: bool | None = None,
    kept: str = KEEPING,
) -> dict:
    """A group of choices for each label that models can switch, and one for the class; that of
    every class at once is offered unless `every_class` is None."""
    coloured = list(zip(models, columns(models), strict=True))
    groups = []
    for name in _names(models, exclusive=False):
        group = {
            "name": name,
            "title": words(name),
            "models": [c for m, c in coloured if name in label_names(m, exclusive=False)],
            "choices": [[KEPT, kept], ["on", say("on")], ["off", say("off")]],
            "chosen": {True: "on", False: "off", None: KEPT}[labels.get(name)],
        }
        groups.append(group)
    if classes := _names(models, exclusive=True):
        each = [[EVERY, say("every class")]] if every_class is not None else []
        chosen = next((name for name in classes if labels.get(name)), KEPT)
        group = {
            "name": "",
            "title": say("Class"),
            "models": [c for m, c in coloured if label_names(m, exclusive=True)],
            "choices": [[KEPT, kept], *each, *([name, name] for name in classes)],
            "chosen": EVERY if every_class else chosen,
        }
        groups.append(group)
    return {"groups": groups}


def _names(models: Sequence[Model], exclusive: bool) -> list[str]:
    return [*dict.fromkeys(name for model in models for name in label_names(model, exclusive))]
