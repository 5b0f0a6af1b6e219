"""Pictures and programs that visitors take away."""

from collections.abc import Callable, Sequence
from functools import wraps

import gradio as gr

from explorer.page.components.common import QUIET, component
from explorer.page.said import warn
from training.errors import UserError


def save_view(servers: Sequence[Callable]) -> gr.HTML:
    """Nothing to see: `servers` give what the buttons of results take away, as its script says."""
    return component("saving", servers=servers)


def saves(button: gr.Button, make: Callable[..., str], inputs: Sequence, busy: gr.HTML) -> None:
    """The button saves the file that `make` writes of the inputs, while `busy` shows progress; why
    there is none is said, and `busy` keeps no sign of an error."""
    file = gr.DownloadButton(elem_classes="unseen")
    visible = {"api_visibility": "private", "show_progress_on": busy}

    @wraps(make)
    def made(*given) -> str | None:
        try:
            return make(*given)
        except UserError as error:
            return warn(error.said)

    written = button.click(made, inputs, file, **visible)
    written.then(None, file, js="(file) => file && Latent.saveMade(file)", **QUIET)
