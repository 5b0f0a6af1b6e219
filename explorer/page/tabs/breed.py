"""Breed: children of a picture or of two, and the family that they become."""

from collections.abc import Mapping
from copy import copy
from math import ceil, sqrt

import gradio as gr

from explorer.engine import Model
from explorer.page import components as ui
from explorer.page.filters import choices
from explorer.page.guard.events import Picked
from explorer.page.tab import Shot, Slot, Tab, Timing, Widgets, completed, listed, spelt
from explorer.page.words import mark
from explorer.pictures.picture import BRED, SAMPLE, Picture
from explorer.session.family import Born, Family, join, remember
from explorer.session.state import Session, Unavailable
from explorer.verbs import breed
from explorer.verbs.breed import NO_PARENT, Brood
from explorer.verbs.common.grids import Grid
from explorer.verbs.common.options import MOST_SEED
from explorer.verbs.common.stages import unrelated
from explorer.verbs.edit import attributes
from explorer.words import numeral, say
from training.codes import breeding
from training.codes.directions import DEFAULT
from training.errors import UserError, quoted
from training.errors import choose as choose_one

NAME = "breed"
HELD = "breed, held"
SLOTS = (Slot("parent-0", say("Parent"), 1), Slot("parent-1", say("Second parent"), None))
PARENTS = tuple(slot.name for slot in SLOTS)


def build(session: gr.State) -> Widgets:
    every = sorted({n for m in session.value.catalogue.models.values() for n in known(m)})
    with gr.Row(elem_classes="split"):
        with gr.Column(scale=2, min_width=280):
            with gr.Row(elem_classes="corners"):
                slots = [ui.slot_view(slot.name, slot.title, random=True) for slot in SLOTS]
            info = mark("how far children are from their parents: 1 is an unrelated code")
            radius = gr.Slider(0, 1, 0.3, step=0.05, label=mark("Radius"), info=info)
            count = gr.Slider(2, 36, 12, step=1, label=mark("Children"))
            several = {"multiselect": True, "label": mark("Attributes that are held")}
            hold = gr.Dropdown(choices(every), **several)
            litter = gr.Number(0, label=mark("Brood"), precision=0, minimum=0, maximum=MOST_SEED)
            of_picture = {"elem_classes": "of-picture"}
            another = gr.Button(mark("New brood"), variant="primary", **of_picture)
        with gr.Column(scale=5, min_width=320, elem_classes="first-on-phone"):
            said = ui.status_view()
            tiles = ui.tiles_view(NAME, say("Children"), say("Put a picture into the first slot."))
            with gr.Row(elem_classes="controls of-chosen"):
                alone = gr.Button(mark("Breed from the chosen child"), min_width=160)
                cross = gr.Button(mark("Cross it with its parent"), min_width=160)
            tree = ui.lineage_view(
                say("Lineage, with the drift from the ancestor"),
                say("Parents appear here, with their children."),
            )
    inputs, outputs = [radius, count, litter], [tiles, tree, said]
    for control in inputs:
        control.change(brood, [session, *inputs], outputs, **ui.LIVE)
    hold.input(held_by, [session, hold, *inputs], outputs, **ui.LIVE)
    another.click(following, litter, litter, **ui.QUIET)
    tiles.select(choose, session, None, trigger_mode="multiple", **ui.IN_TURN)
    alone.click(go_on, [session, *inputs], [*slots, litter, *outputs], **ui.IN_TURN)
    cross.click(go_on_crossed, [session, *inputs], [*slots, litter, *outputs], **ui.IN_TURN)
    tree.choose(go_back, [session, *inputs], [*slots, *outputs], **ui.IN_TURN)
    controls = {"radius": radius, "children": count, "brood": litter}
    after = complete, inputs, tiles
    return Widgets(show, inputs, [*outputs, hold], after, slots, [tiles], controls=controls)


def following(seed: int | None) -> int:
    """The seed of the next brood."""
    return ((seed or 0) + 1) % MOST_SEED


def known(model: Model) -> list[str]:
    """The attributes that can be held in a model's codes."""
    return [*attributes(model, DEFAULT)]


def offered(session: Session) -> list[str]:
    """The attributes that models under comparison can hold."""
    return sorted({name for model in session.models for name in known(model)})


def held(session: Session) -> list[str]:
    """Those of them that are held."""
    names = offered(session)
    return [name for name in session.of(Family).held if name in names]


def show(session: Session, *inputs) -> tuple:
    """As `brood`, and what can be held and is."""
    hold, names = gr.skip(), held(session)
    if not session.seen(HELD, tuple(names)):
        hold = gr.update(choices=choices(offered(session)), value=names)
    return *brood(session, *inputs), hold


def brood(session: Session, radius: float, count: int, seed: int | None) -> tuple:
    """The children of every model, the family, and what is wrong with the parents."""
    if session.seen(NAME, radius, count, seed, tuple(held(session)), slots=PARENTS):
        return gr.skip(), gr.skip(), gr.skip()
    stamp, parents = ui.stamp(session), parents_of(session)
    try:
        shown = draw(session, parents, float(radius), int(count), int(seed or 0))
    except UserError as error:
        session.grids.pop(NAME, None)
        session.of(Born).chosen = None
        return stamp, ui.lineage_value(relatives(session, parents)), error.said
    return stamp | shown, ui.lineage_value(relatives(session, parents)), ""


def draw(session: Session, parents: list[Picture], radius: float, count: int, seed: int) -> dict:
    """The children of every model, and how far they are from their ancestor; raises UserError."""
    family, models = session.of(Family), session.models
    if not parents:
        raise UserError(NO_PARENT)
    for parent in parents:
        join(family, session.of(Born), parent)
    family.forget(parents)
    waiting, found = session.waits(parents, models), {}
    for model in [model for model in models if model not in waiting]:
        how = {"hold": [name for name in family.held if name in known(model)]}
        how |= {"faithful": session.faithful, "ancestor": oldest(family, parents)}
        found |= breed(parents, [model], count, radius, seed, **how)
    generation = 1 + max(family.members[parent.id].generation for parent in parents)
    labels = [
        say("Child {n} of generation {generation}", n=index + 1, generation=generation)
        for index in range(count)
    ]
    codes = {model.name: each.codes for model, each in found.items()}
    session.grids[NAME] = Grid(BRED, labels, codes)
    born, name = session.of(Born), " ".join([*(parent.id for parent in parents), str(seed)])
    remember(born, codes, parents, generation)
    if name != born.name or (born.chosen or 0) >= count:
        born.name, born.chosen = name, None
    panels = [found[m].images if m in found else waiting[m] for m in models]
    notes = [figures(found[m]) if m in found else "" for m in models]
    return ui.tiles_value(models, panels, ceil(sqrt(count)), labels, notes) | {"of": name}


def complete(session: Session, radius: float, count: int, seed: int | None) -> dict:
    """The children of all models, once the parents' codes are found that take seconds."""

    def drawn(session: Session, *_inputs) -> dict:
        stamp, parents = ui.stamp(session), parents_of(session)
        return stamp | draw(session, parents, float(radius), int(count), int(seed or 0))

    filled = [slot for slot in PARENTS if slot in session.slots]
    return completed(session, drawn, [radius, count, seed], filled)


def figures(found: Brood) -> str:
    """How far a brood has gone, where unrelated codes are 1 apart."""
    drift, far = numeral(f"{found.drift.mean():.2f}"), numeral(f"{found.drift.max():.2f}")
    return say(
        "drift from the ancestor {drift}, at most {far}; spread {spread}",
        drift=drift,
        far=far,
        spread=numeral(f"{found.spread:.2f}"),
    )


def parents_of(session: Session) -> list[Picture]:
    return [session.slots[slot] for slot in PARENTS if slot in session.slots]


def oldest(family: Family, parents: list[Picture]) -> Picture | None:
    return family.ancestor(parents[0]) if parents else None


def relatives(session: Session, parents: list[Picture]) -> list[ui.Relative]:
    """The family as its tree shows it, with what each drifted in the first model."""
    family, model = session.of(Family), session.models[0]
    chosen = {parent.id for parent in parents}
    return [
        ui.Relative(
            member.picture,
            member.parents,
            member.generation,
            drifted(session, model, family.ancestor(member.picture), member.picture),
            member.picture.id in chosen,
        )
        for member in family.members.values()
    ]


def drifted(session: Session, model: Model, ancestor: Picture, picture: Picture) -> str:
    """How far a picture's code is from its ancestor's, where the model's of both are known."""
    refined = session.faithful and not model.unrefined
    codes = [each.code(model.name, refined) for each in (ancestor, picture)]
    if any(code is None for code in codes):
        return ""
    return numeral(f"{breeding.drift(codes[1][None], codes[0], unrelated(model)).item():.2f}")


def held_by(session: Session, names: list[str], *inputs) -> tuple:
    """Other attributes are held."""
    every = {name for model in session.catalogue.models.values() for name in known(model)}
    session.of(Family).held = [choose_one("attribute", name, every) for name in names or ()]
    session.seen(HELD, tuple(held(session)))  # as the control shows it, or more by now
    return brood(session, *inputs)


def choose(session: Session, event: Picked) -> None:
    session.of(Born).chosen = int(event._data.get("index", 0))


def child(session: Session) -> Picture:
    """The chosen one; raises UserError without a parent, and where none was chosen."""
    if not parents_of(session):
        raise UserError(NO_PARENT)
    if (chosen := session.of(Born).chosen) is None:
        raise UserError(say("Choose a child first: click one."))
    return session.tile(NAME, chosen)


def go_on(session: Session, radius: float, count: int, seed: int | None) -> tuple:
    """The chosen child becomes the one parent, of the next brood."""
    return next_brood(session, child(session), None, radius, count, seed)


def go_on_crossed(session: Session, radius: float, count: int, seed: int | None) -> tuple:
    """The chosen child is crossed with its first parent, for the next brood."""
    chosen = child(session)
    return next_brood(session, parents_of(session)[0], chosen, radius, count, seed)


def next_brood(
    session: Session,
    one: Picture,
    other: Picture | None,
    radius: float,
    count: int,
    seed: int | None,
) -> tuple:
    """These parents' children, on their way to other codes than the brood before: else all
    generations would go towards the same ones."""
    session.controls["brood"] = seed = following(seed)
    first, second, *shown = with_parents(session, one, other, (radius, count, seed))
    return first, second, seed, *shown


def go_back(session: Session, radius: float, count: int, seed: int, event: Picked) -> tuple:
    """One of the family becomes the one parent again."""
    member = session.of(Family).members.get(str(event._data.get("id")))
    if member is None:
        raise Unavailable(say("That picture is no longer in the family: choose another one."))
    return with_parents(session, copy(member.picture), None, (radius, count, seed))


def with_parents(session: Session, one: Picture, other: Picture | None, inputs) -> tuple:
    for slot, picture in zip(PARENTS, (one, other), strict=True):
        session.put(slot, picture)
    slots = (ui.slot_value(session.slots.get(slot)) for slot in PARENTS)
    return *slots, *brood(session, *inputs)


def verb(session: Session) -> tuple:
    family, parents, set_to = session.of(Family), parents_of(session), session.controls
    given = {"pictures": parents, "faithful": session.faithful, "hold": held(session) or None}
    given |= {"radius": float(set_to.get("radius", 0.3)), "count": int(set_to.get("children", 12))}
    first = oldest(family, parents)
    given |= {"seed": int(set_to.get("brood") or 0)}
    return breed, given | ({} if first.id == parents[0].id else {"ancestor": first})


def pack(session: Session) -> dict[str, str]:
    return {"lock": ",".join(map(spelt, held(session)))}


def unkept(session: Session) -> list[str]:
    """The family, but for those that are the parents now."""
    here = {parent.id for parent in parents_of(session)}
    return [say("the lineage")] if session.of(Family).members.keys() - here else []


def unpack(session: Session, fields: Mapping[str, str]) -> list[str]:
    """As far as it is here; gives what is not."""
    every, asked = offered(session), listed(fields, "lock")
    session.of(Family).held = [name for name in asked if name in every]
    return [say("the attribute {name}", name=quoted(n)) for n in asked if n not in every]


SHOT = Shot(".lineage .relative")
TIMING = Timing("12 children", 150, lambda session: show(session, 0.3, 12, 0))
TAB = Tab(
    NAME,
    say("Breed"),
    build,
    SHOT,
    (TIMING,),
    SLOTS,
    pack,
    unpack,
    unkept,
    bred=True,
    within=SAMPLE,
    verb=verb,
)
