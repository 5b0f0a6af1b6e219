"""A slider, a number box and a lock for every attribute; those people reach for come first."""

from collections.abc import Callable, Collection, Mapping, Sequence

import gradio as gr
import torch
from torch import Tensor

from explorer.engine import Model
from explorer.page.components.common import columns, component
from explorer.verbs.common.attributes import Attribute, own_directions
from explorer.verbs.common.labels import words
from explorer.verbs.edit import attributes, measured
from explorer.verbs.teach import AT, alike
from explorer.words import say

LIMIT, STEP, FIRST = 5, 0.1, 10
LOOKS = [*AT]  # where the focused slider shows what it does
ALIKE = 3  # other attributes that are named with each
EMPTY = say("None of the selected models has attribute directions.")
# What people reach for, before the rest comes in the order of how well it is found.
FAVOURITES = (
    *("Smiling", "Male", "Young", "Eyeglasses", "Blond_Hair", "Bangs", "Mouth_Slightly_Open"),
    *("Heavy_Makeup", "Wearing_Hat", "No_Beard"),
)


def sliders_view(to: str, peek: Callable, **options) -> gr.HTML:
    """Asks the component `to` for changes {amounts: {attribute: standard deviations, not 0}, held:
    [attribute]}; `peek` gives {images: of each model, one for each of several} {changes}."""
    constants = {"limit": LIMIT, "step": STEP, "first": FIRST, "empty": EMPTY, "to": to}
    return component("sliders", constants=constants | {"looks": LOOKS}, servers=[peek], **options)


def sliders_value(
    models: Sequence[Model],
    method: str,
    amounts: dict[str, float],
    held: Collection[str],
    own: Sequence[Attribute] = (),
    codes: Mapping[Model, Tensor] | None = None,
) -> dict:
    """A slider for every attribute that a model knows, and before these for every one of the
    visitor's `own`, with the figures of each model's direction, the value that a picture with these
    `codes` has on it, the models that lack it, and where they stand."""
    known: dict[str, list[dict]] = {each.name: [] for each in own}
    every, mine = columns(models), {each.name for each in own}
    for model, column in zip(models, every, strict=True):
        figures = _own_figures(model, method, own) | _figures(model, method)
        values = {}
        if codes and model in codes:
            values = measured(model, codes[model], method, own_directions(model, method, [*own]))
        for name, each in figures.items():
            value = {"value": round(values[name], 2)} if name in values else {}
            known.setdefault(name, []).append(column | each | value)
    known = {name: figures for name, figures in known.items() if figures}
    best = {name: max(each.get("auc", 0) for each in known[name]) for name in known}
    rest = sorted(known, key=best.__getitem__, reverse=True)
    first = [each.name for each in own] + [*FAVOURITES]
    order = dict.fromkeys([*(name for name in first if name in known), *rest])

    def lacking(name: str) -> list[dict]:
        having = {each["title"] for each in known[name]}
        return [each for each in every if each["title"] not in having] if name in mine else []

    sliders = [
        {"name": name, "label": words(name), "figures": known[name], "lacking": lacking(name)}
        for name in order
    ]
    return {"attributes": sliders, "amounts": amounts, "held": [*held]}


def _own_figures(model: Model, method: str, own: Sequence[Attribute]) -> dict[str, dict]:
    """For each of the visitor's attributes that the model knows the figures of its direction, and
    the model's attributes that are most like it."""
    directions = {each.name: each.of(model, method) for each in own}
    return {
        name: each.model_dump(exclude_none=True, exclude={"vector", "cohens_d", "random_d"})
        | ({} if each.auc is None else {"d": each.cohens_d, "random": each.random_d})
        | {"alike": _near(model, method, torch.tensor(each.vector))}
        for name, each in directions.items()
        if each
    }


def _near(model: Model, method: str, vector: Tensor) -> list[list]:
    cosines = [*alike(model, vector, method).items()][:ALIKE]
    return [[words(name), round(cosine, 2)] for name, cosine in cosines]


def _figures(model: Model, method: str) -> dict[str, dict]:
    """For each attribute its held-out AUC, Cohen's d beside that of random directions, and the
    attributes whose directions are most like its own, or most opposite, with the cosines."""
    rows = attributes(model, method)
    if not rows:
        return {}
    found = model.latents.directions[method]
    names, kept = [*rows], [*rows.values()]
    cosines = found.correlations[kept][:, kept].fill_diagonal_(0)
    alike = cosines.abs().topk(min(ALIKE, len(rows) - 1)).indices.tolist()
    return {
        name: {
            "auc": round(found.auc[row].item(), 3),
            "d": round(found.cohens_d[row].item(), 2),
            "random": round(found.random_d[row].item(), 2),
            "alike": [[words(names[k]), round(cosines[at, k].item(), 2)] for k in alike[at]],
        }
        for at, (name, row) in enumerate(rows.items())
    }
