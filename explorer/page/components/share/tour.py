"""An invitation to a tour, the tour, and a lesson whose steps set the page up."""

from collections.abc import Callable, Sequence

import gradio as gr

from explorer.page.components.common import component


def tour_view(servers: Sequence[Callable], **options) -> gr.HTML:
    """`servers` give what is told, as its script says."""
    return component("tour", servers=servers, **options)
