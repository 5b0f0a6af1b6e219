"""Discover: directions that are found without labels, each of which can become a slider of Edit."""

from dataclasses import dataclass, field

import gradio as gr
from torch import Tensor

from explorer.engine import Model
from explorer.page import components as ui
from explorer.page.guard.events import Numbered
from explorer.page.tab import Shot, Tab, Timing, Widgets
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
from explorer.verbs.teach import named
from explorer.words import chain, say
from explorer.work import beside
from training.errors import UserError, choose

NAME, EDITED = "discover", "attributes"
COUNT = 5


@dataclass
class Search:
    """What is looked for, in which picture, and what each model has, vectors (K, n) by name."""

    by: str = "pca"
    picture: Picture | None = None
    vectors: dict[str, Tensor] = field(default_factory=dict)
    kept: dict[int, str] = field(default_factory=dict)


def build(session: gr.State) -> Widgets:
    with gr.Row(elem_classes="controls"):
        ways = [(mark(way.title), name) for name, way in WAYS.items()]
        by = gr.Radio(ways, value="pca", label=mark("Directions by"))
    said = ui.status_view()
    found = ui.found_view()
    by.change(show, [session, by], found, **ui.IN_TURN)
    found.keep(keep, session, [found, said], trigger_mode="multiple", **ui.IN_TURN)
    return Widgets(show, [by], [found], controls={"by": by})


def show(session: Session, by: str) -> dict:
    """Directions of every model under comparison, on the picture that Edit has."""
    stamp, search = ui.stamp(session), session.of(Search)
    picture = session.slots.get(EDITED) or session.examples()[-1]
    anew = (search.by, search.picture and search.picture.id) != (by, picture.id)
    search.kept = {} if anew else search.kept
    search.by, search.picture = choose("way", by, WAYS), picture
    return stamp | drawn(session)


def drawn(session: Session) -> dict:
    search, models = session.of(Search), session.models

    def found(model: Model) -> tuple | str:
        if waits := session.waits([search.picture], [model]):
            return waits[model].said
        z = session.codes([search.picture], model)
        try:
            vectors = find(model, search.by, z, COUNT)
        except UserError as error:
            return str(error)
        known = consistencies(model, vectors).tolist(), of_random(model)
        return vectors, shown_along(model, z, vectors), *known

    each = beside(found, models)
    lacking = [found for found in each.values() if isinstance(found, str)]
    known = {model: found for model, found in each.items() if not isinstance(found, str)}
    search.vectors = {model.name: vectors for model, (vectors, *_) in known.items()}
    count = min((len(vectors) for vectors, *_ in known.values()), default=0)
    names = [search.kept.get(at) or numbered(search.by, at) for at in range(count)]
    kept = [search.kept.get(at) in session.of(Own).kept for at in range(count)]
    parts = ({m: found[part] for m, found in known.items()} for part in (1, 2, 3))
    return ui.found_value(models, names, kept, *parts, chain("{one} {next}", lacking))


def keep(session: Session, event: Numbered) -> list:
    """One of the directions becomes an attribute of the visitor's."""
    search, own, at = session.of(Search), session.of(Own), event._data["at"]
    known = [model for model in session.models if model.name in search.vectors]
    vectors = {m: search.vectors[m.name][at] for m in known if at < len(search.vectors[m.name])}
    try:
        if not vectors:
            raise UserError("That direction is no longer here: choose another one.")
        name = named(event._data["name"], session.models, own.kept)
    except UserError as error:
        return [gr.skip(), str(error)]
    own.add(as_attribute(name, vectors), Place(search.by, at, search.picture))
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
