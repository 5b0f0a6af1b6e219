"""Attributes: push a picture's code along directions that stand for something people can name."""

import gradio as gr
import torch

from explorer.actions import attributes, changed
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
    words,
)
from explorer.session import EDIT, Grid, Session
from explorer.tabs.base import Tab
from training.attributes import DEFAULT, METHODS

NAME = "attributes"
FIRST_EXAMPLE = 1


def build(session: gr.State) -> Tab:
    with gr.Tab("Attributes", id=NAME) as tab, gr.Row(elem_classes="split"):
        with gr.Column(scale=1, min_width=300):
            with gr.Group(elem_classes="compact"):
                slot = slot_view(NAME, "Picture to change", random=True)
            method = gr.Radio(
                [(each.title, name) for name, each in METHODS.items()],
                value=DEFAULT,
                label="Directions by",
            )
            sliders = sliders_view()
        with gr.Column(scale=1, min_width=320, elem_classes="first-on-phone"):
            board = board_view("Changed pictures", "Put a picture into the slot.")
    outputs = [board, sliders]
    tab.select(fill, session, slot, **QUIET)
    slot.changed(placed, [session, method], outputs, **LIVE)
    method.change(show, [session, method], outputs, **LIVE)
    sliders.input(moved, [session, method], board, **{**LIVE, "queue": False})
    return Tab(
        NAME, tab, show, [method], outputs, {NAME: slot}, [board], controls={"method": method}
    )


def fill(session: Session):
    """The first drawn face, so that there is something to change."""
    if NAME in session.slots:
        return gr.skip()
    session.put(NAME, session.examples()[FIRST_EXAMPLE])
    return slot_value(session.slots[NAME])


def show(session: Session, method: str) -> tuple:
    """After another choice of models or method: pictures, and sliders with their figures."""
    sliders = sliders_value(session.models, method, session.amounts, session.held)
    return edit(session, method), sliders


def placed(session: Session, method: str) -> tuple:
    """Another picture in the slot keeps the changes, but one that carries changes starts anew."""
    picture = session.slots.get(NAME)
    if picture is not None and picture.origin == EDIT:
        session.amounts = {}
    return show(session, method)


def moved(session: Session, method: str, event: gr.EventData) -> dict | None:
    session.amounts = {name: float(value) for name, value in event._data["amounts"].items()}
    session.held = [str(name) for name in event._data["held"]]
    return edit(session, method)


def edit(session: Session, method: str) -> dict | None:
    """Every model's picture before and after the changes in `session.amounts`, with what is in
    `session.held` still."""
    picture = session.slots.get(NAME)
    if picture is None:
        return None
    codes, images = {}, []
    for model in session.models:
        code = session.codes([picture], model)  # (1, n)
        known = attributes(model, method)  # the rest concerns other models
        amounts = {name: amount for name, amount in session.amounts.items() if name in known}
        held = [name for name in session.held if name in known]
        pushed = changed(model, code, amounts, method, held)
        codes[model.name] = torch.cat([pushed, code])
        images.append(model.decode(codes[model.name]))  # (2, 3, H, W)
    said = ", ".join(f"{words(name)} {amount:+g}" for name, amount in session.amounts.items())
    session.grids[NAME] = Grid(EDIT, [said or picture.label, picture.label], codes)
    note = said or "move a slider"
    if session.held:
        note += f"; held: {', '.join(map(words, session.held))}"
    if unable := [model.title for model in session.models if not attributes(model, method)]:
        note += f"; without directions: {', '.join(unable)}"
    rows = [
        board_row("Changed", 0, [each[0] for each in images], note=note),
        board_row("Before", 1, [each[1] for each in images], note="the code as it is"),
    ]
    return board_value(NAME, session.models, rows)
