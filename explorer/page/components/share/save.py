"""Pictures and programs that visitors take away."""

from collections.abc import Callable, Sequence

import gradio as gr

from explorer.page.components.common import QUIET, component


def save_view(servers: Sequence[Callable]) -> gr.HTML:
    """Nothing to see: `servers` give what the buttons of results take away, as its script says."""
    return component("saving", servers=servers)


def saves(button: gr.Button, make: Callable[..., str], inputs: Sequence, busy: gr.HTML) -> None:
    """The button saves the file that `make` writes of the inputs, while `busy` shows progress."""
    file = gr.DownloadButton(elem_classes="unseen")
    visible = {"api_visibility": "private", "show_progress_on": busy}
    made = button.click(make, inputs, file, **visible)
    made.then(None, file, js="(file) => Latent.saveMade(file)", **QUIET)
