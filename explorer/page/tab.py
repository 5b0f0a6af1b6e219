"""What a tab declares of itself, and which of its widgets the page connects."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar
from urllib.parse import quote, unquote

import gradio as gr

from explorer.engine import Model
from explorer.pictures.picture import Picture
from explorer.session.state import Session
from explorer.work import beside

Found = TypeVar("Found")
PARTING = str.maketrans({sign: quote(sign, safe="") for sign in "%,:"})


class Slot(NamedTuple):
    """A place for one picture, by its name in links; `example` is the index of its first one, None
    where it may stay empty."""

    name: str
    title: str
    example: int | None = None


class Shot(NamedTuple):
    """README's picture of a tab: `complete` selects what is there when the tab is complete, `query`
    is the link's besides the tab, `click` chooses what is in the middle of what was selected."""

    complete: str
    query: str = ""
    click: bool = False


class Timing(NamedTuple):
    """Something people wait for: `call(session)` should take less than `limit_ms`."""

    name: str
    limit_ms: int
    call: Callable[[Session], object]


@dataclass
class Widgets:
    """What the page connects of a tab.

    show: handler of (session, *inputs) that gives what `outputs` show of the models under
    comparison; after: a handler that goes on from there, perhaps step by step, with its inputs and
    outputs; slots: in the order of the declaration; senders: components whose pictures can be sent
    to other tabs; edited: the events after which pictures at hand are others or look different;
    controls: settings that go into the link, by name; handed: the event by which a group of the map
    goes to Teach.
    """

    show: Callable
    inputs: list
    outputs: list
    after: tuple[Callable, list, object] | None = None
    slots: list[gr.HTML] = field(default_factory=list)
    senders: list[gr.HTML] = field(default_factory=list)
    edited: list[gr.events.Dependency] = field(default_factory=list)
    controls: dict[str, gr.components.Component] = field(default_factory=dict)
    handed: Callable | None = None


@dataclass(frozen=True)
class Tab:
    """A tab of the page, named so in links.

    build: makes the widgets, given the session's `gr.State`; slots: a tab that has some receives
    the pictures that are sent to it; pack: the fields of a link that hold the tab's own state;
    unpack: takes them from a link, and gives what of them is not here; unkept: what else the tab
    holds, which no link does, in words; bred: whether that is the family, which files hold; within:
    the name of the tab that it is a view in, beside that tab's own; view: its title among the views
    within it; verb: what finds what the tab shows, and what it is given, by parameter; None where
    no verb does.
    """

    name: str
    title: str
    build: Callable[[gr.State], Widgets]
    shot: Shot
    timings: tuple[Timing, ...] = ()
    slots: tuple[Slot, ...] = ()
    pack: Callable[[Session], dict[str, str]] = lambda session: {}
    unpack: Callable[[Session, Mapping[str, str]], list[str] | None] = lambda session, fields: None
    unkept: Callable[[Session], list[str]] = lambda session: []
    bred: bool = False
    within: str = ""
    view: str = ""
    verb: Callable[[Session], tuple[Callable, dict[str, Any]] | None] | None = None

    def free_slot(self, session: Session) -> str:
        """The first empty slot; when all are taken, the one filled longest ago."""
        names = [slot.name for slot in self.slots]
        empty = [name for name in names if name not in session.slots]
        return (empty or [name for name in session.slots if name in names])[0]


class Latest(dict):
    """What was found last, by what it is of; by models' names, since a session holds none."""

    def of(
        self, subject: tuple | None, find: Callable[[Model], Found], models: Sequence[Model]
    ) -> dict[Model, Found]:
        """What `find` finds for each model, all beside each other, unless that is known."""
        known = self.get(subject)
        if known is None:
            known = {model.name: each for model, each in beside(find, models).items()}
            self.clear()
            self[subject] = known
        return {model: known[model.name] for model in models}


def completed(session: Session, draw: Callable, inputs: Sequence, slots: Sequence[str]):
    """`draw(session, *inputs)` once codes that take seconds are found; else `gr.skip()`."""
    view = f"codes of {', '.join(slots)}"
    if session.seen(view, *inputs, slots=slots):
        return gr.skip()
    pictures = [session.slots.get(slot) for slot in slots]
    try:
        late = None not in pictures and found_late(session, pictures)
    except Exception:
        session.shown.pop(view, None)  # the next completion looks for them again
        raise
    return draw(session, *inputs) if late else gr.skip()


def found_late(session: Session, pictures: Sequence[Picture]) -> bool:
    """Finds the codes that take seconds; whether there are any."""
    waiting = session.waits(pictures, session.models)
    for model in waiting:
        session.codes(pictures, model)
    return bool(waiting)


def parted(fields: Mapping[str, str], name: str) -> list[str]:
    """What a field of a link lists, parted by commas; nothing where the link has no such field."""
    return [part for part in fields.get(name, "").split(",") if part]


def spelt(name: str) -> str:
    """A name as a link lists it, with what parts the list percent-quoted."""
    return name.translate(PARTING)


def listed(fields: Mapping[str, str], name: str) -> list[str]:
    """The names, `spelt` so, that a field of a link lists."""
    return [unquote(part) for part in parted(fields, name)]


def paired(fields: Mapping[str, str], name: str) -> dict[str, str]:
    """What a field of a link says of each name that it lists, behind a colon."""
    pairs = (part.partition(":") for part in parted(fields, name))
    return {unquote(called): said for called, _, said in pairs if called}


def number(text: str | None, least: float, most: float) -> float | None:
    """A number of a link, within its bounds; None where it is none."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return min(max(value, least), most) if value == value else None
