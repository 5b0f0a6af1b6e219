"""Morph: four pictures and the plane of codes between them."""

import tempfile
from pathlib import Path

import gradio as gr
from torch.nn.functional import interpolate

from explorer.engine import Model, titles
from explorer.page.components import (
    LIVE,
    LONG,
    QUIET,
    chart_value,
    chart_view,
    slot_value,
    slot_view,
    tiles_value,
    tiles_view,
)
from explorer.page.tab import Tab
from explorer.pictures.picture import MORPH
from explorer.pictures.render import ABREAST, sharpness_curve, sheet, sprite, walk_gif
from explorer.session.state import CORNERS, Session
from explorer.verbs import morph
from explorer.verbs.grids import Grid
from explorer.verbs.morph import Morph

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
        slot.changed(show, [session, n], outputs, **LIVE).then(
            complete, [session, n], outputs, **LONG
        )
    n.change(show, [session, n], outputs, **LIVE).then(complete, [session, n], outputs, **LONG)
    fetch = "() => setTimeout(() => document.querySelector('#morph-file').click(), 100)"
    visible = {"api_visibility": "private"}
    png.click(save_png, [session, n], file, **visible).then(None, js=fetch, **QUIET)
    gif.click(save_gif, [session, n], file, **visible).then(None, js=fetch, **QUIET)
    return Tab(
        NAME,
        tab,
        show,
        [n],
        outputs,
        slots,
        [tiles],
        after=(complete, [n], outputs),
        controls={"n": n},
    )


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
    if not full(session):
        return None, None
    return drawn(session, int(n))


def complete(session: Session, n: int) -> tuple:
    """The grids of the models whose codes take long, when they are found."""
    if session.seen("morph-complete", n, slots=CORNERS) or not full(session):
        return gr.skip(), gr.skip()
    pictures = [session.slots[corner] for corner in CORNERS]
    waiting = session.waits(pictures, session.models)
    for model in waiting:
        session.codes(pictures, model)
    return drawn(session, int(n)) if waiting and full(session) else (gr.skip(), gr.skip())


def drawn(session: Session, n: int) -> tuple:
    """Grids and curves; of models whose codes take long, what they are waited for."""
    models = session.models  # the session may turn to others meanwhile
    waiting = session.waits([session.slots[corner] for corner in CORNERS], models)
    ready = [model for model in models if model not in waiting]
    found = between(session, ready, n)
    labels = [f"Morph {i // n + 1}, {i % n + 1} of {n}" for i in range(n * n)]
    codes = {model.name: each.codes.flatten(0, 1) for model, each in found.items()}
    session.grids[NAME] = Grid(MORPH, labels, codes)
    curves = {
        title: found[model].sharpness if model in found else None
        for model, title in titles(models).items()
    }
    panels = [found[model].images if model in found else waiting[model] for model in models]
    value = tiles_value(models, panels, n, labels)
    return value, chart_value(sharpness_curve(curves))


def full(session: Session) -> bool:
    return all(corner in session.slots for corner in CORNERS)


def between(session: Session, models: list[Model], n: int) -> dict[Model, Morph]:
    """Interpolated codes between the pictures in the four corners."""
    corners = [session.slots[corner] for corner in CORNERS]
    return morph(corners, models, n, faithful=session.faithful)


def save_png(session: Session, n: int) -> str:
    """The grids of all models, side by side, as a picture."""
    _check(session)
    pages = []
    for found in between(session, session.models, int(n)).values():
        large = interpolate(found.images, size=TILE_PX, mode="bicubic").clamp(0, 1)
        pages.append(sprite(large, int(n)))
    named, across = [*titles(session.models).values()], min(len(pages), ABREAST)
    path = _file("morph.png")
    sheet(pages, across, px=int(n) * TILE_PX, gap=12, labels=named).save(path)
    return str(path)


def save_gif(session: Session, n: int) -> str:
    """A walk over every tile and back, all models side by side, as an endless animation."""
    _check(session)
    called = titles(session.models)
    found = between(session, session.models, int(n))
    frames = {called[model]: each.walk() for model, each in found.items()}
    return str(walk_gif(frames, _file("morph.gif"), px=GIF_PX))


def _check(session: Session) -> None:
    if not full(session):
        raise gr.Error("Put a picture into each of the four corners first.", print_exception=False)


def _file(name: str) -> Path:
    return Path(tempfile.mkdtemp(prefix="latent-explorer-")) / name
