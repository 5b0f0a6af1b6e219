"""The steps of a refinement on a board: what each costs, for all models in step."""

from collections.abc import Sequence

from explorer.engine import Model
from explorer.page.components.common import columns
from explorer.session.refinement import Refinement
from explorer.words import numeral, say

# Figures of a code: name, title, what it means, digits, and the value that means as good as it gets
FIGURES = (
    ("mse", say("Error"), say("MSE of the pixels: falls"), 4, 0.0),
    ("sharpness", say("Sharpness"), say("relative to the original: 1 is best"), 2, 1.0),
    (
        "prior_distance",
        say("Distance from the prior"),
        say("of half of the codes that the prior draws it is below 1"),
        2,
        1.0,
    ),
    (
        "cycle_error",
        say("Relative re-encoding error"),
        say("‖E(G(z)) − z‖², divided by that of unrelated codes: good below 0.1"),
        2,
        0.1,
    ),
)

# Titles of the objectives of a refinement, by their names
OBJECTIVES = {
    "sharp": say("Sharp and in-domain"),
    "in-domain": say("Nearest to the domain"),
    "plain": say("Pixels alone"),
}


def ladder_value(models: Sequence[Model], run: Refinement, row: int) -> dict:
    """{row, steps, chosen, models: titles and colours, figures: [{title, meaning, digits, mark,
    lines: [values of each model at each step]}], traded}; `row`: index of the row that shows the
    step; `traded`: see `_traded`."""
    figures = [
        {
            "title": title,
            "meaning": meaning,
            "digits": digits,
            "mark": mark,
            "lines": run.ladder(models, name),
        }
        for name, title, meaning, digits, mark in FIGURES
    ]
    chosen = run.done if run.chosen is None else run.chosen
    return {
        "row": row,
        "steps": [*run.rungs],
        "chosen": chosen,
        "models": columns(models),
        "figures": [each for each in figures if any(each["lines"])],
        "traded": _traded(models, run.objective),
    }


def _traded(models: Sequence[Model], chosen: str) -> dict | None:
    """What the objectives trade on held-out images: {said, rows: [{title, chosen, cells: error and
    sharpness by each model, None where it was not measured}]}; None where none was."""
    measured = [model.traded for model in models if model.traded]
    if not measured:
        return None
    rows = []
    for name, title in OBJECTIVES.items():
        found = [model.traded.get("figures", {}).get(name) for model in models]
        cells = [
            each and (numeral(f"{each['mse']:.4f}"), numeral(f"{each['sharpness']:.2f}"))
            for each in found
        ]
        rows.append({"title": title, "chosen": name == chosen, "cells": cells})
    said = say(
        "What the objectives trade: error and sharpness after {steps} steps on held-out images",
        steps=measured[0]["steps"],
    )
    return {"said": said, "rows": rows}
