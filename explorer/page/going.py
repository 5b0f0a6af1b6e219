"""Another state of the whole page: that of a link, or of a step that was done before."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import parse_qsl

import gradio as gr

from explorer.page import header, link, tour
from explorer.page.components import shelf_value, slot_value, tour_value, warn
from explorer.page.guard.events import Going
from explorer.page.navigation import BY_NAME, Navigation, go
from explorer.page.tab import Tab, listed, number, parted, spelt
from explorer.page.tabs import SLOTS
from explorer.pictures.picture import Picture
from explorer.session.family import Family, retold
from explorer.session.history import History
from explorer.session.saved import found, pictured
from explorer.session.state import Session, Unavailable
from explorer.words import say
from training.errors import UserError, quoted

NO_STEP = (say("There is nothing to undo."), say("There is nothing to redo."))
NO_UPLOAD = (
    "A saved file holds no uploads: in place of {pictures} you see what a model drew of it. Upload "
    "the original again to work with it."
)
Controls = Mapping[str, gr.components.Component]


@dataclass
class Filled:
    """The names of the tabs whose slots have had their examples."""

    names: set[str] = field(default_factory=set)


def fill(tab: Tab, session: Session) -> None:
    """Examples for the slots of a tab that are empty when it first opens."""
    filled = session.of(Filled).names
    slots = () if tab.name in filled else tab.slots
    filled.add(tab.name)
    for slot in slots:
        if slot.example is not None and slot.name not in session.slots:
            session.put(slot.name, session.examples()[slot.example])


def follow(session: Session, given: Mapping[str, str], controls: Controls) -> None:
    """The session as a link has it, as far as that is here, or it is said what is not; raises
    UserError, and changes nothing, where none of its models is."""
    fields = tour.fields(given)
    if lacks := link.restore(session, fields):
        warn(
            say("Missing here, so not shown: {lacks}. All else is as in the link.", lacks=lacks),
            duration=None,
        )
    found = {name: _restored(fields.get(name), each) for name, each in controls.items()}
    session.controls |= {name: value for name, value in found.items() if value is not None}
    session.of(tour.At).step = tour.step(given)


def jump(session: Session, given: Mapping[str, str], controls: Controls) -> None:
    """As `follow`, and settings that the link does not name are as at first."""
    follow(session, given, controls)
    session.shown.clear()  # of what views show besides, such as filters and regions
    fields = tour.fields(given)
    unnamed = {name: each.value for name, each in controls.items() if name not in fields}
    session.controls |= unnamed


def restore(session: Session, picture: Picture, controls: Controls) -> None:
    """The page as it was when a picture was saved, with what lay in its slots and their family.
    Raises UserError."""
    how = picture.saved
    if how is None:
        raise Unavailable(say("That picture does not say how it was made."))
    models, fields = found(how, session.catalogue.models), dict(parse_qsl(how.query))
    here = {name: model.name for name, model in models.items()}  # which may be called otherwise
    fields["models"] = ",".join(spelt(here.get(n, n)) for n in listed(fields, "models"))
    jump(session, fields, controls)
    uploads, drawn = parted(fields, "uploads"), []
    for slot in BY_NAME[session.tab].slots if "tab" in fields else ():
        if slot.name not in {*how.slots, *fields}:
            session.put(slot.name, None)
    session.of(Filled).names.add(session.tab)  # what was empty stays so
    for slot in [each.name for each in SLOTS if each.name in how.slots and each.name not in fields]:
        picture = pictured(how.slots[slot], models)
        if slot in uploads:
            drawn.append(quoted(picture.label))
            picture.label = say("{picture}, drawn from its code", picture=picture.label)
        session.put(slot, picture)
    if how.family:
        made = partial(pictured, models=models)
        session.of(Family).members = retold(how.family, session.slots, made)
    if drawn:
        warn(say(NO_UPLOAD, pictures=drawn), duration=None)


def whole(
    session: Session,
    navigation: Navigation,
    controls: Controls,
    tab: str | None,
    fresh: bool = False,
) -> list:
    """What header, bars, lesson, shelf, examples, slots and controls show of the session when this
    `tab` is open; for None the one that is open already. On a `fresh` page controls that have their
    first value are left alone: the visitor may have set them before the answer comes."""
    shown = [*header.parts(session), *navigation.at(tab), tour_value(session.of(tour.At).step)]
    shown += [shelf_value(session.shelf), shelf_value(session.examples())]
    shown += [slot_value(session.slots.get(slot.name)) for slot in SLOTS]
    first = {name: each.value for name, each in controls.items()} if fresh else {}
    set_to = {name: each for name, each in session.controls.items() if first.get(name, ...) != each}
    return shown + [set_to.get(name, gr.skip()) for name in controls]


def travel(session: Session, event: Going, controls: Controls) -> bool:
    """Back or forth to a step, or to a link; False where there is none such, which is said."""
    way, history, left = event._data, session.of(History), session.tab
    try:
        if "query" in way:
            jump(session, dict(parse_qsl(way["query"])), controls)
        elif "saved" in way:
            restore(session, session.find(way["saved"]), controls)
        elif not history.go(session, way.get("to", history.at + way.get("by", 0))):
            raise Unavailable(NO_STEP[way.get("by", 0) > 0])
    except UserError as error:
        warn(error.said)
        return False
    fill(go(session, BY_NAME[session.tab]), session)
    if "to" not in way and "by" not in way:
        history.note(session, belongs=False, left=left)
    return True


def _restored(text: str | None, control: gr.components.Component) -> object | None:
    """A control's value from a link; None where that is none of its values."""
    if isinstance(control, gr.Checkbox):
        return text == "1"  # a link leaves out what is off
    if isinstance(control, (gr.Dropdown, gr.Radio)):
        return text if text in [value for _, value in control.choices] else None
    most = getattr(control, "maximum", None) or 10**9
    return number(text, getattr(control, "minimum", 0), most)
