"""A slider, a number box and a lock for every attribute; those people reach for come first."""

from collections.abc import Collection, Sequence

import gradio as gr

from explorer.engine import Model
from explorer.page.components.common import columns, component, words
from explorer.verbs.edit import attributes
from explorer.words import say

LIMIT, STEP, FIRST = 5, 0.1, 10
ALIKE = 3  # other attributes that are named with each
EMPTY = say("None of the selected models has attribute directions.")
# What people reach for, before the rest comes in the order of how well it is found.
FAVOURITES = (
    *("Smiling", "Male", "Young", "Eyeglasses", "Blond_Hair", "Bangs", "Mouth_Slightly_Open"),
    *("Heavy_Makeup", "Wearing_Hat", "No_Beard"),
)


def sliders_view(to: str, **options) -> gr.HTML:
    """Asks the component `to` for changes {amounts: {attribute: standard deviations, not 0}, held:
    [attribute]}."""
    constants = {"limit": LIMIT, "step": STEP, "first": FIRST, "empty": EMPTY, "to": to}
    return component("sliders", constants=constants, **options)


def sliders_value(
    models: Sequence[Model], method: str, amounts: dict[str, float], held: Collection[str]
) -> dict:
    """A slider for every attribute that a model knows, with the figures of each model's direction,
    and where they stand."""
    known: dict[str, list[dict]] = {}
    for model, column in zip(models, columns(models), strict=True):
        for name, figures in _figures(model, method).items():
            known.setdefault(name, []).append(column | figures)
    best = {name: max(each["auc"] for each in figures) for name, figures in known.items()}
    rest = sorted(known, key=best.__getitem__, reverse=True)
    order = dict.fromkeys([*(name for name in FAVOURITES if name in known), *rest])
    sliders = [{"name": name, "label": words(name), "figures": known[name]} for name in order]
    return {"attributes": sliders, "amounts": amounts, "held": [*held]}


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
