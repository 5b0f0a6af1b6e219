"""A place for one picture. By hand: `gr.Image` takes dropped files, but no tile with its code."""

import gradio as gr

from explorer.page.components.common import address, component
from explorer.pictures.picture import Picture

SLOT_PX = 192


def slot_view(name: str, what: str, random: bool = False, **options) -> gr.HTML:
    """Event: pick {slot, and one of path + name, id, grid + index, random, clear}."""
    constants = {"name": name, "what": what, "random": random}
    return component("slot", ["pick"], constants, **options)


def slot_value(picture: Picture | None, problem: str = "") -> dict:
    """What a slot shows, with what was wrong with another picture."""
    if picture is None:
        return {"problem": problem, "src": "", "label": "", "saved": None}
    shown = address(picture.pixels(SLOT_PX))
    saved = picture.id if picture.saved else None
    return {"problem": problem, "src": shown, "label": picture.label, "saved": saved}
