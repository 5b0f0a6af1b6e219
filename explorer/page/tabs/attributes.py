"""Attributes: move a picture's code along attribute directions."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import gradio as gr
import torch

from explorer.engine import Model
from explorer.page import components as ui
from explorer.page.guard.events import Moved, Switched
from explorer.page.tab import Shot, Slot, Tab, Timing, Widgets, completed, number
from explorer.pictures.picture import EDIT, Picture
from explorer.session.state import Session
from explorer.verbs import edit as edit_codes
from explorer.verbs.edit import Edit, attributes, without_directions
from explorer.verbs.grids import Grid
from explorer.verbs.labels import unconcerned
from training.codes.directions import DEFAULT, METHODS

NAME = "attributes"
SLOT = Slot(NAME, "Picture to edit", example=3)  # a face that does not smile yet


@dataclass
class Changes:
    """What is changed: attributes by how many standard deviations, and which are held."""

    amounts: dict[str, float] = field(default_factory=dict)
    held: list[str] = field(default_factory=list)


def build(session: gr.State) -> Widgets:
    with gr.Row(elem_classes="split"):
        with gr.Column(scale=1, min_width=300):
            with gr.Group(elem_classes="compact"):
                slot = ui.slot_view(SLOT.name, SLOT.title, random=True)
            methods = [(each.title, name) for name, each in METHODS.items()]
            method = gr.Radio(methods, value=DEFAULT, label="Attribute directions by")
            labels = ui.labels_view()
            sliders = ui.sliders_view()
        with gr.Column(scale=1, min_width=320, elem_classes="first-on-phone"):
            board = ui.board_view("Put a picture into the slot, or click an example.")
    outputs = [board, sliders, labels]
    slot.changed(placed, [session, method], outputs, **ui.LIVE).then(
        complete, [session, method], board, **ui.LONG
    )
    method.change(show, [session, method], outputs, **ui.LIVE)
    sliders.input(moved, [session, method], board, **{**ui.LIVE, "queue": False})
    labels.input(switch, [session, method], board, **ui.LIVE)
    after, controls = (complete, [method], board), {"method": method}
    return Widgets(show, [method], outputs, after, [slot], [board], controls=controls)


def show(session: Session, method: str) -> tuple:
    """Pictures, sliders with the figures of their directions, and labels."""
    changes = session.of(Changes)
    sliders = ui.sliders_value(session.models, method, changes.amounts, changes.held)
    return edit(session, method), sliders, ui.labels_value(session.models, session.labels)


def complete(session: Session, method: str) -> dict | None:
    """As `edit`, once the codes are found that take seconds."""
    return completed(session, edit, [method], [NAME])


def placed(session: Session, method: str) -> tuple:
    """For another picture the changes are kept, but for one that was edited they start anew."""
    picture = session.slots.get(NAME)
    if picture is not None and picture.origin == EDIT:
        session.of(Changes).amounts = {}
    return show(session, method)


def moved(session: Session, method: str, event: Moved) -> dict | None:
    changes = session.of(Changes)
    changes.amounts = {name: float(value) for name, value in event._data["amounts"].items()}
    changes.held = [str(name) for name in event._data["held"]]
    return edit(session, method)


def switch(session: Session, method: str, event: Switched) -> dict | None:
    """After other labels were chosen."""
    session.labels = {str(name): bool(on) for name, on in event._data["labels"].items()}
    return edit(session, method)


def edit(session: Session, method: str) -> dict | None:
    """Every model's picture before and after the changes, with `session.labels` switched."""
    picture, changes = session.slots.get(NAME), session.of(Changes)
    if picture is None:
        return None
    models = session.models  # the session may turn to others meanwhile
    waiting = session.waits([picture], models)
    found = {m: edited(session, picture, m, method) for m in models if m not in waiting}
    codes = {model.name: torch.cat([each.after, each.before]) for model, each in found.items()}
    pushed = [f"{ui.words(name)} {amount:+g}" for name, amount in changes.amounts.items()]
    pushed += [f"{ui.words(name)} {'on' if on else 'off'}" for name, on in session.switches.items()]
    note = ", ".join(pushed)
    session.grids[NAME] = Grid(EDIT, [note or picture.label, picture.label], codes)
    note = note or "move a slider"
    if changes.held:
        note += f"; held: {', '.join(map(ui.words, changes.held))}"
    if unable := [model.title for model in models if not attributes(model, method)]:
        note += f"; without directions: {', '.join(unable)}"
    why = [_unchanged(session, model, method) for model in models]
    rows = []
    for at, (title, *said) in enumerate([("Changed", note, why), ("Before", "unchanged")]):
        images = [found[m].images[1 - at] if m in found else waiting[m] for m in models]
        stats = [ui.label_stats(m, codes[m.name][at, None]) if m in found else [] for m in models]
        rows.append(ui.board_row(title, at, images, stats, *said))
    return ui.board_value(NAME, models, rows)


def edited(session: Session, picture: Picture, model: Model, method: str) -> Edit:
    """The picture after those of the changes that the model has directions or labels for."""
    known, changes = attributes(model, method), session.of(Changes)
    amounts = {name: amount for name, amount in changes.amounts.items() if name in known}
    held = [name for name in changes.held if name in known]
    own = model.code_labels.names if model.code_labels else ()
    labels = {name: on for name, on in session.switches.items() if name in own}
    given = {"method": method, "hold": held, "labels": labels, "faithful": session.faithful}
    return edit_codes(picture, [model], amounts, **given)[model]


def _unchanged(session: Session, model: Model, method: str) -> str:
    """Why the changes leave the model's picture as it is; empty where they need not."""
    if attributes(model, method):
        return "" if session.of(Changes).amounts else unconcerned(model, session.switches)
    labelled = model.code_labels is not None
    return unconcerned(model, session.switches) if labelled else without_directions(model)


def pack(session: Session) -> dict[str, str]:
    changes = session.of(Changes)
    amounts = (f"{name}:{value:g}" for name, value in changes.amounts.items())
    return {"edit": ",".join(amounts), "hold": ",".join(changes.held)}


def unpack(session: Session, fields: Mapping[str, str]) -> None:
    known = {name for m in session.models if m.latents for name in m.latents.names}
    changes = session.of(Changes)
    changes.amounts = {}
    for name, _, value in (part.partition(":") for part in fields.get("edit", "").split(",")):
        amount = number(value, -ui.LIMIT, ui.LIMIT)
        if amount and name in known:
            changes.amounts[name] = amount
    changes.held = [name for name in fields.get("hold", "").split(",") if name in known]


def slide(session: Session) -> None:
    """Moves two sliders."""
    session.of(Changes).amounts = dict.fromkeys(session.models[0].latents.names[:2], 1.0)
    edit(session, DEFAULT)


SHOT = Shot("text=Smiling +3", "edit=Smiling:3,Blond_Hair:3")
TIMING = Timing("one slider move", 40, slide)
TAB = Tab(NAME, "Attributes", build, SHOT, (TIMING,), (SLOT,), pack, unpack)
