"""A place for one picture. By hand: `gr.Image` takes dropped files, but no tile with its code."""

import secrets

import gradio as gr

from explorer.page.components.common import address, component
from explorer.pictures.picture import Picture

SLOT_PX = 192


def slot_view(name: str, what: str, random: bool = False, **options) -> gr.HTML:
    """Events: pick {slot, and one of path + name, id, grid + index, random, clear}; changed."""
    constants = {"name": name, "what": what, "random": random}
    return component("slot", ["pick", "changed"], constants, **options)


def slot_value(picture: Picture | None, problem: str = "", quiet: bool = False) -> dict:
    """What a slot shows; `quiet` where the page need not react as to another picture.

    `at` makes every value a new one, so that a second bad upload speaks again.
    """
    shown = {"at": secrets.token_hex(4), "problem": problem, "quiet": quiet}
    if picture is None:
        return {**shown, "src": "", "label": ""}
    return {**shown, "src": address(picture.pixels(SLOT_PX)), "label": picture.label}
