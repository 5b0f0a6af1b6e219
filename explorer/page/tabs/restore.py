"""Restore: a damage is put on a picture, and every model restores what it took."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import gradio as gr
import torch
from torch import Tensor

from explorer.engine import Model
from explorer.page import components as ui
from explorer.page.guard.calls import Event
from explorer.page.tab import Latest, Shot, Slot, Tab, Timing, Widgets, number
from explorer.page.words import mark
from explorer.pictures.mask import Bits, bits_of, masked
from explorer.pictures.picture import PHOTO, Picture
from explorer.pictures.render import to_pil
from explorer.session.ongoing import Ongoing
from explorer.session.state import Session
from explorer.verbs import restore
from explorer.verbs.common.grids import Grid
from explorer.verbs.common.options import Box, Reason
from explorer.verbs.restore import STEPS, Damaged, Restoration, encoded, inverted, put_on, white
from explorer.words import numeral, say
from explorer.work import beside
from training.codes.damage import BLUR, BOX, LOW, NOISE, REGION, Region, boxed
from training.errors import UserError
from training.measure.figures import FIGURES

NAME = "restore"
SLOT = Slot(NAME, say("Picture to restore"), example=0)
EVERY = 5  # steps between two pictures of the inversion
STOPPED = "stopped after {done} of {aim} steps"
KINDS = {
    REGION: say("Painted-out region"),
    BLUR: say("Blur"),
    NOISE: say("Noise"),
    LOW: say("Low resolution"),
}
WITHOUT = Reason(say("There is none."))
# The rows: title, the stage of the models, and what stands beside it without a model
ROWS = (
    (say("Encoder"), "encoder", say("damaged")),
    (say("Restored"), "restored", ""),  # the plain method's name
    (say("Inversion alone"), "inversion", say("untouched")),
)


@dataclass
class Harm:
    """The damage: its kind and strength, its box or the mask in the place of that, and whether the
    picture has it already."""

    kind: str = REGION
    strength: float = 0.0
    box: list[float] = field(default_factory=lambda: [*BOX], metadata={"said": KINDS[REGION]})
    mask: Picture | None = field(default=None, metadata={"said": KINDS[REGION]})
    damaged: bool = False


class Inversion(Ongoing):
    """Of inversions through the damage: how far the picture is restored."""


class First(Latest):
    """The encoders' answers."""


@dataclass
class Restored(Grid):
    """The rows of the board. The pictures that are `restored`, by row and model, are not those of
    a code alone: their codes are NaN, and who takes one takes it as a photo."""

    restored: dict[int, dict[str, Restoration]] = field(default_factory=dict)

    def repaired(self, index: int) -> dict[str, Restoration]:
        return self.restored.get(index, {})

    def picture(
        self, index: int, models: Mapping[str, Model], first: Sequence[str] = ()
    ) -> Picture:
        if index not in self.restored:
            return super().picture(index, models, first)
        found = self.restored[index]
        name = next((name for name in first if name in found), next(iter(found)))
        return Picture(self.labels[index], PHOTO, to_pil(found[name].stages["restored"][0]))


def build(session: gr.State) -> Widgets:
    with gr.Row(elem_classes="split"):
        with gr.Column(scale=2, min_width=280):
            slot = ui.slot_view(SLOT.name, SLOT.title)
            choices = [(mark(title), name) for name, title in KINDS.items()]
            kind = gr.Radio(choices, value=REGION, label=mark("Damage"))
            hidden = {"visible": False}
            blur = gr.Slider(1, 15, 5, step=0.5, label=mark("Blur, % of the width"), **hidden)
            noise = gr.Slider(1, 40, 10, step=1, label=mark("Noise, % of the range"), **hidden)
            low = gr.Slider(2, 8, 4, step=1, label=mark("Width and height divided by"), **hidden)
            damaged = gr.Checkbox(False, label=mark("The picture is damaged already"))
            editor = ui.region_view(NAME)
        with gr.Column(scale=5, min_width=320):
            empty = say("Drop a picture into the slot, or click an example.")
            board = ui.board_view(NAME, empty, ui.Live({"box": draw_box, "mask": paint}, draw))
    given = [kind, blur, noise, low, damaged]
    outputs = [board, editor, blur, noise, low]
    for control in given:
        shown = control.change(show, [session, *given], outputs, **ui.LIVE)
        shown.then(invert, session, board, **ui.LONG)
    editor.place(invert, session, board, **ui.LONG)
    editor.refused(drawn, session, editor, **ui.IN_TURN)
    board.stop(stop, session, board, **ui.QUIET)
    board.resume(resume, session, board, **ui.LONG)
    controls = {"damage": kind, "blur": blur, "noise": noise, "divided": low, "damaged": damaged}
    return Widgets(show, given, outputs, (invert, [], board), [slot], [board], controls=controls)


def show(
    session: Session, kind: str, blur: float, noise: float, low: float, damaged: bool
) -> tuple:
    """The damaged picture with the encoders' answers, the box, and the strength of the damage."""
    strengths = {BLUR: blur, NOISE: noise, LOW: low}
    strength = float(strengths.get(kind, 0))
    if session.seen(NAME, kind, strength, damaged, slots=[NAME]):
        return tuple(gr.skip() for _ in range(5))
    harm = session.of(Harm)
    harm.kind, harm.strength, harm.damaged = kind, strength, damaged
    sliders = [gr.update(visible=name == kind) for name in strengths]
    return draw(session), drawn(session), *sliders


def drawn(session: Session) -> dict:
    """The region that counts."""
    stamp, picture, harm = ui.stamp(session), session.slots.get(NAME), session.of(Harm)
    if picture is None:
        return stamp
    return stamp | ui.region_value(picture, harm.box, harm.mask, shown=harm.kind == REGION)


def draw_box(session: Session, sent: Box) -> None:
    """Another region."""
    Region(boxed(sent, session.models[0].image_size))  # raises where it is of no use
    harm = session.of(Harm)
    harm.box, harm.mask = sent, None


def paint(session: Session, sent: Bits) -> None:
    """Another mask; none where nothing is sent."""
    mask = masked(sent) if sent else None
    for size in {model.image_size for model in session.models if mask}:
        Region(white(mask, size))  # raises where it is of no use
    session.of(Harm).mask = mask


def draw(session: Session) -> dict:
    """The damaged picture, and what is known of what it took: at first the encoders' answers."""
    run = session.of(Inversion)
    run.number += 1  # one that runs is outdated
    stamp, picture = ui.stamp(session), session.slots.get(NAME)
    if picture is None:
        return stamp
    if run.of != _subject(session):
        return stamp | board(session, first(session, picture))
    stopped = say(STOPPED, done=run.done, aim=STEPS) if run.stopped else ""
    found = {model: run.found[model.name] for model in session.models}
    return stamp | board(session, found, stopped=stopped)


def first(session: Session, picture: Picture) -> dict[Model, Restoration]:
    """The encoders' answers to what the damage leaves of the picture, once."""
    harm = session.of(Harm)
    how = {"strength": harm.strength, "box": harm.box, "mask": harm.mask, "damaged": harm.damaged}

    def find(model: Model) -> Restoration:
        return encoded(model, put_on(model, picture, harm.kind, **how))

    return session.of(First).of(_subject(session), find, session.models)


def invert(session: Session) -> Iterator[dict]:
    """What the models restore, step by step, from where their inversion stands; one that the
    visitor stopped waits."""
    run, picture, of = session.of(Inversion), session.slots.get(NAME), _subject(session)
    if session.tab != NAME or picture is None or run.rests(of, STEPS):
        yield gr.skip()
        return
    known = {model.name: each for model, each in first(session, picture).items()}
    number, models = run.begin(of, known), session.models
    left = STEPS - run.begun
    streams = {model: inverted(model, run.found[model.name], left, EVERY) for model in models}
    while run.done < STEPS:
        found = beside(lambda model: next(streams[model], run.found[model.name]), models)
        if run.number != number or session.tab != NAME:
            if run.done == run.begun:
                yield gr.skip()  # for nothing at all gradio would clear the board
            return  # stopped or outdated, or another tab needs the time
        run.found = {model.name: each for model, each in found.items()}
        run.done += EVERY
        share = run.done / STEPS
        yield ui.stamp(session) | board(session, found, share if share < 1 else None)


def stop(session: Session, _event: Event) -> dict:
    """Stops the inversion; what was found stays."""
    session.of(Inversion).stop(STEPS)
    return draw(session)


def resume(session: Session) -> Iterator[dict]:
    """Goes on with an inversion that was stopped."""
    session.of(Inversion).stopped = False
    yield from invert(session)


def _subject(session: Session) -> tuple:
    """What an inversion is of."""
    harm, picture = session.of(Harm), session.slots.get(NAME)
    held = picture and picture.look
    region = (*harm.box, bits_of(harm.mask))
    return (held, *session.names, harm.kind, harm.strength, *region, harm.damaged)


def board(
    session: Session,
    found: dict[Model, Restoration],
    progress: float | None = None,
    stopped: str = "",
) -> dict:
    """A row for each stage that was found: beside the models what there is without one."""
    models, one = [*found], next(iter(found.values())).of
    stages = [each for each in ROWS if any(each[1] in m.stages for m in found.values())]
    name, plain = one.plain_first
    apart = {"encoder": one.y, "restored": plain, "inversion": one.x}
    rows = []
    for title, stage, called in stages:
        images = [apart[stage], *(each.stages.get(stage) for each in found.values())]
        measured = [one, *(each.of for each in found.values())]
        figures = [stats_of(of, image) for of, image in zip(measured, images, strict=True)]
        figures[0].insert(0, (say("Shown"), called or say(name), ""))
        shown = [WITHOUT if image is None else image[0] for image in images]
        how = {"progress": progress, "stopped": stopped} if stage == "restored" else {}
        rows.append(ui.board_row(title, len(rows), shown, figures, **how))
    session.grids[NAME] = grid(found, stages)
    value = ui.board_value(models, rows, original=True)
    value["columns"][0] = {"title": say("Input or classical method"), "colour": ""}
    return value


def grid(found: dict[Model, Restoration], stages: Sequence[tuple[str, str, str]]) -> Restored:
    """The pictures behind the board."""
    codes = {}
    for model, each in found.items():
        none = torch.full((1, model.latent_size), torch.nan)
        codes[model.name] = torch.cat([each.codes.get(stage, none) for _, stage, _ in stages])
    restored = {
        row: {m.name: each for m, each in found.items() if stage in each.stages}
        for row, (_, stage, _) in enumerate(stages)
        if stage == "restored"
    }
    labels = [say("{stage} picture", stage=title) for title, *_ in stages]
    return Restored(NAME, labels, codes, restored=restored)


def stats_of(of: Damaged, image: Tensor | None) -> list[ui.Stat]:
    """PSNR and SSIM of an image, as the board shows them; none where there is no image."""
    found = {} if image is None else of.measure(image)
    known = [(FIGURES[name], numeral(FIGURES[name].text(value))) for name, value in found.items()]
    return [(say(figure.title), text, say(figure.words)) for figure, text in known]


def pack(session: Session) -> dict[str, str]:
    harm = session.of(Harm)
    box = ",".join(f"{share:.3g}" for share in harm.box)
    region = {"mask": bits_of(harm.mask)} if harm.mask else {"box": box}
    return region if harm.kind == REGION else {}


def unpack(session: Session, fields: Mapping[str, str]) -> None:
    shares = [number(share, 0, 1) for share in fields.get("box", "").split(",")]
    if len(shares) == 4 and None not in shares:
        with suppress(UserError):
            draw_box(session, shares)
    if fields.get("mask"):
        with suppress(UserError, ValueError):
            paint(session, fields["mask"])


def verb(session: Session) -> tuple | None:
    """None where an inversion went on after it was stopped: no one call finds what it did."""
    harm, run = session.of(Harm), session.of(Inversion)
    given = {"picture": session.slots[NAME], "kind": harm.kind, "strength": harm.strength}
    region = {"mask": harm.mask} if harm.mask else {"box": harm.box}
    given |= (region if harm.kind == REGION else {}) | {"damaged": harm.damaged}
    if run.of != _subject(session):
        return restore, given
    return None if run.begun else (restore, given | {"steps": run.done or STEPS})


SHOT = Shot("text=Inversion alone")
TIMING = Timing("damage a picture", 150, lambda session: show(session, REGION, 5, 10, 4, False))
LINK = {"pack": pack, "unpack": unpack, "verb": verb}
TAB = Tab(NAME, say("Restore"), build, SHOT, (TIMING,), (SLOT,), within="reconstruct", **LINK)
