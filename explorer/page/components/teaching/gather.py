"""Many pictures of one kind, from uploads, the shelf, or a group of the map."""

from collections.abc import Mapping, Sequence

import gradio as gr

from explorer.page.components.common import component
from explorer.page.components.views.shelf import shelf_value
from explorer.pictures.picture import Picture


def gather_view(side: str, what: str, **options) -> gr.HTML:
    """Event: collect {side, and one of files, id, grid + index, gone (id, None for all), group}."""
    return component("gather", ["collect"], {"side": side, "what": what}, **options)


def gather_value(
    pictures: Sequence[Picture], groups: Mapping[str, int], group: str, problem: str = ""
) -> dict:
    """`groups` of the map that can be chosen, with how many pictures each has."""
    listed = [[name, count] for name, count in groups.items()]
    shown = shelf_value(pictures)
    return {"pictures": shown, "groups": listed, "group": group, "problem": problem}
