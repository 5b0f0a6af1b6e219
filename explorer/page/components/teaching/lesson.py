"""What was learned from pictures, what is projected out of it, and the attributes that are kept."""

from collections.abc import Callable, Mapping, Sequence

import gradio as gr

from explorer.engine import Model
from explorer.page.components.common import columns, component
from explorer.verbs.common.attributes import Attribute
from explorer.verbs.common.labels import words
from training.codes.directions import METHODS
from training.codes.teaching import Lesson

SHOWN = 12  # attributes to tick, besides those that are ticked


def lesson_view(exported: Callable) -> gr.HTML:
    """Events: apart {name, on: whether it is projected out}; remove {gone: name}. `exported` gives
    {content} for {key, name}."""
    return component("lesson", ["apart", "remove"], servers=[exported])


def lesson_value(
    models: Sequence[Model],
    lessons: Mapping[Model, Mapping[str, Lesson] | str],
    alike: Mapping[Model, Mapping[str, float]],
    apart: Sequence[str],
    kept: Sequence[Attribute],
    said: str = "",
) -> dict:
    """`lessons` by method, or why a model learns nothing; `alike` are the cosines with known
    attributes, of which those `apart` are ticked."""
    shown = [
        column | (_why(lessons[m]) if isinstance(lessons[m], str) else _rows(lessons[m]))
        for m, column in zip(models, columns(models), strict=True)
        if m in lessons
    ]
    names = dict.fromkeys(name for cosines in alike.values() for name in cosines)
    near = sorted(names, key=lambda name: -max(abs(c.get(name, 0)) for c in alike.values()))
    ticks = [
        {
            "name": name,
            "label": words(name),
            "on": name in apart,
            "cosines": [round(alike[m][name], 2) if name in alike[m] else None for m in alike],
        }
        for name in [*apart, *(name for name in near[:SHOWN] if name not in apart)]
    ]
    return {"said": said, "models": shown, "apart": ticks, "kept": kept_value(models, kept)}


def kept_value(models: Sequence[Model], kept: Sequence[Attribute]) -> list[dict]:
    """Attributes with the models under comparison that have a direction for each."""
    titled = list(zip(models, columns(models), strict=True))
    return [
        {
            "name": each.name,
            "models": [
                column["title"]
                for m, column in titled
                if m.weights in each.models and each.models[m.weights].directions
            ],
        }
        for each in kept
    ]


def _why(said: str) -> dict:
    return {"said": said, "rows": []}


def _rows(lessons: Mapping[str, Lesson]) -> dict:
    rows = [
        [METHODS[method].title, each.auc, each.low, each.high, each.cohens_d, each.random_d]
        for method, each in lessons.items()
    ]
    return {"said": "", "rows": rows}
