"""Switches for the labels that codes end in, and a choice of the class."""

from collections.abc import Mapping, Sequence

import gradio as gr

from explorer.engine import Model
from explorer.page.components.common import columns, component, words
from explorer.verbs.labels import label_names

KEPT, EVERY = "", "*"


def labels_view(**options) -> gr.HTML:
    """Event: input {labels: {name: bool}, every: bool}; shows nothing where no model has labels."""
    return component("labels", ["input"], **options)


def labels_value(
    models: Sequence[Model],
    labels: Mapping[str, bool],
    every_class: bool | None = None,
    kept: str = "as it is",
) -> dict:
    """A group of choices for each label that models can switch, and one for the class; that of
    every class at once is offered unless `every_class` is None."""
    switches = _owners(models, exclusive=False)
    groups = [
        {
            "name": name,
            "title": words(name),
            "models": owners,
            "choices": [[KEPT, kept], ["on", "on"], ["off", "off"]],
            "chosen": {True: "on", False: "off", None: KEPT}[labels.get(name)],
        }
        for name, owners in switches.items()
    ]
    classes = _owners(models, exclusive=True)
    if classes:
        each = [[EVERY, "every class"]] if every_class is not None else []
        chosen = next((name for name in classes if labels.get(name)), KEPT)
        groups.append(
            {
                "name": "",
                "title": "Class",
                "models": list({c["title"]: c for own in classes.values() for c in own}.values()),
                "choices": [[KEPT, kept], *each, *([name, name] for name in classes)],
                "chosen": EVERY if every_class else chosen,
            }
        )
    return {"groups": groups}


def _owners(models: Sequence[Model], exclusive: bool) -> dict[str, list[dict]]:
    """Titles and colours of the models that have each label."""
    owners: dict[str, list[dict]] = {}
    for model, column in zip(models, columns(models), strict=True):
        for name in label_names(model, exclusive):
            owners.setdefault(name, []).append(column)
    return owners
