"""Discover: directions that are found without labels, each of which can become a slider of Edit."""

from copy import copy
from dataclasses import dataclass, field
from typing import NamedTuple

import gradio as gr
import torch
from torch import Tensor

from explorer.engine import Model
from explorer.page import components as ui
from explorer.page.guard.events import Numbered
from explorer.page.tab import Latest, Shot, Tab, Timing, Widgets, found_late
from explorer.page.words import mark
from explorer.pictures.picture import Picture
from explorer.session.attributes import Own, Place
from explorer.session.state import Session
from explorer.verbs.discover import (
    MOST,
    WAYS,
    Aligned,
    Tried,
    aligned,
    as_attribute,
    find,
    numbered,
    shown_along,
    tried,
    usual,
)
from explorer.verbs.discover import discover as discover_verb
from explorer.words import chain, say
from explorer.work import beside
from training.errors import UserError, choose

NAME, EDITED = "discover", "attributes"
COUNT, SUBJECT_PX = 5, 56


@dataclass
class Search:
    """What is looked for, in which picture; the names of what was kept, by orders and places in
    them; the examples, by model set, that stand in where Edit has no picture."""

    by: str = "pca"
    picture: Picture | None = None
    kept: dict[tuple, str] = field(default_factory=dict)
    examples: dict[str, Picture] = field(default_factory=dict, compare=False)


class Found(NamedTuple):
    """Of a model, directions (K, n), and what they do."""

    vectors: Tensor
    tries: Tried


class Last(Latest):
    """What was found last, or why there is nothing."""


def build(session: gr.State) -> Widgets:
    ways = [(mark(way.title), name) for name, way in WAYS.items()]
    by = gr.Radio(ways, value="pca", label=mark("Directions by"))
    said = ui.status_view()
    found = ui.found_view()
    by.change(show, [session, by], found, **ui.IN_TURN)
    found.keep(keep, session, [found, said], trigger_mode="multiple", **ui.IN_TURN)
    return Widgets(show, [by], [found], (complete, [], found), controls={"by": by})


def show(session: Session, by: str) -> dict:
    """Directions of every model under comparison, on the picture that Edit has."""
    stamp, search = ui.stamp(session), session.of(Search)
    example = search.examples.setdefault(session.model_set, session.examples()[-1])
    picture = session.slots.get(EDITED) or example
    search.by, search.picture = choose("way", by, WAYS), picture
    return stamp | drawn(session)


def order(session: Session) -> tuple:
    """What the order of the directions depends on: the way, the first model, and for the Jacobian
    the code that it has of the picture."""
    search = session.of(Search)
    code = (search.picture.look, session.faithful) if search.by == "jacobian" else ()
    return search.by, session.names[0], *code


def complete(session: Session) -> dict:
    """As `show`, once the codes are found that take seconds."""
    stamp, picture = ui.stamp(session), session.of(Search).picture
    late = picture is not None and found_late(session, [picture])
    return stamp | drawn(session) if late else gr.skip()


def found(session: Session) -> dict[Model, Found | str]:
    """What every model has, or why it has nothing, once for each picture."""
    search, models = session.of(Search), session.models
    waiting = session.waits([search.picture], models)

    def look(model: Model) -> Found | str:
        if model in waiting:
            return waiting[model].said
        z = session.codes([search.picture], model)
        try:
            vectors = find(model, search.by, z, MOST)
        except UserError as error:
            return error.said
        return Found(vectors, tried(model, vectors))

    names = [model.name for model in models], [model.name for model in waiting]
    of = (search.by, search.picture.look, session.faithful, *map(tuple, names))
    return session.of(Last).of(of, look, models)


def in_line(each: dict[Model, Found | str]) -> tuple[Tensor, dict[Model, Aligned]]:
    """How the first model's directions change pictures, (K, F), and every model's in their order;
    of those that have any."""
    known = {model: found for model, found in each.items() if isinstance(found, Found)}
    if not known:
        return torch.zeros(0, 0), {}
    wanted = next(iter(known.values())).tries.change[:COUNT]

    def line(model: Model) -> Aligned:
        return aligned(model, known[model].vectors, known[model].tries, wanted)

    return wanted, beside(line, known)


def drawn(session: Session) -> dict:
    search, each = session.of(Search), found(session)
    wanted, lines = in_line(each)
    own = [numbered(search.by, at) for at in range(MOST)]
    called = [search.kept.get((*order(session), at)) for at in range(len(wanted))]
    names = [name or own[at] for at, name in enumerate(called)]
    kept = [name in session.of(Own).kept for name in called]
    along = {}
    for model, line in lines.items():
        (places,) = line.matches.fair.nonzero(as_tuple=True)
        z = session.codes([search.picture], model)
        images = shown_along(model, z, line.vectors[places])
        shown = dict(zip(places.tolist(), images, strict=True))
        along[model] = ui.Along(shown, line, usual(model))
    lacking = [found for found in each.values() if isinstance(found, str)]
    value = ui.found_value([*each], names, kept, along, own, chain("{one} {next}", lacking))
    subject = {"src": ui.address(search.picture.pixels(SUBJECT_PX)), "said": of_picture(search)}
    return value | {"subject": subject}


def of_picture(search: Search) -> str:
    """Which picture the directions are shown on, or are found at."""
    if search.by == "jacobian":
        return say(
            "Directions of G at the code of {picture}: another picture has others.",
            picture=search.picture.label,
        )
    return say("Directions of all codes, shown on {picture}.", picture=search.picture.label)


def keep(session: Session, event: Numbered) -> list:
    """One of the directions becomes an attribute of the visitor's."""
    search, own, at = session.of(Search), session.of(Own), event._data["at"]
    wanted, lines = in_line(found(session) if search.picture else {})
    try:
        if at >= len(wanted):
            raise UserError(say("That direction is no longer here: choose another one."))
        name = own.named(event._data["name"], session.models)
    except UserError as error:
        return [gr.skip(), error.said]
    own.add(as_attribute(name, lines, at), Place(search.by, at, copy(search.picture), wanted))
    search.kept[*order(session), at] = name
    stamp = ui.stamp(session)
    return [stamp | drawn(session), say("{name} is a slider in Edit.", name=name)]


def verb(session: Session) -> tuple:
    search = session.of(Search)
    given = {"picture": search.picture, "by": search.by, "count": COUNT}
    return discover_verb, given | {"faithful": session.faithful}


SHOT = Shot(".found .direction")
TIMING = Timing("directions found without labels", 2500, lambda session: show(session, "pca"))
TAB = Tab(
    NAME,
    say("Discover"),
    build,
    SHOT,
    (TIMING,),
    within=EDITED,
    view=say("Discover"),
    verb=verb,
)
