"""Reconstruct: the reconstructions of a picture by every model, from encoder and refined codes."""

import io
from collections.abc import Iterator
from functools import cache, partial
from typing import Annotated

import gradio as gr
import torch
from annotated_types import Interval

from explorer.engine import Model
from explorer.page import components as ui
from explorer.page.cropping import crop, cropped
from explorer.page.guard.calls import Event
from explorer.page.guard.events import Square
from explorer.page.likeness import said
from explorer.page.tab import Latest, Shot, Slot, Tab, Timing, Widgets
from explorer.page.words import mark
from explorer.pictures.picture import Picture
from explorer.session.examples import astronaut
from explorer.session.refinement import REFINED, Refinement, planned, starts
from explorer.session.state import Session
from explorer.verbs import reconstruct
from explorer.verbs.common.domain import unlike
from explorer.verbs.common.grids import Grid
from explorer.verbs.reconstruct import Reconstruction, refined_in_step, unencoded, unrefined
from explorer.words import numeral, say
from training.codes.inversion import OBJECTIVES

NAME = "reconstruct"
SLOT = Slot(NAME, say("Your picture"), example=0)
STEPS = "{done} of {aim} steps"
EVERY = 10  # steps between two pictures of the refinement
# Where descent begins, by the method of `training.codes.inversion`
STARTS = {"hybrid": say("The encoder's code"), "recovery": say("Random codes")}
Step = Annotated[int, Interval(ge=0, le=100_000)]


class First(Latest):
    """The reconstructions before any refinement."""


def build(session: gr.State) -> Widgets:
    with gr.Row(elem_classes="split"):
        with gr.Column(scale=2, min_width=280, elem_classes="apart-on-phone"):
            with gr.Column(min_width=280, elem_classes="first-on-phone"):
                slot = ui.slot_view(SLOT.name, SLOT.title)
                found = ui.status_view()
            of_picture = {"elem_classes": "of-picture"}
            near = gr.Checkbox(False, label=mark("Adapt its colours to the models"), **of_picture)
            with gr.Accordion(mark("Correct the crop"), open=False, **of_picture):
                editor = ui.crop_view(NAME)
        with gr.Column(scale=5, min_width=320, elem_classes="apart-on-phone"):
            with gr.Row(elem_classes="controls"):
                label = {"label": mark("Steps"), "info": mark("on the code"), "scale": 3}
                steps = gr.Slider(0, 300, 50, step=5, min_width=215, **label)
                fast = {"variant": "primary", "min_width": 90, "scale": 0}
                again = gr.Button(mark("Refine"), **fast, **of_picture)
                what, wide = mark("what the steps lower"), {"min_width": 200, "scale": 4}
                named = [(mark(title), name) for name, title in ui.OBJECTIVES.items()]
                kind = gr.Dropdown(named, label=mark("Objective"), info=what, **wide)
                begun = [(mark(title), name) for name, title in STARTS.items()]
                what = mark("where they begin")
                start = gr.Dropdown(begun, label=mark("Start from"), info=what, **wide)
            live = ui.Live({"crop": moved, "step": choose}, draw)
            empty = say("Drop a picture into the slot, or click an example.")
            board = ui.board_view(NAME, empty, live)
    outputs = [board, editor, found, near]
    each = {"trigger_mode": "multiple", **ui.IN_TURN}
    placed = editor.place(partial(cropped, slot=NAME), session, [slot, found], **each)
    toned = near.input(tone, [session, near], [board, slot, found], **ui.LIVE)
    how = [steps, kind, start]
    for event in (placed.then, toned.then, again.click):
        event(refine, [session, *how], board, **ui.LONG)
    for set_to in (steps.release, kind.input, start.input):
        # In its turn, since the session is told of no controls by events that may be late
        told = set_to(lambda *_: None, [session, *how], None, **each)
        told.then(resume, [session, *how], board, **ui.LONG)
    board.stop(stop, session, board, **ui.QUIET)
    after, controls = (resume, how, board), {"steps": steps, "objective": kind, "start": start}
    return Widgets(show, [], outputs, after, [slot], [board], [placed, toned], controls)


def show(session: Session) -> tuple:
    """The reconstructions from the encoders' codes, the crop, what was found in the picture, and
    whether its colours are adapted."""
    if session.seen(NAME, slots=[NAME]):
        return tuple(gr.skip() for _ in range(4))
    halt(session)
    session.shown.pop("refined", None)  # which is to follow
    stamp, picture = ui.stamp(session), session.slots.get(NAME)
    if picture is None:
        return stamp, None, "", False
    crop, toned = stamp | ui.crop_value(picture), bool(picture.toned)
    return draw(session), crop, said(session, picture), toned


def draw(session: Session) -> dict:
    """The reconstructions from the encoders' codes, and those of the step that is looked at."""
    stamp, picture, run = ui.stamp(session), session.slots.get(NAME), session.of(Refinement)
    if picture is None:
        return stamp
    if run.has(_subject(session)):
        return stamp | refined(session, picture, say(STEPS, done=run.done, aim=run.done))
    return stamp | board(session, picture, encoded(session, picture))


def tone(session: Session, near: bool) -> tuple:
    """The picture with its colours near those that the models know, or its own again."""
    picture = session.slots.get(NAME)
    if picture is None:
        return gr.skip(), gr.skip(), gr.skip()
    halt(session)
    picture.tone(session.colours if near else None)
    session.seen(NAME, slots=[NAME])
    return draw(session), ui.slot_value(picture), said(session, picture)


def refine(
    session: Session, steps: int, objective: str = "sharp", method: str = "hybrid", aim: int = 0
) -> Iterator[dict]:
    """The reconstructions from codes under refinement, below the encoders': up to `aim`, if given,
    else up to `steps`, or by so many more where they are done; the best codes are kept.

    It gives `gr.skip()` rather than nothing, for which gradio 6.31 would clear the board; but that
    to no component in a closed accordion, where it is taken for a value.
    """
    halt(session)
    if session.tab != NAME:  # `resume` does it when the tab is opened
        yield gr.skip()
        return
    session.seen("refined", steps, objective, method, slots=[NAME])
    run, picture, models = session.of(Refinement), session.slots.get(NAME), session.models
    if picture is None or steps < 1:
        yield gr.skip()
        return
    run.objective, run.method, run.asked = objective, method, steps
    subject, value = _subject(session), None
    number, of = run.number, run.about(subject)
    with run.lock:
        if run.of != of:
            run.begin(subject, encoded(session, picture), starts(picture, models, method))
        done, run.begun, run.chosen, run.stopped = run.done, run.done, None, False
        run.aim = aim = aim or int(steps if steps > done else done + steps)
        x = {name: each.x for name, each in run.found.items()}
        last = {name: [*each.stages.items()][-1] for name, each in run.found.items()}
        encoders = {model.name for model in models if model.encodes and method == "hybrid"}
        z = {name: each.z for name, (at, each) in last.items() if at == REFINED or name in encoders}
    try:
        for step, codes in refined_in_step(models, x, z, aim - done, EVERY, OBJECTIVES[objective]):
            stamp = ui.stamp(session)
            with run.lock:
                if run.number != number or _subject(session) != subject or session.tab != NAME:
                    break  # stopped, outdated, or another tab needs the time
                run.climb(models, done + step, codes)
                run.keep(picture, [model for model in models if model.name in codes])
                progress = run.done / aim if run.done < aim else None
                note = say(STEPS, done=run.done, aim=aim)
                value = stamp | refined(session, picture, note, progress)
            yield value
    finally:
        if run.number == number and run.done < aim:  # neither stopped nor done: `resume` goes on
            session.shown.pop("refined", None)
    if value is None:
        yield gr.skip()


def resume(
    session: Session, steps: int, objective: str = "sharp", method: str = "hybrid"
) -> Iterator[dict]:
    """Refines up to `steps` when the tab is opened and what it shows belongs to other models,
    pictures, objectives or methods, or to fewer steps; goes back to `steps` where they were others,
    and on with a refinement that another tab, or an error, interrupted."""
    stamp, run, picture = ui.stamp(session), session.of(Refinement), session.slots.get(NAME)
    if session.seen("refined", steps, objective, method, slots=[NAME]):
        yield gr.skip()
    elif run.done >= steps and run.of == (objective, method, _subject(session)):
        if run.asked == steps and run.done < run.aim and not run.stopped:
            yield from refine(session, steps, objective, method, run.aim)
            return
        if run.asked != steps:  # else it was refined further
            halt(session)
            run.choose(int(steps))
            run.asked = steps
        yield stamp | refined(session, picture, say(STEPS, done=run.done, aim=run.done))
    else:
        yield from refine(session, steps, objective, method)


def choose(session: Session, sent: Step) -> None:
    """Goes back to a step of the refinement."""
    session.of(Refinement).choose(sent)


def _subject(session: Session) -> tuple | None:
    """What a refinement is of."""
    picture = session.slots.get(NAME)
    return picture and (*picture.look, *session.names)


def moved(session: Session, sent: Square) -> None:
    """Another crop, which stops the running refinement."""
    crop(session, NAME, sent)
    halt(session)
    session.seen(NAME, slots=[NAME])


def halt(session: Session) -> None:
    """Stops the running refinement for good."""
    run = session.of(Refinement)
    run.number, run.stopped = run.number + 1, True


def stop(session: Session, _event: Event) -> dict:
    """Stops it for the visitor, who keeps what was found."""
    halt(session)
    stamp, run, picture = ui.stamp(session), session.of(Refinement), session.slots.get(NAME)
    if not run.has(_subject(session)):
        return gr.skip()
    return stamp | refined(session, picture, say("stopped after {done} steps", done=run.done))


def encoded(session: Session, picture: Picture) -> dict[Model, Reconstruction]:
    """From the encoders' codes, or the best of prior samples where there is no encoder, once."""
    find = partial(_encoded, picture)
    return session.of(First).of(_subject(session), find, session.models)


def refined(
    session: Session, picture: Picture, note: str = "", progress: float | None = None
) -> dict:
    """The board with what the refinement of the picture found until the step that is looked at, and
    its ladder."""
    run = session.of(Refinement)
    with run.lock:
        models = [session.catalogue.models[name] for name in run.found]
        if run.chosen is not None:
            note = say("step {step} of {done}", step=run.chosen, done=run.done)
        value = board(session, picture, run.seen(models), note, progress)
        return value | {"ladder": ui.ladder_value(models, run, row=1)}


def _encoded(picture: Picture, model: Model) -> Reconstruction:
    return reconstruct(picture, [model], steps=0, method=model.found_by)[model]


def board(
    session: Session,
    picture: Picture,
    found: dict[Model, Reconstruction],
    note: str = "",
    progress: float | None = None,
) -> dict:
    """A row for each stage that was found, and the grid behind them; the refined one first where
    the models do not know the picture's like. A model that cannot refine is greyed there."""
    models, why, rows, seen = [*found], (unencoded, unrefined), [], []
    titles, notes = (say("Encoder"), say("Refined")), (say("without refinement"), note)
    original = [(say("Sharpness"), numeral("1.00"), say("The others are relative to this"))]
    kept = [[*each.stages.values()] for each in found.values()]
    for at in range(2 if all(map(unrefined, models)) else max(map(len, kept))):
        stages = [each[min(at, len(each) - 1)] for each in kept]
        images = [found[models[0]].x[0], *(each.x_hat[0] for each in stages)]
        stats = [original, *map(ui.stage_stats, models, stages)]
        said, share = ["", *map(why[at], models)], progress if at else None
        rows.append(ui.board_row(titles[at], at, images, stats, notes[at], said, share))
        seen.append([each.z for each in stages])
    codes = {m.name: torch.cat(z) for m, z in zip(models, zip(*seen, strict=True), strict=True)}
    session.grids[NAME] = Grid(
        NAME, [say("{stage} reconstruction", stage=row["title"]) for row in rows], codes
    )
    if unlike(picture, models, session.colours):
        rows.reverse()
    return ui.board_value(models, rows, original=True)


@cache
def _upload() -> bytes:
    file = io.BytesIO()
    astronaut().save(file, "JPEG")
    return file.getvalue()


def upload(session: Session, steps: int) -> None:
    """Shows a photo as if it were uploaded, and refines its codes."""
    session.put(NAME, session.photo(_upload(), "photo"))
    show(session)
    list(refine(session, steps))


SHOT = Shot("text=50 of 50 steps")
TIMINGS = (
    Timing("reconstruct an upload", 60, partial(upload, steps=0)),
    Timing("reconstruct it and refine 50 steps", 1500, partial(upload, steps=50)),
)


def verb(session: Session) -> tuple | None:
    """Of what was refined; before that, of what is to be."""
    run = session.of(Refinement)
    run = run if run.has(_subject(session)) else planned(session.controls)
    given = run.call(session.models)
    return given and (reconstruct, given | {"picture": session.slots[NAME]})


TAB = Tab(NAME, say("Reconstruct"), build, SHOT, TIMINGS, (SLOT,), verb=verb)
