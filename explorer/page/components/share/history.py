"""Undo and redo over the whole page, and the list of what was done."""

from collections.abc import Mapping
from typing import Any

import gradio as gr
from fastapi import Response

from explorer.page.components.common import component
from explorer.page.components.wire import told, whose
from explorer.page.guard.calls import served
from explorer.page.guard.events import Keyed
from explorer.session.changes import Set
from explorer.session.history import History
from explorer.verbs.common.labels import words
from explorer.words import numeral, say

Controls = Mapping[str, gr.components.Component]


def history_view(titles: Mapping[str, str], controls: Controls, **options) -> gr.HTML:
    """`titles` are those of tabs by name; the settings that are made by `controls`, by their names
    here, are called as these are. Event: go {by}, {to}, {query: a link's} or {saved: the id of a
    picture}."""

    def steps(asked: Keyed) -> Response:
        """What was done, step by step, and after which of the steps the page is now."""
        history = whose(asked["key"]).of(History)
        done = [
            {"tab": step.tab, "said": [spoken(each, controls) for each in step.said]}
            for step in history.steps
        ]
        return told({"at": history.at, "steps": done})

    return component("history", ["go"], {"titles": titles}, servers=[served(steps)], **options)


def spoken(done: str | Set, controls: Controls) -> str:
    """What was done in words: of what was set, its name and the values before and after."""
    if not isinstance(done, Set):
        return done
    control = controls.get(done.what) if type(done.what) is str else None
    what = say(control.label.key) if control else done.what
    was, now = (_value(each, control) for each in (done.was, done.now))
    return say("{what} {was} → {now}", what=what if control else _name(what), was=was, now=now)


def _value(value: Any, control: gr.components.Component | None) -> Any:
    for title, chosen in getattr(control, "choices", None) or ():
        if chosen == value:
            return say(getattr(title, "key", title))
    if isinstance(value, bool):
        return say("on") if value else say("off")
    if isinstance(value, (int, float)):
        return numeral(f"{value:g}")
    if isinstance(value, tuple):
        return [*map(words, value)] or "–"
    return _name(value) if value else "–"


def _name(what: Any) -> str:
    return what if isinstance(what, say) else words(str(what))
