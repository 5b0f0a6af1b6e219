"""Words that may quote strangers, as file names and settings of checkpoints do: text everywhere,
markup nowhere. Gradio reads Markdown in `gr.Markdown` and HTML in toasts."""

from collections.abc import Sequence
from html import escape

import gradio as gr

from explorer.page.words import here


def notice_view(said: str, listed: Sequence[str] = (), command: str = "") -> gr.HTML:
    """A sentence, a command to run, and a list."""
    parts = [f"<p>{escape(said)}</p>"]
    parts += [f"<pre>{escape(command)}</pre>"] if command else []
    parts += [f"<ul>{''.join(f'<li>{escape(each)}</li>' for each in listed)}</ul>"]
    return gr.HTML(f'<div class="notice">{"".join(parts)}</div>', apply_default_css=False)


def inform(message: str, **how) -> None:
    """A passing message."""
    gr.Info(escape(here(message)), **how)


def warn(message: str, **how) -> None:
    """A passing message that something was not done."""
    gr.Warning(escape(here(message)), **how)


def failure(message: str, by_page: bool = True) -> gr.Error:
    """What ends a call; of the page's own calls it is shown as a passing message."""
    return gr.Error(escape(message) if by_page else str(message), print_exception=False)
