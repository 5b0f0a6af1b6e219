"""An invitation to a tour, the tour, and a lesson whose steps set the page up."""

from collections.abc import Callable, Sequence

import gradio as gr

from explorer.page.components.common import component


def tour_view(servers: Sequence[Callable], **options) -> gr.HTML:
    """`servers` give what is told, and end a lesson, as its script says."""
    return component("tour", servers=servers, **options)


def tour_value(step: int) -> dict:
    """The step of the lesson that the page is at, from 1; 0 where there is no lesson."""
    return {"lesson": step}
