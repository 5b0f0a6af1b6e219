"""A picture with a region: a box that is drawn over it, by pointer or keys, or what is painted."""

from collections.abc import Sequence

import gradio as gr

from explorer.page.components.common import address, component
from explorer.pictures.mask import SIDE, bits_of
from explorer.pictures.picture import Picture

STAGE_PX = 320


def region_view(to: str, **options) -> gr.HTML:
    """Asks the component `to` for the box [left, top, width, height], in shares of the side, while
    it is drawn, and for the bits of a mask after each stroke. Events: place, when the last one is
    answered; refused, when it is of no use."""
    return component("region", ["place", "refused"], {"to": to, "side": SIDE}, **options)


def region_value(picture: Picture, box: Sequence[float], mask: Picture | None, shown: bool) -> dict:
    """The picture as models see it; the region may be drawn where it is `shown`. The box counts
    where there is no mask."""
    src = address(picture.pixels(STAGE_PX), "jpeg")
    return {"src": src, "box": [*box], "mask": bits_of(mask), "shown": shown}
