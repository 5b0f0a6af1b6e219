"""Morph: four pictures and the plane of codes between them."""

import tempfile
from pathlib import Path

import gradio as gr
from torch import Tensor
from torch.nn.functional import interpolate

from explorer.actions import plane
from explorer.components import (
    LIVE,
    QUIET,
    chart_value,
    chart_view,
    slot_value,
    slot_view,
    sprite,
    tiles_value,
    tiles_view,
)
from explorer.engine import Model
from explorer.latent import along_diagonals, walk
from explorer.render import sharpness_curve, sheet, walk_gif
from explorer.session import CORNERS, MORPH, Grid, Session
from explorer.tabs.base import Tab
from training.metrics import sharpness

NAME = "morph"
PLACES = ("Top left", "Top right", "Bottom left", "Bottom right")
TILE_PX, GIF_PX = 64, 192


def build(session: gr.State) -> Tab:
    with gr.Tab("Morph", id=NAME) as tab, gr.Row(elem_classes="split"):
        with gr.Column(scale=2, min_width=280):
            with gr.Row(elem_classes="corners"):
                slots = {
                    name: slot_view(name, place, random=True)
                    for name, place in zip(CORNERS, PLACES, strict=True)
                }
            n = gr.Slider(3, 15, 9, step=1, label="Tiles a side")
            with gr.Row(elem_classes="controls"):
                png = gr.Button("Download PNG", min_width=120)
                gif = gr.Button("Download GIF", min_width=120)
                file = gr.DownloadButton(elem_id="morph-file", elem_classes="unseen")
        with gr.Column(scale=5, min_width=320):
            tiles = tiles_view(MORPH, "Morph", "Put a picture into each of the four corners.")
            chart = chart_view("Sharpness from the corners to the centre")
    outputs = [tiles, chart]
    tab.select(fill, session, list(slots.values()), **QUIET)
    for slot in slots.values():
        slot.changed(show, [session, n], outputs, **LIVE)
    n.change(show, [session, n], outputs, **LIVE)
    fetch = "() => setTimeout(() => document.querySelector('#morph-file').click(), 100)"
    visible = {"api_visibility": "private"}
    png.click(save_png, [session, n], file, **visible).then(None, js=fetch, **QUIET)
    gif.click(save_gif, [session, n], file, **visible).then(None, js=fetch, **QUIET)
    return Tab(NAME, tab, show, [n], outputs, slots, [tiles], controls={"n": n})


def fill(session: Session) -> list:
    """Drawn faces for the corners that are empty when the tab is opened for the first time."""
    if "morph-filled" in session.shown:
        return [gr.skip()] * len(CORNERS)
    session.shown["morph-filled"] = ()
    empty = [corner for corner in CORNERS if corner not in session.slots]
    for corner, picture in zip(CORNERS, session.examples()[1:], strict=False):
        if corner in empty:
            session.put(corner, picture)
    return [slot_value(session.slots[c]) if c in empty else gr.skip() for c in CORNERS]


def show(session: Session, n: int) -> tuple:
    """The grid of every model and the curves of their sharpness."""
    if session.seen(NAME, n, slots=CORNERS):
        return gr.skip(), gr.skip()
    if any(corner not in session.slots for corner in CORNERS):
        return None, None
    planes = {model.name: between(session, model, int(n)) for model in session.models}
    images = {m.name: m.decode(planes[m.name].flatten(0, 1)) for m in session.models}
    labels = [f"Morph {i // n + 1}, {i % n + 1} of {n}" for i in range(n * n)]
    codes = {name: each.flatten(0, 1) for name, each in planes.items()}
    session.grids[NAME] = Grid(MORPH, labels, codes)
    curves = {
        model.title: along_diagonals(sharpness(images[model.name]).unflatten(0, (n, n)))
        for model in session.models
    }
    value = tiles_value(session.models, list(images.values()), n, labels)
    return value, chart_value(sharpness_curve(curves))


def between(session: Session, model: Model, n: int) -> Tensor:
    """The plane of codes (n, n, latent) between the pictures in the four corners."""
    return plane(model, session.codes([session.slots[corner] for corner in CORNERS], model), n)


def save_png(session: Session, n: int) -> str:
    """The grids of all models, side by side, as a picture."""
    _check(session)
    pages = []
    for model in session.models:
        images = model.decode(between(session, model, int(n)).flatten(0, 1))
        large = interpolate(images, size=TILE_PX, mode="bicubic").clamp(0, 1)
        pages.append(sprite(large, int(n)))
    titles = [model.title for model in session.models]
    path = _file("morph.png")
    sheet(pages, len(pages), px=int(n) * TILE_PX, gap=12, labels=titles).save(path)
    return str(path)


def save_gif(session: Session, n: int) -> str:
    """A walk over every tile and back, all models side by side, as an endless animation."""
    _check(session)
    frames = {
        model.title: model.decode(model.project(walk(between(session, model, int(n)))))
        for model in session.models
    }
    return str(walk_gif(frames, _file("morph.gif"), px=GIF_PX))


def _check(session: Session) -> None:
    if any(corner not in session.slots for corner in CORNERS):
        raise gr.Error("Put a picture into each of the four corners first.", print_exception=False)


def _file(name: str) -> Path:
    return Path(tempfile.mkdtemp(prefix="latent-explorer-")) / name
