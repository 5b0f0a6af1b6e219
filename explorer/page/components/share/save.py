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
    """The button saves the file that `make` writes of two inputs or more, while `busy` shows
    progress; why there is none is said, and `busy` keeps no sign of an error."""
    file = gr.DownloadButton(elem_classes="unseen")
    visible = {"api_visibility": "private", "show_progress_on": busy}

    @wraps(make)
    def made(*given) -> str | None:
        try:
            return make(*given)
        except UserError as error:
            return warn(error.said)

    begin = f"(...given) => {{ Latent.makes({button._id}); return given; }}"
    take = f"(file) => file && Latent.saveMade({button._id}, file)"
    written = button.click(made, inputs, file, js=begin, **visible)
    written.then(None, file, js=take, **QUIET)
