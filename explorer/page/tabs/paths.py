"""Paths: from picture to picture by three ways, drawn by every model."""

import tempfile
from collections.abc import Iterator
from functools import partial
from html import escape
from pathlib import Path

import gradio as gr
import torch

from explorer.catalogue import titles
from explorer.engine import Model
from explorer.page import components as ui
from explorer.page.tab import Shot, Slot, Tab, Timing, Widgets
from explorer.page.words import mark
from explorer.pictures.picture import MORPH, Picture
from explorer.pictures.render import LINE_COLOURS, film, there_and_back
from explorer.session.ongoing import Ongoing
from explorer.session.state import Session
from explorer.verbs import path
from explorer.verbs.common.grids import Grid
from explorer.verbs.path import REACH, Paths, bent, differ, direct, rows, way
from explorer.words import say
from explorer.work import beside
from training.codes.paths import GEODESIC, LINEAR, SPHERICAL, STEPS, beyond, speed
from training.errors import UserError

NAME = "paths"
SLOTS = tuple(
    Slot(f"key-{i}", say("Picture {n}", n=i), example=i if i < 3 else None) for i in range(1, 5)
)
KEYS = tuple(slot.name for slot in SLOTS)
EVERY = 10  # steps between two pictures of the geodesics
FILM_MS = 80
DASHES = {LINEAR: ("dot", "···"), SPHERICAL: ("dash", "– –"), GEODESIC: ("solid", "——")}
HOVER = "%{y:.3f}<extra>%{meta[0]}, %{meta[1]}</extra>"
STOPPED = "The search for geodesics stopped after {done} of {aim} steps"
WAITING = say("Put pictures into two places or more.")


class Bent(Ongoing):
    """Of geodesics: the best codes."""


def build(session: gr.State) -> Widgets:
    with gr.Row(elem_classes="split"):
        with gr.Column(scale=2, min_width=280):
            with gr.Row(elem_classes="corners"):
                slots = [ui.slot_view(slot.name, slot.title, random=True) for slot in SLOTS]
            frames = gr.Slider(3, 17, 9, step=1, label=mark("Frames from picture to picture"))
            about = {"label": mark("Reach"), "info": mark("above 1 beyond the last picture")}
            reach = gr.Slider(1, REACH, 1, step=0.125, **about)
            with gr.Row(elem_classes="controls of-drawn"):
                said = {"gif": mark("Download GIF"), "mp4": mark("Download MP4")}
                buttons = {form: gr.Button(each, min_width=120) for form, each in said.items()}
                sheet = gr.Button(mark("Download sheet"), min_width=120)
        with gr.Column(scale=5, min_width=320, elem_classes="first-on-phone"):
            strip = ui.filmstrip_view(NAME, say("Paths"), WAITING)
            chart = ui.chart_view(say("How fast the images change along the paths"))
    inputs, outputs = [session, frames, reach], [strip, chart]
    for control in (frames, reach):
        control.change(show, inputs, outputs, **ui.LIVE).then(bend, inputs, outputs, **ui.LONG)
    for form, button in buttons.items():
        ui.saves(button, partial(save, form), inputs, chart)
    sheet.click(None, js=f"() => Latent.save({{ grid: '{NAME}', sheet: true }})", **ui.QUIET)
    strip.stop(stop, inputs, outputs, **ui.QUIET)
    strip.resume(resume, inputs, outputs, **ui.LONG)
    after, controls = (bend, [frames, reach], outputs), {"frames": frames, "reach": reach}
    return Widgets(show, [frames, reach], outputs, after, slots, [strip], controls=controls)


def keyframes(session: Session) -> list[Picture]:
    """The pictures in the places that are filled."""
    return [session.slots[key] for key in KEYS if key in session.slots]


def show(session: Session, frames: int, reach: float) -> tuple:
    """The linear and spherical paths of every model, and their speed."""
    if session.seen(NAME, frames, reach, slots=KEYS):
        return gr.skip(), gr.skip()
    session.of(Bent).number += 1
    return draw(session, int(frames), float(reach))


def draw(session: Session, frames: int, reach: float, progress: float | None = None) -> tuple:
    """All paths that are known; where codes take long to find, how long that is."""
    stamp, models, pictures = ui.stamp(session), session.models, keyframes(session)
    if why := fault(pictures):
        session.grids[NAME] = Grid(MORPH, [], {})
        return stamp | {"said": why}, stamp
    waiting = session.waits(pictures, models)
    found = {**waiting, **known(session, [m for m in models if m not in waiting], frames, reach)}
    drawn = {m: each for m, each in found.items() if isinstance(each, Paths)}
    count = frames + (len(pictures) - 2) * (frames - 1) + beyond(frames, reach)
    session.grids[NAME] = grid(drawn, count)
    value = ui.filmstrip_value(models, found, count, frames - 1, len(pictures), progress)
    bends = session.of(Bent)
    if bends.stopped and bends.of == _subject(session, frames, reach):
        value["stopped"] = say(STOPPED, done=bends.done, aim=STEPS)
    return stamp | value, stamp | ui.chart_value(speeds(drawn, models))


def fault(pictures: list[Picture]) -> str:
    """Why there is no path; empty where there is."""
    try:
        differ(pictures)
    except UserError as error:
        return WAITING if len(pictures) < 2 else error.said
    return ""


def known(session: Session, models: list[Model], frames: int, reach: float) -> dict[Model, Paths]:
    """The paths of models whose codes are known, with the geodesics as far as they are found."""
    bends, pictures = session.of(Bent), keyframes(session)
    ends = bends.found if bends.of == _subject(session, frames, reach) else {}

    def find(model: Model) -> Paths:
        ways = direct(model, session.codes(pictures, model), frames, reach)
        if model.name in ends:
            ways[GEODESIC] = way(model, ends[model.name], ways[SPHERICAL].over)
        return Paths(ways)

    return beside(find, models)


def bend(session: Session, frames: int, reach: float) -> Iterator[tuple]:
    """The paths again, step by step with the geodesics of all models that have gradients, from
    where their search stands; one that the visitor stopped waits."""
    frames, reach, bends, pictures = int(frames), float(reach), session.of(Bent), keyframes(session)
    of = _subject(session, frames, reach)
    if session.tab != NAME or fault(pictures) or bends.rests(of, STEPS):
        yield gr.skip(), gr.skip()
        return
    number = bends.begin(of, {})
    for model in session.waits(pictures, session.models):
        session.codes(pictures, model)  # which takes seconds
    starts = known(session, session.models, frames, reach)
    left = STEPS - bends.begun
    streams = {
        model: bent(each.ways.get(GEODESIC, each.ways[SPHERICAL]), frames, left, EVERY)
        for model, each in starts.items()
        if not model.unrefined
    }
    yield draw(session, frames, reach, progress=bends.begun / STEPS if streams else None)
    while streams and bends.done < STEPS:
        found = beside(lambda model: next(streams[model]), streams)
        if bends.number != number or session.tab != NAME:
            return  # stopped or outdated, or another tab needs the time
        bends.found = {model.name: each.codes for model, (_, each) in found.items()}
        bends.done = bends.begun + next(iter(found.values()))[0]
        yield draw(session, frames, reach, bends.done / STEPS if bends.done < STEPS else None)


def stop(session: Session, frames: int, reach: float) -> tuple:
    """Stops the search for geodesics; what was found stays."""
    session.of(Bent).stop(STEPS)
    return draw(session, int(frames), float(reach))


def resume(session: Session, frames: int, reach: float) -> Iterator[tuple]:
    """Goes on with a search that was stopped."""
    session.of(Bent).stopped = False
    yield from bend(session, frames, reach)


def _subject(session: Session, frames: int, reach: float) -> tuple:
    """What geodesics are of."""
    pictures = [each.look for each in keyframes(session)]
    return (*pictures, *session.names, session.faithful, frames, reach)


def grid(found: dict[Model, Paths], count: int) -> Grid:
    """The frames behind the strips, row by row; a model without a geodesic has the spherical path
    in its place."""
    kinds = max((each.ways for each in found.values()), key=len, default={})
    codes = {
        model.name: torch.cat([each.ways.get(k, each.ways[SPHERICAL]).codes for k in kinds])
        for model, each in found.items()
    }
    ways = {
        kind: {m.name: each.ways[kind].codes for m, each in found.items() if kind in each.ways}
        for kind in kinds
    }
    labels = [
        say("{kind} path, frame {n}", kind=ui.KIND_TITLES[kind], n=at + 1)
        for kind in kinds
        for at in range(count)
    ]
    return Grid(MORPH, labels, codes, paths=ways)


def speeds(found: dict[Model, Paths], models: list[Model]) -> dict:
    """plotly's figure {data, layout} of how much each frame differs from the one before: a colour a
    model, a dash a kind of path."""
    lines = []
    for index, (model, title) in enumerate(titles(models).items()):
        colour = LINE_COLOURS[index % len(LINE_COLOURS)]
        for kind, each in found[model].ways.items() if model in found else ():
            values = speed(each.images).tolist()
            dash, mark_of_it = DASHES[kind]
            line = {"color": colour, "dash": dash}
            called = {"model": title, "kind": ui.KIND_TITLES[kind], "dash": mark_of_it}
            name = say("{model}, {kind} {dash}", **called)
            drawn = {"x": [*range(2, len(values) + 2)], "y": values, "hovertemplate": HOVER}
            drawn["meta"] = [escape(title), ui.KIND_TITLES[kind]]
            lines.append(drawn | {"name": name, "line": line, "mode": "lines"})
    layout = {
        "xaxis": {"title": {"text": say("frame")}},
        "yaxis": {"title": {"text": say("difference from the one before")}, "rangemode": "tozero"},
        "height": 300,
        "margin": {"l": 60, "r": 20, "t": 20, "b": 50},
        "hovermode": "x unified",
        "showlegend": False,  # the page names the lines itself
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
    }
    return {"data": lines, "layout": layout}


def save(form: str, session: Session, frames: int, reach: float) -> str:
    """The paths of all models as a film there and back."""
    if why := fault(keyframes(session)):
        raise UserError(why)
    file = Path(tempfile.mkdtemp(prefix="paths-"), f"paths.{form}")
    found = known(session, session.models, int(frames), float(reach))
    back = {name: there_and_back(each) for name, each in rows(found).items()}
    kinds = max(len(each.ways) for each in found.values())
    return str(film(back, file, ms=FILM_MS, columns=kinds))


SHOT = Shot(".latent-filmstrip .still")
TIMING = Timing("paths between two pictures", 150, lambda session: show(session, 9, 1.0))


def verb(session: Session) -> tuple | None:
    """None where a search went on after it was stopped: no one call finds its geodesics."""
    bends, set_to = session.of(Bent), session.controls
    frames, reach = int(set_to.get("frames", 9)), float(set_to.get("reach", 1))
    given = {"pictures": keyframes(session), "faithful": session.faithful}
    given |= {"frames": frames, "reach": reach}
    if bends.of != _subject(session, frames, reach):
        return path, given
    return None if bends.begun else (path, given | {"steps": bends.done})


TAB = Tab(NAME, say("Paths"), build, SHOT, (TIMING,), SLOTS, within=MORPH, verb=verb)
