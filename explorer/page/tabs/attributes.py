"""Attributes: move a picture's code along attribute directions."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field

import gradio as gr
import torch
from fastapi import Response
from torch import Tensor

from explorer.engine import Model
from explorer.page import components as ui
from explorer.page.components.wire import told, whose
from explorer.page.guard.calls import served
from explorer.page.guard.events import Labelled, Moves, Peeked
from explorer.page.tab import (
    Shot,
    Slot,
    Tab,
    Timing,
    Widgets,
    completed,
    listed,
    number,
    paired,
    spelt,
)
from explorer.page.words import mark
from explorer.pictures.picture import EDIT, Picture
from explorer.session.attributes import Own
from explorer.session.state import Session
from explorer.verbs.common.grids import Grid
from explorer.verbs.common.labels import switched, unconcerned
from explorer.verbs.edit import Edit, attributes, effects, moved, read, without_directions
from explorer.verbs.edit import edit as edit_verb
from explorer.words import numeral, say
from explorer.work import beside, computed
from training.codes.directions import DEFAULT, METHODS
from training.errors import choose, quoted

NAME = "attributes"
SLOT = Slot(NAME, say("Picture to edit"), example=4)  # a face that does not smile yet


@dataclass
class Changes:
    """What is changed: attributes by how many standard deviations along directions found by
    `method`, and which are held; `changed` is the picture's id, None where that is to come."""

    amounts: dict[str, float] = field(default_factory=dict, metadata={"said": NAME})
    held: list[str] = field(default_factory=list, metadata={"said": say("held still")})
    method: str = DEFAULT
    changed: str | None = None


class Before(dict):
    """By model name a code (1, n), its image, and what the encoder reads from that, which stay
    while a slider moves; and the last code after the changes, with its image."""


def build(session: gr.State) -> Widgets:
    with gr.Row(elem_classes="split"):
        with gr.Column(scale=1, min_width=300):
            with gr.Group(elem_classes="compact"):
                slot = ui.slot_view(SLOT.name, SLOT.title, random=True)
            methods = [(mark(each.title), name) for name, each in METHODS.items()]
            said = {"label": mark("Attribute directions by"), "elem_classes": "of-sliders"}
            method = gr.Radio(methods, value=DEFAULT, **said)
            labels = ui.labels_view(NAME)
            ranges = ui.sliders_view(NAME, served(peek))
        with gr.Column(scale=1, min_width=320, elem_classes="in-sight first-on-phone"):
            live = ui.Live({"changes": move, "labels": switch}, edit, moving)
            empty = say("Put a picture into the slot, or click an example.")
            board = ui.board_view(NAME, empty, live)
    outputs = [board, ranges, labels]
    method.change(show, [session, method], outputs, **ui.LIVE)
    after, controls = (complete, [method], [board, ranges]), {"method": method}
    return Widgets(show, [method], outputs, after, [slot], [board], controls=controls)


def show(session: Session, method: str) -> tuple:
    """Pictures, sliders with the figures of their directions, and labels. For another picture the
    changes are kept, but for one that was edited they start anew."""
    changes, picture = session.of(Changes), session.slots.get(NAME)
    if picture is not None and picture.id != changes.changed:
        anew = picture.origin == EDIT and changes.changed is not None  # not where it is restored
        changes.changed, changes.amounts = picture.id, {} if anew else changes.amounts
    changes.method = choose("method", method, METHODS)
    stamp, labels = ui.stamp(session), ui.labels_value(session.models, session.labels)
    return edit(session), sliders(session), stamp | labels


def complete(session: Session, method: str) -> tuple:
    """As `edit` and `sliders`, once the codes are found that take seconds."""
    return completed(
        session, lambda session, _: (edit(session), sliders(session)), [method], [NAME]
    )


def sliders(session: Session) -> dict:
    """The sliders, with the figures of their directions, and the picture's own values by the models
    of which its codes are known."""
    stamp, picture, changes = ui.stamp(session), session.slots.get(NAME), session.of(Changes)
    models = session.models
    own = session.of(Own).of(models)
    waiting = session.waits([picture], models) if picture else models
    codes = {m: session.codes([picture], m) for m in models if m not in waiting}
    value = ui.sliders_value(models, changes.method, changes.amounts, changes.held, own, codes)
    return stamp | value


def movable(session: Session, models: Sequence[Model], method: str) -> set[str]:
    """The attributes that have sliders: of each a model has a direction, or has learned one."""
    own = session.of(Own).of(models)
    learned = {each.name for each in own if any(each.of(model, method) for model in models)}
    return learned.union(*(attributes(model, method) for model in models))


def move(session: Session, sent: Moves) -> None:
    """Other places of the sliders; what is set of attributes that have none now stays, but of
    those that nothing knows any more."""
    changes = session.of(Changes)
    here = movable(session, session.models, changes.method)
    without = {*changes.amounts, *changes.held} - here
    amounts, held = known(session, Changes(*within(without, changes)))
    changes.amounts, changes.held = amounts | sent["amounts"], [*held, *sent["held"]]


def switch(session: Session, sent: Labelled) -> None:
    """Other labels."""
    session.relabel(sent["labels"])


def moving(session: Session) -> dict:
    """As `edit`, the measured effects left out."""
    return edit(session, partial=True)


def edit(session: Session, partial: bool = False) -> dict:
    """Every model's picture before and after the changes, with `session.labels` switched; a
    `partial` one says that the measured effects are still to come."""
    stamp, picture, changes = ui.stamp(session), session.slots.get(NAME), session.of(Changes)
    method = changes.method
    if picture is None:
        return stamp
    models = session.models  # the session may turn to others meanwhile
    waiting = session.waits([picture], models)
    known = [model for model in models if model not in waiting]
    own = session.of(Own)
    own.of(models)  # learned before each model looks
    found = beside(lambda model: edited(session, picture, model, method, partial), known)
    codes = {model.name: torch.cat([each.after, each.before]) for model, each in found.items()}
    further = {model: own.directions(model, method) for model in models}
    amounts, held = within(movable(session, models, method), changes)
    pushed = [
        say("{name} {amount}", name=ui.words(name), amount=numeral(f"{amount:+g}"))
        for name, amount in amounts.items()
    ]
    pushed += [
        say("{label} {state}", label=ui.words(name), state=say("on") if on else say("off"))
        for name, on in session.switches.items()
    ]
    note = say("{changes}", changes=pushed) if pushed else ""
    session.grids[NAME] = Grid(EDIT, [note or picture.label, picture.label], codes)
    note = note or say("move a slider")
    if held:
        note = say("{note}; held: {names}", note=note, names=[*map(ui.words, held)])
    if unable := [m.title for m in models if not attributes(m, method) and not further[m]]:
        note = say("{note}; without directions: {models}", note=note, models=unable)
    why = [_unchanged(session, model, method) for model in models]
    rows = []
    for at, (title, *said) in enumerate(
        [(say("Changed"), note, why), (say("Before"), say("unchanged"))]
    ):
        images = [found[m].images[1 - at] if m in found else waiting[m] for m in models]
        stats = [_stats(m, found[m], after=at == 0) if m in found else [] for m in models]
        rows.append(ui.board_row(title, at, images, stats, *said))
    before = {model: each.before for model, each in found.items()}
    live = None if session.switches else ui.edited_live(before, method, further)
    left_out = any(None in each.effects.values() for each in found.values())
    return stamp | ui.board_value(models, rows, live=live) | {"partial": left_out}


def edited(
    session: Session, picture: Picture, model: Model, method: str, partial: bool = False
) -> Edit:
    """The picture after those of the changes that the model has directions or labels for; the
    effects of a `partial` one are None each."""
    before = session.codes([picture], model)
    return computed(_edited, session, model, before, method, partial)


def _edited(session: Session, model: Model, before: Tensor, method: str, partial: bool) -> Edit:
    changes, own = session.of(Changes), session.of(Own).directions(model, method)
    amounts, held = within({*attributes(model, method), *own}, changes)
    seen = session.of(Before)
    code, image, was, *last = seen.get(model.name, (None,) * 5)
    if code is None or not torch.equal(code, before):
        image = model.decode(before)
        was, last = read(model, image), [before, image]
    after = switched(model, moved(model, before, amounts, method, held, own), session.switches)
    changed = last[1] if torch.equal(last[0], after) else model.decode(after)
    seen[model.name] = before, image, was, after, changed
    if partial and was is not None:
        measured = dict.fromkeys(amounts)
    else:
        measured = effects(model, was, changed, amounts, method, own)
    return Edit(before, after, torch.cat([image, changed]), measured)


def within(known: Set[str], changes: Changes) -> tuple[dict[str, float], list[str]]:
    """What is changed of the attributes that are `known`: by how much, and what is held."""
    pushed = {name: amount for name, amount in changes.amounts.items() if name in known}
    return pushed, [name for name in changes.held if name in known]


def peek(asked: Peeked) -> Response:
    """What changes would make of the picture, for each model: pictures, or none where it waits."""
    session = whose(asked["key"])
    picture, method = session.slots.get(NAME), session.of(Changes).method
    changes, images = [Changes(each["amounts"], each["held"]) for each in asked["changes"]], []
    for model in session.models if picture else ():
        if session.waits([picture], [model]):
            images.append([])
            continue
        own, before = session.of(Own).directions(model, method), session.codes([picture], model)
        known = {*attributes(model, method), *own}
        several = [within(known, each) for each in changes]
        codes = [moved(model, before, pushed, method, held, own) for pushed, held in several]
        drawn = model.decode(switched(model, torch.cat(codes), session.switches)) if codes else ()
        images.append([ui.address(image) for image in drawn])
    return told({"images": images})


def _stats(model: Model, edit: Edit, after: bool) -> list[ui.Stat]:
    """Figures of the picture before or after the edit: its labels, and what was measured."""
    if not after:
        return ui.label_stats(model, edit.before)
    meaning = say(
        "How far the codes that the encoder reads from the pictures after and before the edit lie "
        "apart along the attribute direction, in standard deviations"
    )
    measured = [
        (
            say("{name}, measured", name=ui.words(name)),
            "…" if effect is None else numeral(f"{effect:+.1f}"),
            meaning,
        )
        for name, effect in edit.effects.items()
    ]
    return measured + ui.label_stats(model, edit.after)


def _unchanged(session: Session, model: Model, method: str) -> str:
    """Why the changes leave the model's picture as it is; empty where they need not."""
    changes, own = session.of(Changes), session.of(Own).directions(model, method)
    if known := {*attributes(model, method), *own}:
        pushed, _ = within(known, changes)
        return "" if pushed else unconcerned(model, session.switches)
    labelled = model.code_labels is not None
    return unconcerned(model, session.switches) if labelled else without_directions(model)


def known(session: Session, changes: Changes) -> tuple[dict[str, float], list[str]]:
    """As `within`, of the attributes that any model has, or the visitor."""
    every = session.catalogue.models.values() if changes.amounts or changes.held else ()
    names = (model.latents.names for model in every if model.latents)
    return within({*session.of(Own).kept}.union(*names), changes)


def pack(session: Session) -> dict[str, str]:
    pushed, held = known(session, session.of(Changes))
    amounts = (f"{spelt(name)}:{value:g}" for name, value in pushed.items())
    return {"edit": ",".join(amounts), "hold": ",".join(map(spelt, held))}


def unpack(session: Session, fields: Mapping[str, str]) -> list[str]:
    """As far as it is here; gives what no model here knows, nor the visitor: what models that are
    not compared know did nothing on the link's page either."""
    every, own = session.catalogue.models.values(), session.of(Own).kept
    known = {name for m in session.models if m.latents for name in m.latents.names} | {*own}
    pushed = paired(fields, "edit")
    amounts = {name: number(value, -2 * ui.LIMIT, 2 * ui.LIMIT) for name, value in pushed.items()}
    held, changes = listed(fields, "hold"), session.of(Changes)
    changes.changed = None
    changes.amounts = {name: each for name, each in amounts.items() if each and name in known}
    changes.held = [name for name in held if name in known]
    gone = [name for name in dict.fromkeys([*pushed, *held]) if name not in known]
    elsewhere = {name for m in every if gone and m.latents for name in m.latents.names}
    return [
        say("the attribute {name}", name=quoted(name)) for name in gone if name not in elsewhere
    ]


def verb(session: Session) -> tuple | None:
    """None where one of the visitor's own attributes takes part, which a program lacks."""
    changes = session.of(Changes)
    amounts, held = within(movable(session, session.models, changes.method), changes)
    if {*amounts, *held} & {*session.of(Own).kept}:
        return None
    given = {"picture": session.slots[NAME], "amounts": amounts or None, "hold": held or None}
    given |= {"faithful": session.faithful, "method": changes.method}
    return edit_verb, given | {"labels": session.switches or None}


def slide(session: Session) -> None:
    """Moves two sliders."""
    session.of(Changes).amounts = dict.fromkeys(session.models[0].latents.names[:2], 1.0)
    edit(session)


SHOT = Shot("text=Smiling +3", "edit=Smiling:3,Blond_Hair:3")
TIMING = Timing("one slider move", 25, slide)
EDITING = {"view": say("Edit"), "verb": verb}
TAB = Tab(NAME, say("Attributes"), build, SHOT, (TIMING,), (SLOT,), pack, unpack, **EDITING)
