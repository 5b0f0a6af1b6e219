"""Directions that were found without labels, each with what it does to a picture."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import gradio as gr
from torch import Tensor

from explorer.engine import Model
from explorer.page.components.common import address, columns, component
from explorer.verbs.discover import Aligned
from explorer.verbs.teach import AT
from explorer.words import numeral, say


class Along(NamedTuple):
    """A model's directions in the order of the first model's; by the places that have a fair match
    a picture along each, images (3, 3, H, W); and the consistency of random directions."""

    images: Mapping[int, Tensor]
    line: Aligned
    of_random: float


def found_view() -> gr.HTML:
    """Event: keep {at: which, name}."""
    return component("found", ["keep"])


def found_value(
    models: Sequence[Model],
    names: Sequence[str],
    kept: Sequence[bool],
    along: Mapping[Model, Along],
    own: Sequence[str],
    said: str = "",
) -> dict:
    """For each of K `names` what the models do that have directions, the first of `along` as it
    is, the others as far as they have a match; `kept`: which are sliders; `own`: what each place in
    a model's own order is called."""
    titled = dict(zip(models, columns(models), strict=True))
    first = next(iter(along), None)
    rows = [
        {
            "name": name,
            "kept": kept[at],
            "models": [
                titled[m] | _cell(each, at, titled[m]["title"], own if m is not first else None)
                for m, each in along.items()
            ],
        }
        for at, name in enumerate(names)
    ]
    return {"said": said, "rows": rows}


def _cell(each: Along, at: int, title: str, own: Sequence[str] | None) -> dict:
    """One direction of a model, with how well it matches where it is named by its `own` order."""
    matches = each.line.matches
    likeness, place = matches.likeness[at].item(), matches.at[at].item()
    figures = {
        "likeness": numeral(f"{abs(likeness):.2f}"),
        "chance": numeral(f"{matches.chance[at]:.2f}"),
    }
    if not matches.fair[at]:
        return {
            "why": say(
                "No direction of {model} does the same: the nearest is alike by {likeness}, random "
                "ones by up to {chance}. This slider does not move it.",
                model=title,
                **figures,
            )
        }
    match = ""
    if own is not None:
        name = say("{direction}, reversed", direction=own[place]) if likeness < 0 else own[place]
        match = say("its {direction}: alike by {likeness} ({chance})", direction=name, **figures)
    return {
        "images": [address(image) for image in each.images[at]],
        "labels": [f"{at:+g}".replace("-", "−") if at else "0" for at in AT],
        "consistency": each.line.consistency[at].item(),
        "random": each.of_random,
        "match": match,
    }
