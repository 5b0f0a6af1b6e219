"""Discover: directions that are found without labels, each of which can become a slider of Edit."""

from dataclasses import dataclass, field
from typing import NamedTuple

import gradio as gr
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
    WAYS,
    as_attribute,
    consistencies,
    find,
    numbered,
    of_random,
    shown_along,
)
from explorer.words import chain, say
from training.errors import UserError, choose

NAME, EDITED = "discover", "attributes"
COUNT = 5


@dataclass
class Search:
    """What is looked for, in which picture, and the names of what was kept by places in the order;
    the examples, by model set, that stand in where Edit has no picture."""

    by: str = "pca"
    picture: Picture | None = None
    kept: dict[int, str] = field(default_factory=dict)
    examples: dict[str, Picture] = field(default_factory=dict, compare=False)


class Found(NamedTuple):
    """Of a model, directions (K, n), the picture along each (K, 3, 3, H, W), their consistencies
    and that of random ones."""

    vectors: Tensor
    images: Tensor
    consistency: list[float]
    of_random: float


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
    anew = (search.by, search.picture and search.picture.id) != (by, picture.id)
    search.kept = {} if anew else search.kept
    search.by, search.picture = choose("way", by, WAYS), picture
    return stamp | drawn(session)


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
            vectors = find(model, search.by, z, COUNT)
        except UserError as error:
            return str(error)
        known = consistencies(model, vectors).tolist(), of_random(model)
        return Found(vectors, shown_along(model, z, vectors), *known)

    names = [model.name for model in models], [model.name for model in waiting]
    of = (search.by, search.picture.look, session.faithful, *map(tuple, names))
    return session.of(Last).of(of, look, models)


def drawn(session: Session) -> dict:
    search, each = session.of(Search), found(session)
    lacking = [found for found in each.values() if isinstance(found, str)]
    known = {model: found for model, found in each.items() if isinstance(found, Found)}
    count = min((len(found.vectors) for found in known.values()), default=0)
    names = [search.kept.get(at) or numbered(search.by, at) for at in range(count)]
    kept = [search.kept.get(at) in session.of(Own).kept for at in range(count)]
    parts = ({m: found[part] for m, found in known.items()} for part in (1, 2, 3))
    return ui.found_value([*each], names, kept, *parts, chain("{one} {next}", lacking))


def keep(session: Session, event: Numbered) -> list:
    """One of the directions becomes an attribute of the visitor's."""
    search, own, at = session.of(Search), session.of(Own), event._data["at"]
    each = found(session) if search.picture else {}
    known = {m: f for m, f in each.items() if isinstance(f, Found) and at < len(f.vectors)}
    directions = {m: (f.vectors[at], f.consistency[at]) for m, f in known.items()}
    try:
        if not directions:
            raise UserError("That direction is no longer here: choose another one.")
        name = own.named(event._data["name"], session.models)
    except UserError as error:
        return [gr.skip(), str(error)]
    own.add(as_attribute(name, directions), Place(search.by, at, search.picture))
    search.kept[at] = name
    stamp = ui.stamp(session)
    return [stamp | drawn(session), say("{name} is a slider in Edit.", name=name)]


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
)
