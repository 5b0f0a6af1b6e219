"""Teach: an attribute from pictures with it and without it, which becomes a slider of Edit."""

from copy import copy
from dataclasses import dataclass, replace
from pathlib import Path

import gradio as gr
import torch
from fastapi import Response

from explorer import api
from explorer.engine import Model
from explorer.page import components as ui
from explorer.page.components.wire import told, whose
from explorer.page.guard.calls import fitting, served
from explorer.page.guard.events import Chosen, Given, Owned, Taught
from explorer.page.picked import at_hand
from explorer.page.tab import Shot, Tab, Timing, Widgets
from explorer.page.words import mark
from explorer.pictures.picture import EDIT, MAP, Picture
from explorer.session.attributes import Draft, Lesson, Own, Side
from explorer.session.groups import Groups
from explorer.session.state import Session
from explorer.verbs.common.attributes import Attribute, own_directions, read_attribute
from explorer.verbs.common.grids import Grid
from explorer.verbs.common.options import Names, Reason
from explorer.verbs.edit import Directed, posed
from explorer.verbs.teach import AT, MOST, alike, knowledge, learn
from explorer.verbs.teach import teach as teach_verb
from explorer.words import chain, say
from explorer.work import beside
from training.codes import teaching
from training.codes.directions import DEFAULT, METHODS
from training.errors import UserError, choose, quoted

NAME = "teach"
SIDES = {"given": say("With it"), "lacking": say("Without it")}
EMPTY = say("Give pictures with the attribute and pictures without it: five of each are enough.")
MOVED = say("The middle of all your pictures, moved along the direction, in standard deviations")
POSITIONS = [say("−2, without it"), say("0, in between"), say("+2, with it")]  # of `AT`
GONE = say("That attribute is no longer here: reload the page.")


@dataclass
class Learned:
    """What a model learns: lessons by method, codes (N, n) of the pictures, cosines with other
    attributes."""

    lessons: dict[str, teaching.Lesson]
    z: torch.Tensor
    alike: dict[str, float]


def build(session: gr.State) -> Widgets:
    with gr.Row(elem_classes="split"):
        with gr.Column(scale=1, min_width=300):
            sides = [ui.gather_view(side, what) for side, what in SIDES.items()]
            name = gr.Textbox(label=mark("Name of the attribute"), max_length=60)
            with gr.Row():
                keep_it = {"variant": "primary", "min_width": 140, "elem_classes": "of-lesson"}
                keep = gr.Button(mark("Keep it as a slider"), **keep_it)
                load_it = {"file_types": [".json"], "min_width": 120}
                file = gr.UploadButton(mark("Load a file"), **load_it)
        with gr.Column(scale=1, min_width=320):
            said = ui.status_view()
            learned = ui.lesson_view(exported)
            tiles = ui.tiles_view(NAME, say("The middle of the pictures"), EMPTY)
    outputs = [*sides, learned, tiles]
    taking = {"trigger_mode": "multiple", **ui.READING}
    for side in sides:
        side.collect(take, session, [*outputs, said], **taking)
    ticked = learned.apart(
        tell_apart, session, [*outputs, said], trigger_mode="multiple", **ui.IN_TURN
    )
    ticked.failure(show, session, outputs, **ui.QUIET)  # no tick that the server does not know of
    learned.remove(remove, session, [*outputs, said], trigger_mode="multiple", **ui.IN_TURN)
    keep.click(add, [session, name], [*outputs, said], **ui.IN_TURN)
    file.upload(load, [session, file], [*outputs, said], **ui.READING)
    return Widgets(show, [], outputs, senders=[tiles])


def show(session: Session) -> list:
    """The pictures of both sides, and what they teach the models under comparison."""
    stamp, draft, models = ui.stamp(session), session.of(Draft), session.models
    kept, sides = session.of(Own).of(models), gathered(session)
    found, said = {}, ""
    if any(each["pictures"] or each["group"] for each in sides):
        found = beside(lambda model: learned(session, model, kept), models)
        if all(isinstance(each, str) for each in found.values()):
            said, found = next(iter(found.values())), {}
    known = {model: each for model, each in found.items() if isinstance(each, Learned)}
    lessons = {m: each.lessons if m in known else each for m, each in found.items()}
    cosines = {model: each.alike for model, each in known.items()}
    value = ui.lesson_value(models, lessons, cosines, draft.lesson.apart, kept, said)
    return [*sides, stamp | value, stamp | pictured(session, found)]


def gathered(session: Session) -> list[dict]:
    """The pictures of both sides."""
    stamp, draft = ui.stamp(session), session.of(Draft)
    rows = session.of(Groups).here(session.model_set)
    groups = {name: len(each) for name, each in rows.items()}
    chosen = {name: getattr(draft.lesson, name) for name in SIDES}
    both = set.intersection(*(set(rows.get(side.group, ())) for side in chosen.values()))
    sides = []
    for name, side in chosen.items():
        apart = tuple(row for row in rows.get(side.group, ()) if row not in both)
        side.rows, side.model_set = apart[:MOST], session.model_set
        problem = draft.problems.get(name, "") or left_out(len(both), len(apart))
        sides.append(stamp | ui.gather_value(side.pictures, groups, side.group, problem))
    return sides


def left_out(both: int, apart: int) -> str:
    """What of a group does not teach: what is in `both` groups, and of those `apart` the last."""
    said = [say("{count} pictures are in both groups: they are left out.", count=both)] * (both > 0)
    said += [say("Of {count} pictures the first {most} teach.", count=apart, most=MOST)] * (
        apart > MOST
    )
    return chain("{one} {next}", said)


def learned(session: Session, model: Model, kept: list[Attribute]) -> Learned | str:
    """What the draft teaches a model, or why it teaches nothing."""
    lesson = session.of(Draft).lesson
    own: dict[str, Directed] = {way: own_directions(model, way, kept) for way in METHODS}
    try:
        sides = tuple(side.codes(model) for side in lesson.sides)
        lessons = learn(model, *sides, lesson.apart, own)
    except UserError as error:
        return error.said
    vector = lessons[DEFAULT].vector
    return Learned(lessons, torch.cat(sides), alike(model, vector, DEFAULT, own[DEFAULT]))


def pictured(session: Session, found: dict[Model, Learned | str]) -> dict:
    """The middle of the pictures along each model's direction, at `AT`."""
    codes, images = {}, []
    for model, each in found.items():
        if isinstance(each, Learned):
            middle, vector = model.project(each.z.mean(dim=0)[None]), each.lessons[DEFAULT].vector
            codes[model.name] = torch.cat([posed(model, middle, vector, at) for at in AT])
            images.append(model.decode(codes[model.name]))
        else:
            images.append(Reason(each))
    labels = [say("{amount} deviations", amount=f"{at:+g}") for at in AT]
    if not codes:
        return {}
    session.grids[NAME] = Grid(EDIT, labels, codes)
    notes = ["" if isinstance(each, Reason) else MOVED for each in images]
    heads = [POSITIONS] * len(images)
    return ui.tiles_value([*found], images, len(AT), labels, notes, heads)


def take(session: Session, event: Given) -> list:
    """Another picture of one side, or several, or one less, or a group of the map. Of many that
    come in parts the last one has the models learn."""
    data, draft = event._data, session.of(Draft)
    side: Side = getattr(draft.lesson, data["side"])
    part = data.get("part")
    if part in (None, "first"):
        draft.problems.pop(data["side"], None)
    if "gone" in data:
        gone = data["gone"]
        side.pictures = [each for each in side.pictures if gone is not None and each.id != gone]
    elif "group" in data:
        side.group = data["group"] and known_group(session, data["group"])
    else:
        for source in data.get("files", [data]):
            try:
                if len(side.pictures) >= MOST:
                    raise UserError(
                        say("At most {most} pictures fit here: take some out.", most=MOST)
                    )
                picture = resolved(session, source)
                if all(each.id != picture.id for each in side.pictures):
                    side.pictures.append(picture)
            except UserError as error:
                draft.problems[data["side"]] = error.said
    if part in ("first", "next"):
        return [*gathered(session), gr.skip(), gr.skip(), ""]
    return [*show(session), ""]


def teach_with(session: Session, group: str) -> None:
    """A group of the map becomes the pictures with the attribute; raises UserError."""
    session.of(Draft).lesson.given.group = known_group(session, group)


def known_group(session: Session, name: str) -> str:
    return choose(say("group"), name, session.of(Groups).here(session.model_set))


def resolved(session: Session, source: dict) -> Picture:
    """An upload, of which what the models see is kept, or a picture at hand; raises UserError."""
    if "path" in source:
        named = api.uploaded(source["path"]), source.get("name") or "upload"
        return session.small_photo(*named, ui.THUMB_PX)
    return at_hand(session, source)


def tell_apart(session: Session, event: Chosen) -> list:
    """An attribute is projected out, or no longer."""
    lesson, name = session.of(Draft).lesson, event._data["name"]
    others = [each for each in lesson.apart if each != name]
    lesson.apart = fitting(Names, [*others, name] if event._data["on"] else others)
    return [*show(session), ""]


def add(session: Session, name: str) -> list:
    """The draft becomes an attribute of the visitor's, and its pictures stay for another."""
    own, draft, models = session.of(Own), session.of(Draft), session.models
    try:
        name = own.named(name or "", models)
        found = {model: learned(session, model, own.of(models)) for model in models}
        known = {m: each for m, each in found.items() if isinstance(each, Learned)}
        if not known:
            raise UserError(next(iter(found.values())))
    except UserError as error:
        return [*[gr.skip()] * 4, error.said]
    by_model = {m.weights: knowledge(m, each.lessons) for m, each in known.items()}
    # of its own, since a picture at hand may be cropped before another model learns it
    sides = (replace(each, pictures=[*map(copy, each.pictures)]) for each in draft.lesson.sides)
    own.add(Attribute(name=name, models=by_model), Lesson(*sides, [*draft.lesson.apart]))
    return [*show(session), say("{name} is a slider in Edit.", name=name)]


def load(session: Session, path: str) -> list:
    """An attribute from a file."""
    own = session.of(Own)
    try:
        attribute = read_attribute(Path(path).read_bytes())
        own.named(attribute.name, session.models)
    except UserError as error:
        return [*[gr.skip()] * 4, error.said]
    own.add(attribute.fitting(session.catalogue.models.values()))
    known = [m.title for m in session.models if attribute.of(m, DEFAULT)]
    said = say("{name} is a slider in Edit, for {models}.", name=attribute.name, models=known)
    if not known:
        said = say(
            "{name} is loaded, but none of the models under comparison has a direction in it: it "
            "was made with {models}.",
            name=attribute.name,
            models=[each.model for each in attribute.models.values()],
        )
    return [*show(session), said]


def remove(session: Session, event: Taught) -> list:
    """One of the visitor's attributes goes."""
    session.of(Own).kept.pop(event._data.get("gone", ""), None)
    return [*show(session), ""]


@served
def exported(asked: Owned) -> Response:
    """The content of a file for one of the visitor's attributes."""
    found = whose(asked["key"]).of(Own).kept.get(asked["name"])
    if found is None:
        return told({"problem": GONE})
    return told({"content": found.attribute.model_dump_json(exclude_none=True)})


def unkept(session: Session) -> list[str]:
    lesson, own = session.of(Draft).lesson, session.of(Own).kept
    taught = any(side.pictures or side.group for side in lesson.sides)
    lost = [say("what Teach is given")] if taught else []
    return lost + [say("your attribute {name}", name=quoted(name)) for name in own]


def verb(session: Session) -> tuple:
    """Raises UserError where one of the visitor's own attributes is projected out, which a program
    lacks."""
    lesson = session.of(Draft).lesson
    if mine := [name for name in lesson.apart if name in session.of(Own).kept]:
        raise UserError(
            say(
                "A program has no attribute {name} of yours: untick it first.",
                name=quoted(mine[0]),
            )
        )
    given, lacking = (
        [*side.pictures, *(session.refer(f"{MAP}/{row}") for row in side.rows)]
        for side in (lesson.given, lesson.lacking)
    )
    return teach_verb, {"pictures": given, "without": lacking, "apart": lesson.apart or None}


def ten(session: Session) -> None:
    """Five examples against five others."""
    first, *rest = (session.examples()[at : at + 5] for at in (0, 5))
    session.of(Draft).lesson = Lesson(Side(first), Side(*rest))
    show(session)


SHOT = Shot(".gather")
TIMING = Timing("an attribute taught by ten pictures", 1000, ten)
VIEW = {"within": "attributes", "view": say("Teach"), "verb": verb, "unkept": unkept}
TAB = Tab(NAME, say("Teach"), build, SHOT, (TIMING,), **VIEW)
