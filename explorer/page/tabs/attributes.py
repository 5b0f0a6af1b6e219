"""Attributes: push a picture's code along directions that stand for something people can name."""

import gradio as gr
import torch

from explorer.engine import Model
from explorer.page.components import (
    LIVE,
    LONG,
    QUIET,
    board_row,
    board_value,
    board_view,
    labels_value,
    labels_view,
    sliders_value,
    sliders_view,
    slot_value,
    slot_view,
    words,
)
from explorer.page.tab import Tab
from explorer.pictures.picture import EDIT, Picture
from explorer.session.state import Session
from explorer.verbs import edit as edit_codes
from explorer.verbs.edit import Edit, attributes, without_directions
from explorer.verbs.grids import Grid
from explorer.verbs.labels import read_labels, unconcerned
from training.codes.directions import DEFAULT, METHODS

NAME = "attributes"
FIRST_EXAMPLE = 3  # a face that does not smile yet


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
            labels = labels_view()
            sliders = sliders_view()
        with gr.Column(scale=1, min_width=320, elem_classes="first-on-phone"):
            board = board_view("Changed pictures", "Put a picture into the slot.")
    outputs = [board, sliders, labels]
    tab.select(fill, session, slot, **QUIET)
    slot.changed(placed, [session, method], outputs, **LIVE).then(
        complete, [session, method], board, **LONG
    )
    method.change(show, [session, method], outputs, **LIVE)
    sliders.input(moved, [session, method], board, **{**LIVE, "queue": False})
    labels.input(switch, [session, method], board, **LIVE)
    return Tab(
        NAME,
        tab,
        show,
        [method],
        outputs,
        {NAME: slot},
        [board],
        after=(complete, [method], board),
        controls={"method": method},
    )


def fill(session: Session):
    """An example, so that there is something to change."""
    if NAME in session.slots:
        return gr.skip()
    session.put(NAME, session.examples()[FIRST_EXAMPLE])
    return slot_value(session.slots[NAME])


def show(session: Session, method: str) -> tuple:
    """After another choice of models or method: pictures, and sliders with their figures."""
    sliders = sliders_value(session.models, method, session.amounts, session.held)
    return edit(session, method), sliders, labels_value(session.models, session.labels)


def complete(session: Session, method: str) -> dict | None:
    """Models whose codes take long, when those are found."""
    picture = session.slots.get(NAME)
    if picture is None or session.seen("attributes-complete", slots=[NAME]):
        return gr.skip()
    waiting = session.waits([picture], session.models)
    for model in waiting:
        session.codes([picture], model)
    return edit(session, method) if waiting else gr.skip()


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


def switch(session: Session, method: str, event: gr.EventData) -> dict | None:
    """Other labels of the models that have some; all else is kept."""
    session.labels = {str(name): bool(on) for name, on in event._data["labels"].items()}
    return edit(session, method)


def edit(session: Session, method: str) -> dict | None:
    """Every model's picture before and after the changes in `session.amounts`, with what is in
    `session.held` still, and with the labels that `session.labels` switches."""
    picture = session.slots.get(NAME)
    if picture is None:
        return None
    models = session.models  # the session may turn to others meanwhile
    waiting = session.waits([picture], models)
    codes, images, stats = {}, [], []
    for model in models:
        if model in waiting:
            images.append([waiting[model]] * 2)
            stats.append([[], []])
            continue
        found = edited(session, picture, model, method)
        codes[model.name] = torch.cat([found.after, found.before])
        images.append(found.images.flip(0))  # (2, 3, H, W)
        stats.append([_labels(model, each[None]) for each in codes[model.name]])
    pushed = [f"{words(name)} {amount:+g}" for name, amount in session.amounts.items()]
    pushed += [f"{words(name)} {'on' if on else 'off'}" for name, on in session.switches.items()]
    said = ", ".join(pushed)
    session.grids[NAME] = Grid(EDIT, [said or picture.label, picture.label], codes)
    note = said or "move a slider"
    if session.held:
        note += f"; held: {', '.join(map(words, session.held))}"
    if unable := [model.title for model in models if not attributes(model, method)]:
        note += f"; without directions: {', '.join(unable)}"
    changed_, before = zip(*images, strict=True)
    figures, of_before = zip(*stats, strict=True)
    why = [_unchanged(session, model, method) for model in models]
    rows = [
        board_row("Changed", 0, changed_, figures, note, why),
        board_row("Before", 1, before, of_before, "the code as it is"),
    ]
    return board_value(NAME, models, rows)


def edited(session: Session, picture: Picture, model: Model, method: str) -> Edit:
    """The picture after those of the changes that concern the model."""
    known = attributes(model, method)
    amounts = {name: amount for name, amount in session.amounts.items() if name in known}
    held = [name for name in session.held if name in known]
    own = model.code_labels.names if model.code_labels else ()
    labels = {name: on for name, on in session.switches.items() if name in own}
    given = {"method": method, "hold": held, "labels": labels, "faithful": session.faithful}
    return edit_codes(picture, [model], amounts, **given)[model]


def _unchanged(session: Session, model: Model, method: str) -> str:
    """Why the model's picture is the same before and after; empty where it need not be."""
    if attributes(model, method):
        return "" if session.amounts else unconcerned(model, session.switches)
    return (
        without_directions(model)
        if model.code_labels is None
        else unconcerned(model, session.switches)
    )


def _labels(model: Model, code: torch.Tensor) -> list[tuple[str, str, str]]:
    """What the code (1, n) says of labels, where it ends in some."""
    said = read_labels(model, code)
    return [("Labels", words(said), "The labels that the code ends in")] if said else []
