"""The crop of a picture, set by hand."""

import gradio as gr

from explorer.page import components as ui
from explorer.page.guard.events import Square
from explorer.page.likeness import said
from explorer.pictures.faces import Crop
from explorer.session.state import Session, Unavailable
from explorer.words import say
from training.errors import UserError

BY_HAND = say("The crop was set by hand.")


def crop(session: Session, slot: str, sent: Square) -> None:
    """Another crop of the slot's picture, within reach of it; raises UserError."""
    picture, side = session.slots.get(slot), sent["side"]
    if picture is None:
        raise Unavailable(say("There is no picture to crop: choose one first."))
    width, height = picture.source.size
    far = side > 2 * max(width, height)
    if far or not -side <= sent["x"] <= width or not -side <= sent["y"] <= height:
        raise UserError(say("The crop lies beside the picture: draw it over the picture."))
    picture.cropped(Crop(sent["x"], sent["y"], side, sent["angle"], True, BY_HAND))


def cropped(session: Session, slot: str) -> tuple:
    """What slot and status show of the crop that was set."""
    picture = session.slots.get(slot)
    if picture is None or picture.crop is None:
        return gr.skip(), gr.skip()
    return ui.slot_value(picture), said(session, picture)
