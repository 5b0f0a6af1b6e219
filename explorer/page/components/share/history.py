"""Undo and redo over the whole page, and the list of what was done."""

from collections.abc import Mapping

import gradio as gr
from fastapi import Response

from explorer.page.components.common import component
from explorer.page.components.wire import told, whose
from explorer.page.guard.calls import served
from explorer.page.guard.events import Keyed
from explorer.session.history import History


def history_view(titles: Mapping[str, str], **options) -> gr.HTML:
    """`titles` are those of tabs by name. Event: go {by}, {to} or {query: a link's}."""
    return component("history", ["go"], {"titles": titles}, servers=[served(steps)], **options)


def steps(asked: Keyed) -> Response:
    """What was done, step by step, and after which of the steps the page is now."""
    history = whose(asked["key"]).of(History)
    done = [{"tab": step.tab, "said": step.said} for step in history.steps]
    return told({"at": history.at, "steps": done})
