"""Thumbnails of pictures at hand, to click or to drag."""

from collections.abc import Sequence

import gradio as gr

from explorer.page.components.common import address, component
from explorer.pictures.picture import Picture

THUMB_PX = 96


def shelf_view(what: str, empty: str, removable: bool = False, **options) -> gr.HTML:
    """Events: use {id}, mark {id}, remove {id or None for all}, keep {a dropped picture}."""
    constants = {"what": what, "empty": empty, "removable": removable}
    return component("shelf", ["use", "remove", "mark", "keep"], constants, **options)


def shelf_value(pictures: Sequence[Picture]) -> list[dict]:
    return [
        {"id": each.id, "label": each.label, "src": address(each.pixels(THUMB_PX))}
        | {"marked": each.marked}
        for each in pictures
    ]
