"""Morph: the interpolated codes between four pictures, decoded by every model."""

import math
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import gradio as gr

from explorer.catalogue import titles
from explorer.engine import Model
from explorer.page import components as ui
from explorer.page.guard.events import Walked
from explorer.page.tab import Shot, Slot, Tab, Timing, Widgets, completed, number, parted
from explorer.page.words import here, mark
from explorer.pictures.picture import MORPH, Picture, pixels
from explorer.pictures.render import BANDS, film, sharpness_curve
from explorer.session.state import Session
from explorer.verbs import morph
from explorer.verbs.common.domain import unlike
from explorer.verbs.common.grids import Grid
from explorer.verbs.common.stages import FLAT
from explorer.verbs.morph import Morph, at
from explorer.words import say
from explorer.work import beside
from training.errors import UserError
from training.measure.metrics import sharpness

PLACES = (say("Top left"), say("Top right"), say("Bottom left"), say("Bottom right"))
SLOTS = tuple(Slot(f"corner-{i}", place, example=i + 1) for i, place in enumerate(PLACES))
CORNERS = tuple(slot.name for slot in SLOTS)
FAR, QUOTED = 2, 60
AT_ONCE = 3  # models that are drawn first: the page shows those before the others are decoded
WALK = "walk"
# How the chart is read, with bands and without
BANDED = say(
    "Each line is the mean from the four corners, its band their range; 1 is as sharp as the "
    "pictures there."
)
LINES = say("Each line is the mean from the four corners; 1 is as sharp as the pictures there.")


@dataclass(eq=False)
class Walk:
    """Where between the corners the pointer was last, as far as the server knows."""

    right: float = 0.5
    down: float = 0.5


class First(dict):
    """Codes and images of the models that were drawn first, by name, by what they are of: it is
    empty once the page has them all."""


def build(session: gr.State) -> Widgets:
    with gr.Row(elem_classes="split"):
        with gr.Column(scale=2, min_width=280):
            with gr.Row(elem_classes="corners"):
                slots = [ui.slot_view(slot.name, slot.title, random=True) for slot in SLOTS]
            n = gr.Slider(3, 15, 9, step=1, label=mark("Tiles per side"))
            with gr.Row(elem_classes="controls of-drawn"):
                png = gr.Button(mark("Download PNG"), min_width=120)
                gif = gr.Button(mark("Download GIF"), min_width=120)
        with gr.Column(scale=5, min_width=320, elem_classes="first-on-phone"):
            empty = say("Put a picture into each of the four corners.")
            pad = ui.pad_view(WALK, ui.Live({"at": step}, walked))
            tiles = ui.tiles_view(MORPH, say("Morph"), empty)
            chart = ui.chart_view(say("Sharpness from the corners to the centre"))
    inputs, outputs = [session, n], [tiles, chart, pad]
    n.change(show, inputs, outputs, **ui.LIVE).then(complete, inputs, outputs, **ui.LONG)
    png.click(None, n, js="(tiles) => Latent.save({ tiles })", **ui.QUIET)
    ui.saves(gif, save_gif, inputs, chart)
    after = complete, [n], outputs
    return Widgets(show, [n], outputs, after, slots, senders=[tiles, pad], controls={"n": n})


def show(session: Session, n: int) -> tuple:
    """The grids of interpolated codes of the first models, and the pad; with no more models than
    that, the sharpness along the diagonals."""
    if session.seen(MORPH, n, slots=CORNERS):
        return gr.skip(), gr.skip(), gr.skip()
    return draw(session, n, first=True)


def complete(session: Session, n: int) -> Iterator[tuple | dict]:
    """As `draw`, of the other models, then of those whose codes take seconds to find."""
    if session.given(n, slots=CORNERS) in session.of(First):
        yield draw(session, n)
    yield completed(session, draw, [n], CORNERS)


def draw(session: Session, n: int, first: bool = False) -> tuple:
    """Grids, sharpness and pad; where codes take long to find, how long that is. At `first`, the
    grids of a few models alone: those of the others stay as the page shows them."""
    stamp, corners = ui.stamp(session), corners_of(session)
    if not corners:
        return stamp, stamp, stamp
    n, models = int(n), session.models  # the session may turn to others meanwhile
    waiting = session.waits(corners, models)
    given = session.given(n, slots=CORNERS)
    known = session.of(First).get(given, {})
    found = {m: Morph(m, *known[m.name]) for m in models if m.name in known}
    left = [model for model in models if model not in waiting and model not in found]
    now = left[:AT_ONCE] if first else left
    found |= between(session, corners, now, n)
    labels = [
        say("Morph {row}, {column} of {n}", row=i // n + 1, column=i % n + 1, n=n)
        for i in range(n * n)
    ]
    if session.given(n, slots=CORNERS) == given:  # else what replaces this is drawn already
        drawn = {model.name: (each.codes, each.images) for model, each in found.items()}
        session.owned[First] = First({given: drawn} if now != left else {})
        codes = {name: each.flatten(0, 1) for name, (each, _) in drawn.items()}
        session.grids[MORPH] = Grid(MORPH, labels, codes)
    panels = [found[m].images if m in found else waiting.get(m) for m in models]
    curves = {
        title: found[model].sharpness / detail(corners, model) if model in found else None
        for model, title in titles(models).items()
    }
    notes = [advice(session, corners, found[m]) if m in found else "" for m in models]
    value = ui.tiles_value(models, panels, n, labels, notes)
    read = BANDED if len(curves) <= BANDS else LINES
    chart = gr.skip() if now != left else stamp | ui.chart_value(sharpness_curve(curves, n), read)
    pad = gr.skip() if known else walked(session)  # which has all models at first
    return stamp | value, chart, pad


def detail(corners: list[Picture], model: Model) -> float:
    """The mean sharpness of the pictures in the corners, as large as the model draws them."""
    return max(float(sharpness(pixels(corners, model.image_size)).mean()), FLAT)


def step(session: Session, sent: Walked) -> None:
    """Another point between the corners."""
    session.owned[Walk] = Walk(**sent)


def walked(session: Session) -> dict:
    """The pad, with what each model draws where the pointer was last."""
    stamp, point = ui.stamp(session), session.of(Walk)
    pictures, models = corners_of(session), session.models
    if not pictures:
        return stamp
    waiting = session.waits(pictures, models)
    corners = {m: session.codes(pictures, m) for m in models if m not in waiting}
    codes = {m: at(m, each, point.right, point.down) for m, each in corners.items()}
    session.grids[WALK] = Grid(
        MORPH, [say("Between the corners")], {m.name: z for m, z in codes.items()}
    )
    images = beside(lambda model: model.decode(codes[model])[0], codes)
    size = max(m.image_size for m in models)
    behind = pixels(pictures, size)
    return stamp | ui.pad_value(models, corners, images, waiting, behind, asdict(point))


def advice(session: Session, corners: list[Picture], found: Morph) -> str:
    """Suggests refined codes where the encoder's are far off a picture: its like is unknown to the
    models, or its error is above FAR times that of held-out images."""
    model, n, poor = found.model, len(found.codes), []
    if session.faithful or not model.encodes:
        return ""
    drawn = found.images[[0, n - 1, n * (n - 1), n * n - 1]]
    usual = model.metrics.get("mse", math.inf)
    for picture, x_hat in zip(corners, drawn, strict=True):
        if not picture.real:
            continue
        error = (x_hat - picture.pixels(model.image_size)).square().mean()
        if error > FAR * usual or unlike(picture, [model], session.colours):
            poor.append(picture.label)
    if not poor:
        return ""
    return say("The encoder is far off {pictures}: try Refined codes, above.", pictures=poor)


def corners_of(session: Session) -> list[Picture]:
    """The pictures in the corners; none where one of these is empty."""
    corners = [session.slots.get(corner) for corner in CORNERS]
    return [] if None in corners else corners


def between(
    session: Session, corners: list[Picture], models: list[Model], n: int
) -> dict[Model, Morph]:
    """Interpolated codes between the four corners' pictures; UserError without these."""
    if not corners:
        raise UserError(say("Put a picture into each of the four corners first."))
    return morph(corners, models, n, faithful=session.faithful)


def save_gif(session: Session, n: int, progress=gr.Progress()) -> str:  # noqa: B008
    """A walk over every tile and back, all models side by side, as a looping GIF."""
    called = titles(session.models)
    found = between(session, corners_of(session), session.models, int(n))
    frames = {called[model]: each.walk() for model, each in found.items()}
    track = partial(progress.tqdm, desc=here(say("Drawing frames")))
    return str(film(frames, _file("morph.gif"), track=track))


def _file(name: str) -> str:
    return str(Path(tempfile.mkdtemp(prefix="morph-"), name))


SHOT = Shot(".latent-chart .key")
TIMING = Timing("9x9 morph", 150, lambda session: show(session, 9))


def verb(session: Session) -> tuple:
    corners = [session.slots[corner] for corner in CORNERS]
    given = {"pictures": corners, "n": int(session.controls.get("n", 9))}
    return morph, given | {"faithful": session.faithful}


def pack(session: Session) -> dict[str, str]:
    point = session.of(Walk)
    moved = (point.right, point.down) != (Walk.right, Walk.down)
    return {"point": f"{point.right:g},{point.down:g}" if moved else ""}


def unpack(session: Session, fields: Mapping[str, str]) -> None:
    spots = [number(each, 0, 1) for each in parted(fields, "point")]
    before, known = session.of(Walk), len(spots) == 2 and None not in spots
    session.owned[Walk] = now = Walk(*spots) if known else Walk()
    if (now.right, now.down) != (before.right, before.down):
        session.shown.pop(MORPH, None)  # the page shows another point


LINK = {"pack": pack, "unpack": unpack, "verb": verb}
TAB = Tab(MORPH, say("Morph"), build, SHOT, (TIMING,), SLOTS, view=say("Four pictures"), **LINK)
