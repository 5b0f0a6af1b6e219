"""Sample: the same draws from the prior through every model."""

import math

import gradio as gr

from explorer.components import LIVE, tiles_value, tiles_view
from explorer.session import SAMPLE, Session, sample_grid
from explorer.tabs.base import Tab

NAME = "sample"
MOST = 144


def build(session: gr.State) -> Tab:
    with gr.Tab("Sample", id=NAME) as tab:
        with gr.Row(elem_classes="controls"):
            seed = gr.Number(0, label="Seed", precision=0, minimum=0, min_width=110, scale=1)
            count = gr.Slider(4, MOST, 36, step=1, label="Count", min_width=160, scale=2)
            spread = gr.Slider(
                0,
                2,
                1,
                step=0.05,
                label="Spread",
                info="1 is the prior, less stays nearer to its middle",
                min_width=160,
                scale=2,
            )
            another = gr.Button("New seed", variant="primary", min_width=110, scale=0)
        tiles = tiles_view(SAMPLE, "Samples", "No model is chosen.")
    inputs = [seed, count, spread]
    for control in inputs:
        control.change(show, [session, *inputs], tiles, **LIVE)
    another.click(lambda seed: (seed or 0) + 1, seed, seed, **LIVE)
    controls = {"seed": seed, "count": count, "spread": spread}
    return Tab(NAME, tab, show, inputs, [tiles], senders=[tiles], controls=controls)


def show(session: Session, seed: int | None, count: int, spread: float) -> dict:
    """The same codes, decoded by every model that shares their prior."""
    if session.seen(NAME, seed, count, spread):
        return gr.skip()
    grid = sample_grid(session.models, int(seed or 0), int(count), float(spread))
    session.grids[SAMPLE] = grid
    images = [model.decode(grid.codes[model.name]) for model in session.models]
    return tiles_value(session.models, images, math.ceil(math.sqrt(count)), grid.labels)
