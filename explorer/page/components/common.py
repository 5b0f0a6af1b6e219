"""What the components share: model titles and colours, pictures as addresses."""

import json
from base64 import b64encode
from collections.abc import Callable, Sequence

import gradio as gr
from PIL import Image
from torch import Tensor

from explorer.catalogue import titles
from explorer.engine import Model
from explorer.page.components.wire import Live, View, answers, take
from explorer.page.guard.calls import LATER
from explorer.pictures.render import LINE_COLOURS, encoded
from explorer.verbs.common.options import Reason
from explorer.words import say

# For every event but the endpoints: not listed for programs, no spinner over any output. At each
# message of an event gradio renews all that ever had one, even a hidden one, unless it is on none.
QUIET = {"api_visibility": "private", "show_progress": "hidden", "show_progress_on": []}
# For what a tab shows: answers come in the order of the questions, or a late one would be the last.
# So do, by `FairQueue`, those to one visitor in all lanes but that of `LONG`.
IN_TURN = {**QUIET, "concurrency_id": "shown", "concurrency_limit": 2}
# For uploads: decoding a hostile one takes seconds.
READING = {**QUIET, "concurrency_id": "reading", "concurrency_limit": 3}
# For controls that are dragged: of the moves made while one is answered, only the last counts.
LIVE = {**IN_TURN, "trigger_mode": "always_last"}
# For what takes seconds: it leaves room for all else.
LONG = {**QUIET, "trigger_mode": "multiple", "concurrency_id": LATER, "concurrency_limit": 8}


def component(
    script: str,
    events: Sequence[str] = (),
    constants: dict | None = None,
    live: Live | None = None,
    servers: Sequence[Callable] = (),
    **options,
) -> gr.HTML:
    """A component whose script `Latent.<script>` draws into a `<div class="<script>">`.

    `constants` go into the script's call: gradio 6.31 loses the props of a component in a tab
    that is still closed when the server skips it. Their names stand unquoted there, and those of
    the events quoted, since gradio takes every quoted word for an event. With `live` it answers
    controls under its constant `grid`; `servers` are functions that its script calls.
    """
    given = [f"{name}: {_constant(value)}" for name, value in (constants or {}).items()]
    given += ["element, props, trigger, watch, upload, server", f"events: {list(events)}"]
    functions = [take, *servers] if live is None else [take, answers(live), *servers]
    return View(
        html_template=f'<div class="{script}"></div>',
        js_on_load=f"Latent.mount(Latent.{script}, {{{', '.join(given)}}})",
        apply_default_css=False,
        elem_classes=["latent", f"latent-{script}"],
        server_functions=functions,
        **options,
    )


def status_view() -> gr.HTML:
    """A line on what was found or done; its value is text."""
    return component("status")


def _constant(value) -> str:
    """As an expression of JavaScript."""
    if not isinstance(value, say):
        return json.dumps(value)
    given = ", ".join(f"{name}: {_constant(each)}" for name, each in value.values.items())
    return f"Latent.say({json.dumps(value.key)}, {{{given}}})"


def columns(models: Sequence[Model]) -> list[dict]:
    """Titles and colours of models: a colour belongs to a place in the comparison."""
    return [
        {"title": title, "colour": LINE_COLOURS[index % len(LINE_COLOURS)]}
        for index, title in enumerate(titles(models).values())
    ]


def address(image: Tensor | Image.Image, form: str = "png") -> str:
    """A picture as a `data:` address, `encoded` in that form."""
    return f"data:image/{form};base64,{b64encode(encoded(image, form)).decode()}"


def shown(image: Tensor | Reason) -> dict:
    """A picture (3, H, W), or the words that stand in its place, as the page's scripts take it."""
    return image._asdict() if isinstance(image, Reason) else {"src": address(image)}


def packed(codes: Tensor) -> str:
    """Codes (..., n) for scripts: base64 of float32."""
    return b64encode(codes.cpu().float().numpy().tobytes()).decode()
