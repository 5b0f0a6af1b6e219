"""How what components show reaches the page: by name, and in the order of what was asked.

Gradio clones everything that lies in the props of its components at every event, so that a page
with large ones slows down. Here props hold a name alone, for which the page fetches the content
once. Controls that are dragged ask the component that answers them directly, past gradio's events,
of which `trigger_mode="always_last"` sends the first one's data again.
"""

import itertools
import secrets
import threading
import time
from abc import ABCMeta
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, NamedTuple, get_type_hints
from weakref import WeakValueDictionary

import gradio as gr
import orjson
from fastapi import Response

from explorer.page.guard.calls import fitting, served
from explorer.page.guard.events import Asked
from explorer.session.history import Copies, History, copied
from explorer.session.state import Session, Unavailable
from explorer.words import say, spelled
from training.errors import UserError, choose

MOST_BYTES = 64 << 20  # of content that no page has fetched


class Outbox:
    """Content that waits to be fetched, once, by an unguessable name; what waits longest goes when
    there are more than `most` bytes of it. Names begin with a number, the greater the later, also
    than those of an app that ran before."""

    def __init__(self, most: int = MOST_BYTES):
        self.most, self.size = most, 0
        self.waiting: OrderedDict[str, bytes] = OrderedDict()
        self.numbers = itertools.count(int(1000 * time.time()))
        self.lock = threading.Lock()

    def put(self, content: bytes) -> str:
        with self.lock:
            name = f"{next(self.numbers)}-{secrets.token_urlsafe(16)}"
            self.waiting[name] = content
            self.size += len(content)
            while self.size > self.most and len(self.waiting) > 1:
                self.size -= len(self.waiting.popitem(last=False)[1])
        return name

    def take(self, name: str) -> bytes | None:
        with self.lock:
            content = self.waiting.pop(name, None)
            self.size -= len(content or b"")
        return content


OUTBOX = Outbox()
SESSIONS: WeakValueDictionary[str, Session] = WeakValueDictionary()


class Line:
    """What ties a page to its session: an unguessable key, and the number of the last answer."""

    def __init__(self):
        self.key = secrets.token_urlsafe(16)
        self.numbers = itertools.count(1)

    def __deepcopy__(self, memo: dict) -> "Line":
        return Line()  # of another visitor


def stamp(session: Session) -> dict:
    """What a shown value begins with, so that the page knows a late answer: to be taken after the
    session has changed and before it is read."""
    line = session.of(Line)
    SESSIONS[line.key] = session
    return {"key": line.key, "serial": next(line.numbers)}


def whose(key: str) -> Session:
    """The session of a page, by its key; raises UserError where it is gone."""
    session = SESSIONS.get(key)
    if session is None:
        raise Unavailable(say("The server has started anew: reload the page."))
    return session


def reopen(session: Session, key: str | None) -> bool:
    """Gives a page that was loaded anew what the page before it had, by that one's key; whether
    there was one. It is a copy: after "Duplicate tab" both pages are open."""
    before = SESSIONS.get(key or "")
    if before is None or before is session:
        return False
    line, memo = session.of(Line), Copies({})  # by its line this page has been answered already
    for each in fields(Session):
        setattr(session, each.name, copied(getattr(before, each.name), memo))
    session.owned[Line] = line
    session.shown.clear()
    return True


class Live(NamedTuple):
    """How a component answers controls that are dragged: `parts` give the session what is `sent`
    by controls, under these names; `draw` gives what is then shown. While they move it may be what
    `moving` gives, less of it and sooner: what has a true `partial` is asked for again, whole, when
    they rest."""

    parts: Mapping[str, Callable[[Session, Any], None]]
    draw: Callable[[Session], dict]
    moving: Callable[[Session], dict] | None = None


def sent(_component: gr.HTML, value: Any) -> str | None:
    """The name by which the page fetches `value`, the content of a component."""
    return None if value is None else OUTBOX.put(_packed(value))


# Past gradio's metaclass, which would write a stub beside this file.
View = ABCMeta.__new__(type(gr.HTML), "View", (gr.HTML,), {"postprocess": sent})


async def take(name: str) -> Response:
    """The content of a component, as JSON; null where it was fetched before."""
    return _json(OUTBOX.take(str(name)) or b"null")


def answers(live: Live) -> Callable[[Any], Response]:
    """The server function of a component that answers controls."""
    shapes = {
        name: get_type_hints(take, include_extras=True)["sent"] for name, take in live.parts.items()
    }

    def ask(asked: Asked) -> Response:
        try:
            session = whose(asked["key"])
            with session.of(History).by_hand(session):
                for name, value in asked["parts"].items():
                    shape = shapes[choose("control", name, shapes)]
                    live.parts[name](session, fitting(shape, value))
                shown = (asked["moving"] and live.moving or live.draw)(session)
            return told(shown)
        except UserError as error:
            return told({"problem": error.said})

    return served(ask, f"{live.draw.__module__}.{live.draw.__qualname__}")


def told(value: Any) -> Response:
    """What a server function answers, with words that the page's scripts tell."""
    return _json(_packed(value))


def _packed(value: Any) -> bytes:
    return orjson.dumps(value, spelled, orjson.OPT_PASSTHROUGH_SUBCLASS)


def _json(content: bytes) -> Response:
    return Response(content, media_type="application/json")
