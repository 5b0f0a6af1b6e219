"""Morph: the interpolated codes between four pictures, decoded by every model."""

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
    slot_view,
    tiles_value,
    tiles_view,
)
from explorer.page.tab import Shot, Slot, Tab, Timing, Widgets
from explorer.pictures.picture import MORPH
from explorer.pictures.render import ABREAST, sharpness_curve, sheet, sprite, walk_gif
from explorer.session.state import Session
from explorer.verbs import morph
from explorer.verbs.grids import Grid
from explorer.verbs.morph import Morph

PLACES = ("Top left", "Top right", "Bottom left", "Bottom right")
SLOTS = tuple(Slot(f"corner-{i}", place, example=i + 1) for i, place in enumerate(PLACES))
CORNERS = tuple(slot.name for slot in SLOTS)
TILE_PX, GIF_PX = 64, 192


def build(session: gr.State) -> Widgets:
    with gr.Row(elem_classes="split"):
        with gr.Column(scale=2, min_width=280):
            with gr.Row(elem_classes="corners"):
                slots = [slot_view(slot.name, slot.title, random=True) for slot in SLOTS]
            n = gr.Slider(3, 15, 9, step=1, label="Tiles per side")
            with gr.Row(elem_classes="controls"):
                png = gr.Button("Download PNG", min_width=120)
                gif = gr.Button("Download GIF", min_width=120)
                file = gr.DownloadButton(elem_id="morph-file", elem_classes="unseen")
        with gr.Column(scale=5, min_width=320):
            tiles = tiles_view(MORPH, "Morph", "Put a picture into each of the four corners.")
            chart = chart_view("Sharpness from the corners to the centre")
    outputs = [tiles, chart]
    for slot in slots:
        slot.changed(show, [session, n], outputs, **LIVE).then(
            complete, [session, n], outputs, **LONG
        )
    n.change(show, [session, n], outputs, **LIVE).then(complete, [session, n], outputs, **LONG)
    fetch = "() => setTimeout(() => document.querySelector('#morph-file').click(), 100)"
    visible = {"api_visibility": "private"}
    png.click(save_png, [session, n], file, **visible).then(None, js=fetch, **QUIET)
    gif.click(save_gif, [session, n], file, **visible).then(None, js=fetch, **QUIET)
    after = complete, [n], outputs
    return Widgets(show, [n], outputs, after, slots, senders=[tiles], controls={"n": n})


def show(session: Session, n: int) -> tuple:
    """Every model's grid of interpolated codes, and the sharpness along its diagonals."""
    if session.seen(MORPH, n, slots=CORNERS):
        return gr.skip(), gr.skip()
    if not full(session):
        return None, None
    return drawn(session, int(n))


def complete(session: Session, n: int) -> tuple:
    """As `show`, once the codes of the models are found that take long to find."""
    if session.seen("morph-complete", n, slots=CORNERS) or not full(session):
        return gr.skip(), gr.skip()
    pictures = [session.slots[corner] for corner in CORNERS]
    waiting = session.waits(pictures, session.models)
    for model in waiting:
        session.codes(pictures, model)
    return drawn(session, int(n)) if waiting and full(session) else (gr.skip(), gr.skip())


def drawn(session: Session, n: int) -> tuple:
    """Grids and sharpness; in place of a grid whose codes take long to find, how long that is."""
    models = session.models  # the session may turn to others meanwhile
    waiting = session.waits([session.slots[corner] for corner in CORNERS], models)
    ready = [model for model in models if model not in waiting]
    found = between(session, ready, n)
    labels = [f"Morph {i // n + 1}, {i % n + 1} of {n}" for i in range(n * n)]
    codes = {model.name: each.codes.flatten(0, 1) for model, each in found.items()}
    session.grids[MORPH] = Grid(MORPH, labels, codes)
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
    """A walk over every tile and back, all models side by side, as a looping GIF."""
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


SHOT = Shot(".latent-chart .key")
TIMING = Timing("9x9 morph", 300, lambda session: show(session, 9))
TAB = Tab(MORPH, "Morph", build, SHOT, (TIMING,), SLOTS)
