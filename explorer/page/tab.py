"""What a tab hands to the page that assembles it."""

from collections.abc import Callable
from dataclasses import dataclass, field

import gradio as gr


@dataclass
class Tab:
    """`show(session, *inputs)` gives what `outputs` have to show after another choice of models;
    `after` is a handler with its inputs and outputs that goes on from there, at once or step by
    step;
    `edited` is the event after which pictures at hand look different;
    `senders` are components whose pictures can be sent on; `controls` go into the link by name.
    """

    name: str
    tab: gr.Tab
    show: Callable
    inputs: list
    outputs: list
    slots: dict[str, gr.HTML] = field(default_factory=dict)
    senders: list = field(default_factory=list)
    edited: gr.events.Dependency | None = None
    after: tuple | None = None
    controls: dict[str, gr.components.Component] = field(default_factory=dict)
