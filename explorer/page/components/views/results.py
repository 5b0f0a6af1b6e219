"""What a search found, the nearest first: a strip of pictures for each way to measure."""

from collections.abc import Sequence
from typing import NamedTuple

import gradio as gr

from explorer.page.components.common import component


class Card(NamedTuple):
    """A picture that was found, as an address, how far it is, and its index in the grid."""

    src: str
    label: str
    far: str
    index: int


def results_view(grid: str, empty: str, **options) -> gr.HTML:
    """`grid` names the session's grid behind the pictures. Event: send {grid, index, to}."""
    return component("results", ["send"], {"grid": grid, "empty": empty}, **options)


def results_panel(column: dict, cards: Sequence[Card], note: str = "", said: str = "") -> dict:
    """What is nearest by the model, or the look, of a `column`, or why nothing is, in words."""
    return {**column, "note": note, "said": said, "cards": [each._asdict() for each in cards]}
