"""Pictures and programs that visitors take away."""

from collections.abc import Callable, Sequence

import gradio as gr

from explorer.page.components.common import component


def save_view(servers: Sequence[Callable]) -> gr.HTML:
    """Nothing to see: `servers` give what the buttons of results take away, as its script says."""
    return component("saving", servers=servers)
