"""A tree of pictures, generation by generation."""

from collections.abc import Sequence
from typing import NamedTuple

import gradio as gr

from explorer.page.components.common import address, component
from explorer.pictures.picture import Picture

THUMB_PX = 56


class Relative(NamedTuple):
    """A picture of the tree, by its parents' ids, with what is said of it; whether it is a parent
    of the children that are shown."""

    picture: Picture
    parents: Sequence[str]
    generation: int
    said: str
    chosen: bool


def lineage_view(what: str, empty: str, **options) -> gr.HTML:
    """Event: choose {id}."""
    return component("lineage", ["choose"], {"what": what, "empty": empty}, **options)


def lineage_value(relatives: Sequence[Relative]) -> list[dict]:
    return [
        {
            "id": each.picture.id,
            "label": each.picture.label,
            "src": address(each.picture.pixels(THUMB_PX)),
            "parents": list(each.parents),
            "generation": each.generation,
            "said": each.said,
            "chosen": each.chosen,
        }
        for each in relatives
    ]
