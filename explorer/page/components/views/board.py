"""A table of few, large pictures with figures: rows are things, columns are models."""

import math
from collections.abc import Mapping, Sequence

import gradio as gr
from torch import Tensor

from explorer.engine import Model
from explorer.page.components.common import columns, component, packed, shown
from explorer.page.components.wire import Live
from explorer.verbs.common.labels import read_labels, words
from explorer.verbs.common.options import Reason
from explorer.verbs.common.stages import Stage, unrelated
from explorer.verbs.edit import attributes
from explorer.words import numeral, say
from training.measure.figures import FIGURES

# Of a re-encoding error
CLOSENESS = ((0.1, say("good")), (0.5, say("fair")), (math.inf, say("poor")))
Stat = tuple[str, ...]  # name, value, meaning, and perhaps more on the value


def board_view(grid: str, empty: str, live: Live | None = None, **options) -> gr.HTML:
    """`grid` names the session's grid behind the rows. Events: send {grid, index, to};
    stop; resume."""
    constants = {"grid": grid, "empty": empty}
    return component("board", ["send", "stop", "resume"], constants, live, **options)


def board_row(
    title: str,
    index: int,
    images: Sequence[Tensor | Reason],
    stats: Sequence[Sequence[Stat]] = (),
    note: str = "",
    said: Sequence[str] = (),
    progress: float | None = None,
    stopped: str = "",
) -> dict:
    """One thing in every column: images (3, H, W) in [0, 1], or why there is none, with figures
    where there are any. `said` are words for each: one that has some is greyed. While a
    row is worked on, `progress` is the share that is done, and the row can be stopped; one that is
    said to be `stopped` can go on."""
    figures = [list(map(list, each)) for each in stats] or [[] for _ in images]
    words = said or [""] * len(images)
    cards = [
        {"said": why, **shown(image), "stats": each}
        for image, each, why in zip(images, figures, words, strict=True)
    ]
    row = {"title": title, "note": note or stopped, "index": index}
    return {**row, "progress": progress, "stopped": bool(stopped), "cards": cards}


def board_value(
    models: Sequence[Model],
    rows: Sequence[dict],
    original: bool = False,
    live: dict | None = None,
) -> dict:
    """`original` adds a first column for it; `live`, of `edited_live`, is for a first row that
    follows sliders in the browser."""
    first = [{"title": say("Original"), "colour": ""}] if original else []
    shown = {"columns": first + columns(models), "rows": list(rows), "live": live}
    return shown | {"original": original}


def edited_live(
    before: Mapping[Model, Tensor], method: str, own: Mapping[Model, Mapping[str, Tensor]]
) -> dict:
    """What the browser needs to move codes (1, n) along attribute directions, `own` ones besides
    those that it has of the models that have some."""
    codes = [
        [
            *(model.name, packed(code)),
            {name: packed(each) for name, each in own[model].items()},
            bool(attributes(model, method)),
        ]
        for model, code in before.items()
    ]
    return {"method": method, "codes": codes}


def stage_stats(model: Model, found: Stage) -> list[Stat]:
    """Figures of a reconstruction, and the labels that its code ends in, if any."""
    figures = {**found.figures}
    error, distance = figures.pop("cycle_error", None), figures.pop("prior_distance")
    known = [(FIGURES[name], value) for name, value in figures.items()]
    rows = [(say(f.title), numeral(f.text(value)), say(f.words)) for f, value in known]
    if error is not None:
        share = error / unrelated(model)
        word = next(word for limit, word in CLOSENESS if share < limit)
        meaning = say("{meaning}; good below 0.1", meaning=say(FIGURES["code_cycle"].words))
        value = say("{share} {word}", share=numeral(f"{share:.2f}"), word=word)
        more = say("not divided it is {error}", error=numeral(f"{error:.3g}"))
        rows.append((say("Relative re-encoding error"), value, meaning, more))
    meaning = say(
        "How far the code is from those that the prior draws: 1 is the median of prior samples"
    )
    rows.append((say("Prior distance"), numeral(f"{distance:.2f}"), meaning))
    if not model.encodes:
        meaning = say("Descent from several prior samples, the best kept")
        rows.append((say("Found by"), say("recovery"), meaning))
    return rows + label_stats(model, found.z)


def label_stats(model: Model, code: Tensor) -> list[Stat]:
    """The labels that a code (1, n) ends in, if any, as a figure of the board."""
    held = read_labels(model, code)
    if held is None:
        return []
    value = say("{names}", names=[*map(words, held)]) if held else say("none")
    return [(say("Labels"), value, say("The labels at the end of the code"))]
