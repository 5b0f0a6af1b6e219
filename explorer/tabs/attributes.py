"""Attributes: push a picture's code along directions that stand for something people can name."""

import gradio as gr
import torch

from explorer.actions import changed
from explorer.components import (
    LIVE,
    QUIET,
    board_row,
    board_value,
    board_view,
    sliders_value,
    sliders_view,
    slot_value,
    slot_view,
)
from explorer.engine import Model
from explorer.session import EDIT, Grid, Session
from explorer.tabs.base import Tab

NAME = "attributes"
FIRST_EXAMPLE = 1


def build(session: gr.State) -> Tab:
    with gr.Tab("Attributes", id=NAME) as tab, gr.Row(elem_classes="split"):
        with gr.Column(scale=3, min_width=300):
            with gr.Group(elem_classes="compact"):
                slot = slot_view(NAME, "Picture to change", random=True)
            sliders = sliders_view()
        with gr.Column(scale=4, min_width=320, elem_classes="first-on-phone"):
            board = board_view("Changed pictures", "Put a picture into the slot.")
    outputs = [board, sliders]
    tab.select(fill, session, slot, **QUIET)
    slot.changed(placed, session, outputs, **LIVE)
    sliders.input(moved, session, board, **{**LIVE, "queue": False})
    return Tab(NAME, tab, show, [], outputs, {NAME: slot}, [board])


def fill(session: Session):
    """The first drawn face, so that there is something to change."""
    if NAME in session.slots:
        return gr.skip()
    session.put(NAME, session.examples()[FIRST_EXAMPLE])
    return slot_value(session.slots[NAME])


def show(session: Session) -> tuple:
    """After another choice of models: their pictures, and sliders with their figures."""
    return edit(session), sliders_value(session.models, session.amounts)


def placed(session: Session) -> tuple:
    """Another picture in the slot keeps the changes, but one that carries changes starts anew."""
    picture = session.slots.get(NAME)
    if picture is not None and picture.origin == EDIT:
        session.amounts = {}
    return show(session)


def moved(session: Session, event: gr.EventData) -> dict | None:
    session.amounts = {name: float(value) for name, value in event._data["amounts"].items()}
    return edit(session)


def edit(session: Session) -> dict | None:
    """Every model's picture before and after the changes in `session.amounts`."""
    picture = session.slots.get(NAME)
    if picture is None:
        return None
    codes, images = {}, []
    for model in session.models:
        code = session.codes([picture], model)  # (1, n)
        pushed = changed(model, code, known(model, session.amounts))
        codes[model.name] = torch.cat([pushed, code])
        images.append(model.decode(codes[model.name]))  # (2, 3, H, W)
    said = ", ".join(f"{n.replace('_', ' ')} {v:+g}" for n, v in session.amounts.items())
    session.grids[NAME] = Grid(EDIT, [said or picture.label, picture.label], codes)
    rows = [
        board_row("Changed", 0, [each[0] for each in images], note=said or "move a slider"),
        board_row("Before", 1, [each[1] for each in images], note="the code as it is"),
    ]
    return board_value(NAME, session.models, rows)


def known(model: Model, amounts: dict[str, float]) -> dict[str, float]:
    """The changes that a model has a direction for."""
    names = model.latents.names if model.latents else ()
    return {name: amount for name, amount in amounts.items() if name in names}
