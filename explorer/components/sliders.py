"""A slider and a number box for every attribute, the useful ones first."""

import math
import secrets
from collections.abc import Sequence

import gradio as gr

from explorer.components.common import columns, component
from explorer.engine import Model

LIMIT, STEP, FIRST = 5, 0.1, 10
# What people reach for, before the rest comes in the order of how well it is found.
FAVOURITES = (
    "Smiling",
    "Male",
    "Young",
    "Eyeglasses",
    "Blond_Hair",
    "Bangs",
    "Mouth_Slightly_Open",
    "Heavy_Makeup",
    "Wearing_Hat",
    "No_Beard",
)


def sliders_view(**options) -> gr.HTML:
    """Event: input {amounts: {attribute: standard deviations}}, zeros left out."""
    constants = {"limit": LIMIT, "step": STEP, "first": FIRST}
    return component("sliders", ["input"], constants, **options)


def sliders_value(models: Sequence[Model], amounts: dict[str, float]) -> dict:
    """All sliders and where they stand; `at` makes the page set them even to the same again."""
    attributes = slider_attributes(models)
    return {"at": secrets.token_hex(4), "attributes": attributes, "amounts": amounts}


def slider_attributes(models: Sequence[Model]) -> list[dict]:
    """Every attribute that a model knows, with the held-out AUC of its direction a model."""
    known: dict[str, list[dict]] = {}
    for model, column in zip(models, columns(models), strict=True):
        if model.latents is None:
            continue
        for name, auc in zip(model.latents.names, model.latents.auc.tolist(), strict=True):
            if not math.isnan(auc):  # an attribute that all held-out faces have, or none
                known.setdefault(name, []).append({**column, "value": round(auc, 3)})
    best = {name: max(badge["value"] for badge in badges) for name, badges in known.items()}
    rest = sorted(known, key=best.__getitem__, reverse=True)
    order = dict.fromkeys([*(name for name in FAVOURITES if name in known), *rest])
    return [{"name": name, "label": name.replace("_", " "), "auc": known[name]} for name in order]
