"""Reconstruct: the reconstructions of a picture by every model, from encoder and refined codes."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial

import gradio as gr
import torch
from torch import Tensor

from explorer.engine import Model
from explorer.page.components import (
    IN_TURN,
    LIVE,
    LONG,
    QUIET,
    board_row,
    board_value,
    board_view,
    crop_value,
    crop_view,
    slot_value,
    slot_view,
    words,
)
from explorer.page.tab import Shot, Slot, Tab, Timing, Widgets
from explorer.pictures.faces import Crop
from explorer.pictures.files import astronaut
from explorer.pictures.picture import Picture
from explorer.session.state import Session
from explorer.verbs.grids import Grid
from explorer.verbs.labels import read_labels
from explorer.verbs.reconstruct import first_codes, measure, refined_in_step
from training.measure.figures import FIGURES

NAME = "reconstruct"
SLOT = Slot(NAME, "Your picture", example=0)
EVERY = 5  # steps between two pictures of the refinement


@dataclass
class Turn:
    """Counts refinements, so that a running one sees that it is outdated."""

    number: int = 0


def build(session: gr.State) -> Widgets:
    with gr.Row(elem_classes="split"):
        with gr.Column(scale=2, min_width=280):
            slot = slot_view(SLOT.name, SLOT.title)
            found = gr.Markdown(elem_classes="status")
            with gr.Accordion("Correct the crop", open=False):
                editor = crop_view()
        with gr.Column(scale=5, min_width=320):
            with gr.Row(elem_classes="controls"):
                label = {"label": "Refinement steps", "info": "optimisation steps on the code"}
                steps = gr.Slider(0, 300, 50, step=5, min_width=250, **label)
                again = gr.Button("Refine", variant="primary", min_width=90, scale=0)
                stop = gr.Button("Stop", min_width=90, scale=0)
            board = board_view("Drop a picture into the slot, or click an example.")
    outputs = [board, editor, found]
    started = slot.changed(show, session, outputs, **IN_TURN)
    editor.move(moved, session, [board, slot, found], **LIVE)
    placed = editor.place(moved, session, [board, slot, found], **IN_TURN)
    for event in (started.then, placed.then, again.click, steps.release):
        event(refine, [session, steps], board, **LONG)
    stop.click(halt, session, **QUIET)
    after, controls = (resume, [steps], board), {"steps": steps}
    return Widgets(show, [], outputs, after, [slot], [board], placed, controls)


def show(session: Session) -> tuple:
    """The reconstructions from the encoders' codes, the crop, and what was found in the picture."""
    if session.seen(NAME, slots=[NAME]):
        return gr.skip(), gr.skip(), gr.skip()
    halt(session)
    picture = session.slots.get(NAME)
    if picture is None:
        return None, None, ""
    message = picture.crop.message if picture.crop else ""
    if picture.crop and not picture.crop.found:
        message = f"**{message}**"
    encoded, originals = _encoded(session, picture)
    return _board(session, originals, encoded), crop_value(picture), message


def refine(session: Session, steps: int) -> Iterator[dict]:
    """The reconstructions from codes under refinement, below the encoders'.

    It gives `gr.skip()` rather than nothing, for which gradio 6.31 would clear the board; but that
    to no component in a closed accordion, where it is taken for a value.
    """
    halt(session)
    if session.tab != NAME:  # `resume` does it when the tab is opened
        yield gr.skip()
        return
    session.seen("refined", steps, slots=[NAME])
    turn, picture = session.of(Turn).number, session.slots.get(NAME)
    if picture is None or steps < 1:
        yield gr.skip()
        return
    encoded, originals = _encoded(session, picture)
    names, board = [*encoded], None
    models = _models(session, encoded)
    for step, codes in refined_in_step(models, originals, encoded, int(steps), EVERY):
        if session.of(Turn).number != turn or session.names != names:  # stopped, or outdated
            break
        if session.tab != NAME:  # another tab needs the time; `resume` begins anew
            session.shown.pop("refined", None)
            break
        if picture.real:
            _remember(session, picture, codes, step)
        board = _board(session, originals, encoded, codes, f"{step} of {int(steps)} steps")
        yield board
    if board is None:
        yield gr.skip()


def resume(session: Session, steps: int) -> Iterator[dict]:
    """Refines when the tab is opened and what it shows belongs to other models or pictures."""
    if session.seen("refined", steps, slots=[NAME]):
        yield gr.skip()
    else:
        yield from refine(session, steps)


def moved(session: Session, event: gr.EventData) -> tuple:
    """After another crop: the encoders' reconstructions of it."""
    picture = session.slots.get(NAME)
    if picture is None:
        return gr.skip(), gr.skip(), gr.skip()
    halt(session)
    place = [float(event._data[name]) for name in ("x", "y", "side", "angle")]
    picture.cropped(Crop(*place, True, "The crop was set by hand."))
    session.seen(NAME, slots=[NAME])
    encoded, originals = _encoded(session, picture)
    board = _board(session, originals, encoded)
    return board, slot_value(picture, quiet=True), picture.crop.message


def halt(session: Session) -> None:
    """Stops the running refinement."""
    session.of(Turn).number += 1


def _remember(session: Session, picture: Picture, codes: dict, step: int) -> None:
    """Keeps the codes (1, n) of the most steps as the picture's refined codes; not those of models
    without an encoder, whose refined codes begin with a longer recovery."""
    for name in [model.name for model in _models(session, codes) if model.encodes]:
        _, steps = picture.refined.get(name, (None, 0))
        if step >= steps:
            picture.refined[name] = (codes[name][0], step)


def _encoded(session: Session, picture: Picture) -> tuple[dict, dict]:
    """Codes (1, n) and originals (1, 3, H, W) by model name; the best of prior samples where there
    is no encoder."""
    models, codes = session.models, {}
    originals = {model.name: picture.pixels(model.image_size)[None] for model in models}
    for model in models:
        codes[model.name] = first_codes(model, originals[model.name])
        if picture.real and model.encodes:
            picture.codes[model.name] = codes[model.name][0]
    return codes, originals


def _models(session: Session, codes: dict) -> list[Model]:
    """Those that codes by model name are of; the session may have turned to others meanwhile."""
    return [session.catalogue.models[name] for name in codes]


def _board(
    session: Session, originals: dict, encoded: dict, refined: dict | None = None, note: str = ""
) -> dict:
    """Rows for the encoder's and the refined codes, and the grid behind them."""
    stages = [("Encoder", "without refinement", encoded)]
    if refined:
        stages.append(("Refined", note, refined))
    models, rows = _models(session, encoded), []
    for index, (title, said, codes) in enumerate(stages):
        images = {m.name: m.decode(codes[m.name]) for m in models}
        first = originals[models[0].name]
        stats = [[("Sharpness", "1.00", "The others are relative to this")]]
        stats += [_stats(m, originals[m.name], codes[m.name], images[m.name]) for m in models]
        why = ["", *(_unencoded(model) for model in models)]
        pictures = [first[0], *(image[0] for image in images.values())]
        rows.append(board_row(title, index, pictures, stats, said, why if index == 0 else ()))
    codes = {model.name: torch.cat([stage[model.name] for *_, stage in stages]) for model in models}
    labels = [f"{title} reconstruction" for title, *_ in stages]
    session.grids[NAME] = Grid(NAME, labels, codes)
    return board_value(NAME, models, rows, original=True)


def _unencoded(model: Model) -> str:
    """What to say of the picture that stands in the encoder's row where there is none."""
    if model.encodes:
        return ""
    took = model.descent_s(1, steps=50)
    return (
        f"{model.title} has no encoder: this is the best of a few prior samples. Refinement finds "
        f"a better code, 50 steps in about {took:.1f} s."
    )


def _stats(model: Model, x: Tensor, z: Tensor, x_hat: Tensor) -> list[tuple[str, str, str]]:
    """Figures of the reconstruction `x_hat` of `x` (1, 3, H, W) from the code `z` (1, n), and the
    labels that it ends in, if any."""
    figures = measure(model, x, z, x_hat)
    known = [(FIGURES[name], value) for name, value in figures.items()]
    rows = [(figure.title, figure.text(value), figure.words) for figure, value in known]
    if not model.encodes:
        meaning = "Descent from several prior samples, the best kept"
        rows.append(("Found by", model.found_by, meaning))
    if said := read_labels(model, z):
        rows.append(("Labels", words(said), "The labels at the end of the code"))
    return rows


@cache
def _upload() -> bytes:
    file = io.BytesIO()
    astronaut().save(file, "JPEG")
    return file.getvalue()


def upload(session: Session, steps: int) -> None:
    """Shows a photo as if it were uploaded, and refines its codes."""
    session.put(NAME, session.photo(_upload(), "photo", keep=False))
    show(session)
    list(refine(session, steps))


SHOT = Shot("text=50 of 50 steps")
TIMINGS = (
    Timing("reconstruct an upload", 60, partial(upload, steps=0)),
    Timing("reconstruct it and refine 50 steps", 1500, partial(upload, steps=50)),
)
TAB = Tab(NAME, "Reconstruct", build, SHOT, TIMINGS, (SLOT,))
