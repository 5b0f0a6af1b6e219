"""Search: the pictures nearest to one, by each model's code and by what they look like."""

from base64 import b64encode
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import gradio as gr
import torch
from torch import Tensor

from explorer import verbs
from explorer.engine import Model
from explorer.page import components as ui
from explorer.page.filters import InLink, ask_for, filter_kept, filter_shown, filter_view
from explorer.page.mapped.points import Own
from explorer.page.tab import Shot, Slot, Tab, Timing, Widgets, completed, number
from explorer.page.words import mark
from explorer.pictures.picture import MAP, PHOTO, Picture
from explorer.search.looks import LOOK_PX, LOOKS
from explorer.search.pool import Near, Pool
from explorer.search.table import Table, tables
from explorer.session.filters import Filter
from explorer.session.state import Session
from explorer.verbs.common.grids import Grid
from explorer.verbs.common.options import Reason
from explorer.verbs.search import COUNT, MOST, Answers, gathered, mapped, nearest, opened
from explorer.words import chain, numeral, say
from training.errors import UserError, quoted

NAME = "search"
SLOT = Slot(NAME, say("Picture to search by"), example=0)
MAPPED, MINE = "", "mine"  # where to look; else the name of a table
AT_HAND = [(say("Pictures of the maps"), MAPPED), (say("My pictures"), MINE)]
TITLES = {where: title for title, where in AT_HAND}
IN_LINK = InLink("with", "without", "fits")
COMMON, NAMED = 0.75, 4  # share of what was found that an attribute is named for; how many are


@dataclass
class Looking(Filter):
    """Where is looked, and for what."""

    where: str = field(default=MAPPED, metadata={"said": say("Look in"), "titles": TITLES})
    count: int = field(default=COUNT, metadata={"said": say("How many")})


@dataclass
class Found(Grid):
    """What was found; where pictures of it are known they are these, in the grid's order."""

    pictures: list[Picture] = field(default_factory=list)

    def picture(
        self, index: int, models: Mapping[str, Model], first: Sequence[str] = ()
    ) -> Picture:
        return self.pictures[index] if self.pictures else super().picture(index, models, first)


def build(session: gr.State) -> Widgets:
    with gr.Row(elem_classes="split"):
        with gr.Column(scale=1, min_width=300, elem_classes="apart-on-phone"):
            with gr.Group(elem_classes="compact first-on-phone"):
                slot = ui.slot_view(SLOT.name, SLOT.title, random=True)
            where = gr.Dropdown(AT_HAND, value=MAPPED, label=mark("Look in"))
            count = gr.Slider(1, MOST, COUNT, step=1, label=mark("How many"))
            has, lacks, either = filter_view()
        with gr.Column(scale=2, min_width=320, elem_classes="first-on-phone"):
            empty = say("Put a picture into the slot, or click an example.")
            results = ui.results_view(NAME, empty)
    asked, shown = [where, has, lacks, either, count], [results, where, has, lacks]
    for control in asked:
        control.input(ask, [session, *asked], shown, **ui.LIVE)
    outputs = [*shown, either, count]
    return Widgets(show, [], outputs, (complete, [], results), [slot], [results])


def places() -> list[tuple[str, str]]:
    """Where can be looked: on the maps, among the visitor's own, in the operator's tables."""
    try:
        found = tables()
    except UserError:  # said where one is chosen
        found = []
    return [*AT_HAND, *((name, name) for name in found)]


def show(session: Session) -> tuple:
    """What is nearest to the picture, what can be asked for there, and what is."""
    looking, choices = session.of(Looking), places()
    looking.where = looking.where if looking.where in values(choices) else MAPPED
    stamp, asked = ui.stamp(session), filter_shown(looking, names_in(session))
    where = gr.update(choices=choices, value=looking.where)
    return stamp | search(session), where, *asked, looking.count


def ask(
    session: Session, where: str, has: list[str], lacks: list[str], either: str, count: int
) -> tuple:
    """Looks elsewhere, or for other things; controls are left alone, as they may be set to others
    by now."""
    looking, choices = session.of(Looking), places()
    here = where in values(choices)
    looking.where, looking.count = where if here else MAPPED, int(count)
    ask_for(looking, has, lacks, either)
    stamp, asked = ui.stamp(session), filter_kept(looking, names_in(session))
    fallen = gr.skip() if here else gr.update(choices=choices, value=MAPPED)
    return stamp | search(session), fallen, *asked


def complete(session: Session) -> dict:
    """As `search`, once the codes are found that take seconds."""
    return completed(session, lambda session: ui.stamp(session) | search(session), [], [NAME])


def values(choices: Sequence[tuple[str, str]]) -> list[str]:
    return [value for _, value in choices]


def names_in(session: Session) -> Sequence[str]:
    """The attributes of the pictures that are looked through."""
    where = session.of(Looking).where
    try:
        return [] if where == MINE else pool_of(session, where).names
    except UserError:
        return []


def pool_of(session: Session, where: str) -> Pool:
    """What is looked through; raises UserError."""
    if where == MAPPED:
        return mapped(session.models)
    if where != MINE:
        return Table(where)
    mine = own(session)
    if not mine:
        raise UserError(say("No picture of yours is here: put some on the shelf or on the map."))
    return gathered(mine, session.models)


def own(session: Session) -> list[Picture]:
    """The visitor's pictures on the maps and the photos on the shelf, but for the one asked by."""
    asked = session.slots.get(NAME)
    every = [*session.of(Own).pictures, *(each for each in session.shelf if each.real)]
    return [each for each in every if asked is None or each.id != asked.id]


def search(session: Session) -> dict:
    """What is nearest to the picture in the slot, by each model and by each look."""
    looking, picture, models = session.of(Looking), session.slots.get(NAME), session.models
    labelled = bool(names_in(session))
    if picture is None:
        return {"panels": [], "labelled": labelled}
    sizes: dict[str, int] = {}
    try:
        pool = pool_of(session, looking.where)
        searched = [model for model in models if not pool.why_not(model.name, model.weights)]
        waiting = session.waits([picture], searched)
        known = [model for model in models if model not in waiting]
        found = nearest(pool, picture, known, looking.count, looking.wanted, session.faithful)
        found |= {model.name: why for model, why in waiting.items()}
        sizes = {kind: pool.size(kind) for kind in found if not isinstance(found[kind], Reason)}
    except UserError as error:
        found = {kind: Reason(error.said) for kind in [*(m.name for m in models), *LOOKS]}
    return {"panels": panels(session, models, found, sizes), "labelled": labelled}


def panels(
    session: Session, models: Sequence[Model], found: Answers, sizes: Mapping[str, int]
) -> list[dict]:
    """The strips of what was found among so many pictures each; the grid behind them goes into the
    session."""
    columns = {m.name: column for m, column in zip(models, ui.columns(models), strict=True)}
    columns |= {name: {"title": look.title, "colour": ""} for name, look in LOOKS.items()}
    if all(isinstance(found[name], Reason) for name in LOOKS):  # they have nothing to show
        columns = {kind: column for kind, column in columns.items() if kind not in LOOKS}
    near = {kind: each for kind, each in found.items() if not isinstance(each, Reason)}
    every = [each for kind in near for each in near[kind]]
    session.grids[NAME] = grid = grid_of(session, models, every)
    made, index = [], 0
    for kind, column in columns.items():
        each = found[kind]
        if isinstance(each, Reason):
            made.append(ui.results_panel(column, [], said=each.said))
            continue
        model = next((model for model in models if model.name == kind), models[0])
        sources = addresses(grid, model, each, index)
        cards = [
            ui.Card(src, one.label, far_of(kind, one), index + at)
            for at, (src, one) in enumerate(zip(sources, each, strict=True))
        ]
        none = "" if cards else say("No picture fits: ask for fewer attributes.")
        among = say("of {count} pictures", count=sizes[kind])
        note = chain("{one}; {next}", [among, *filter(None, [in_common(each)])])
        made.append(ui.results_panel(column, cards, note, none))
        index += len(each)
    return made


def grid_of(session: Session, models: Sequence[Model], near: Sequence[Near]) -> Found:
    """What was found as a grid: the visitor's own, those of a table, or those of the maps."""
    where, labels = session.of(Looking).where, [each.label for each in near]
    if where == MINE:
        mine = own(session)
        return Found(NAME, labels, {}, None, [mine[each.row] for each in near])
    if where != MAPPED:
        return Found(NAME, labels, {}, None, [pictured(session, each) for each in near])
    rows = torch.tensor([each.row for each in near], dtype=torch.long)
    codes = {m.name: codes_of(m.latents.codes, rows) for m in models if m.latents is not None}
    return Found(MAP, labels, codes, [f"{MAP}/{each.row}" for each in near])


def codes_of(codes: Tensor, rows: Tensor) -> Tensor:
    """Some rows of the codes (N, n) of a map, which may be shorter than others: NaN beyond it."""
    found, here = codes.new_full((len(rows), codes.shape[1]), torch.nan), rows < len(codes)
    found[here] = codes[rows[here]]
    return found


def pictured(session: Session, near: Near) -> Picture:
    """A picture of a table, as large as its thumbnail, with its codes by weights that are here."""
    models, codes = session.catalogue.models, {}
    for name, code in near.codes.items():
        if name in models and models[name].weights == near.weights[name]:
            codes[name] = code
    return Picture(near.label, PHOTO, opened(near), codes=codes)


def addresses(grid: Found, model: Model, near: Sequence[Near], first: int) -> list[str]:
    """What is shown of each: its thumbnail, or what the model draws of its code."""
    if not near:
        return []
    if near[0].thumbnail:
        return [f"data:image/jpeg;base64,{b64encode(each.thumbnail).decode()}" for each in near]
    if grid.pictures:
        mine = grid.pictures[first : first + len(near)]
        return [ui.address(each.pixels(LOOK_PX)) for each in mine]
    drawn = model.decode(model.latents.codes[[each.row for each in near]])
    return [ui.address(image) for image in drawn]


def far_of(kind: str, near: Near) -> str:
    if kind in LOOKS:
        return say("{bits} of {all} bits", bits=f"{near.distance:.0f}", all=LOOKS[kind].bits)
    return numeral(f"{near.distance:.2f}")


def in_common(near: Sequence[Near]) -> str:
    """The attributes that most of what was found has."""
    held = Counter(name for each in near for name in each.attributes)
    most = [name for name, count in held.most_common(NAMED) if count >= COMMON * len(near)]
    named = [
        say("{name}: {count} of {all}", name=ui.words(name), count=held[name], all=len(near))
        for name in most
    ]
    return chain("{one}, {next}", named)


def pack(session: Session) -> dict[str, str]:
    looking = session.of(Looking)
    return {
        "in": looking.where,
        **IN_LINK.pack(looking),
        "nearest": "" if looking.count == COUNT else str(looking.count),
    }


def unpack(session: Session, fields: Mapping[str, str]) -> list[str]:
    """As far as it is here; gives what is not."""
    looking, where = session.of(Looking), fields.get("in", MAPPED)
    here = where in values(AT_HAND) or where in values(places())  # tables are slow to list
    looking.where = where if here else MAPPED
    filtered = any(fields.get(each) for each in IN_LINK)
    names = names_in(session) if filtered else []  # of a table they are slow to find
    lost = IN_LINK.unpack(looking, fields, names)
    looking.count = int(number(fields.get("nearest"), 1, MOST) or COUNT)
    return lost if here else [say("the table {name}", name=quoted(where)), *lost]


def verb(session: Session) -> tuple | None:
    """The call that finds the same; of a visitor's own pictures there is none."""
    looking = session.of(Looking)
    if looking.where == MINE:
        return None
    given = {"picture": session.slots[NAME], "table": looking.where, "count": looking.count}
    given |= {"faithful": session.faithful}
    more = {"has": looking.has, "lacks": looking.lacks, "either": looking.either}
    return verbs.search, given | {name: value for name, value in more.items() if value}


SHOT = Shot(".results .strip")
TIMING = Timing("search among the mapped pictures", 500, show)
LINK = {"pack": pack, "unpack": unpack, "verb": verb}
TAB = Tab(
    NAME, say("Search"), build, SHOT, (TIMING,), (SLOT,), within=MAP, view=say("Search"), **LINK
)
