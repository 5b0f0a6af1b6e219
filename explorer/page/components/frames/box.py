"""A picture with a box that is drawn over it, by pointer or keys."""

from collections.abc import Sequence

import gradio as gr

from explorer.page.components.common import address, component
from explorer.pictures.picture import Picture

STAGE_PX = 320


def box_view(to: str, **options) -> gr.HTML:
    """Asks the component `to` for the box [left, top, width, height], in shares of the side, while
    it is drawn. Event: place, when the last one is answered."""
    return component("box", ["place"], {"to": to}, **options)


def box_value(picture: Picture, box: Sequence[float], shown: bool) -> dict:
    """The picture as models see it; the box may be drawn where it is `shown`."""
    return {"src": address(picture.pixels(STAGE_PX), "jpeg"), "box": [*box], "shown": shown}
