"""Groups of mapped pictures: made by a lasso, shown by their mean, renamed, removed, saved, and in
links."""

import csv
import io
from base64 import b64decode
from binascii import Error
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, count

import gradio as gr
import numpy as np
import torch

from explorer.engine import Model
from explorer.page import components as ui
from explorer.page import words
from explorer.page.guard.events import Acted, Exported, Ringed
from explorer.page.mapped.points import View, drawn
from explorer.page.tab import paired, spelt
from explorer.pictures.picture import MAP
from explorer.session.attributes import Draft
from explorer.session.groups import Groups
from explorer.session.state import Session
from explorer.verbs.common.grids import Grid, map_row
from explorer.verbs.map import middle
from explorer.words import say
from training.errors import UserError, quoted
from training.errors import choose as one_of

MEMBERS, NAME_LENGTH = 4, 60  # members that are shown beside the mean
MOST = 40  # groups of a set
LINKED = 4000  # characters of a link for groups: six of 3,641 pictures
EMPTY = say("The lasso holds no point: draw it around some.")


def here(session: Session) -> dict[str, tuple[int, ...]]:
    """The groups of the model set."""
    return session.of(Groups).here(session.model_set)


def shown(session: Session) -> dict:
    return ui.groups_shown(here(session), session.of(View).group)


@dataclass
class Mean(Grid):
    """The mean of a group, by its name, and the members nearest to that."""

    group: str = ""


def answer(session: Session, board: dict) -> tuple:
    """The board, and the groups as they are now."""
    return board, gr.update(groups=ui.stamp(session) | shown(session))


def redrawn(session: Session) -> dict:
    """The board of what was chosen last, by the models that have it now: of a point, or of a group,
    which is another one after undo. It is empty where none has it, or nothing was chosen."""
    view, groups = session.of(View), here(session)
    last = view.chosen.get(session.model_set, "")
    with suppress(UserError):
        if isinstance(last, dict):
            return drawn(session, last)
        for name in (view.group, last):
            if name in groups:
                return board(session, name)
    session.grids.pop(MAP, None)
    return ui.stamp(session) | ui.board_value([], [])


def lasso(session: Session, event: Ringed) -> tuple:
    """What was drawn around becomes a group: its mean face, and the groups."""
    groups = here(session)
    numbered = (say("Group {number}", number=number) for number in count(len(groups) + 1))
    name = next(each for each in map(words.here, numbered) if each not in groups)
    add(session, name, rows_of(event._data["rows"]))
    session.of(View).group = name
    return answer(session, board(session, name))


def add(session: Session, name: str, rows: Sequence[int]) -> None:
    """Another group; raises UserError where it has no rows, where there is no room for it, or where
    no model that is compared has its pictures."""
    groups = here(session)
    if not rows:
        raise UserError(EMPTY)
    if name not in groups and len(groups) >= MOST:
        raise UserError(say("At most {most} groups fit here: remove one of them.", most=MOST))
    having(session, rows)
    groups[name] = tuple(rows)


def rows_of(packed: str) -> list[int]:
    """The rows whose bits are set; raises UserError where they are none."""
    try:
        bits = np.unpackbits(np.frombuffer(b64decode(packed, validate=True), dtype=np.uint8))
    except (Error, ValueError):
        raise UserError(EMPTY) from None
    return np.flatnonzero(bits).tolist()


def having(session: Session, rows: Sequence[int]) -> list[Model]:
    """The models that have codes of all these pictures; raises UserError where none has."""
    latents = [(model, model.latents) for model in session.models if model.latents is not None]
    found = [model for model, each in latents if max(rows) < len(each.codes)]
    if not found:
        raise UserError(say("No model that is compared has these pictures: draw another lasso."))
    return found


def act(session: Session, event: Acted) -> tuple:
    """Another group is chosen, renamed, or removed, which the board follows where it shows it."""
    groups, view = here(session), session.of(View)
    what, name, to = (event._data[each] for each in ("act", "name", "to"))
    if name:
        one_of(say("group"), name, groups)
    if what == "choose":
        view.group = name
        return answer(session, board(session, name) if name else gr.skip())
    to = to.strip()[:NAME_LENGTH] if what == "rename" else ""
    if what == "rename":
        rename(groups, name, to)
    else:
        groups.pop(name, None)
    view.group = to
    session.of(Draft).regroup(name, to)
    shows = session.grids.get(MAP)
    on_board = isinstance(shows, Mean) and shows.group == name
    return answer(session, redrawn(session) if on_board else gr.skip())


def rename(groups: dict[str, tuple[int, ...]], name: str, to: str) -> None:
    """Gives a group another name, in its place; raises UserError where that is taken."""
    if not to or (to != name and to in groups):
        raise UserError(say("There is a group {name} already: give another name.", name=quoted(to)))
    named = {to if each == name else each: rows for each, rows in groups.items()}
    groups.clear()
    groups.update(named)


def board(session: Session, name: str) -> dict:
    """The mean of a group as every model draws it, and the members that lie nearest to it."""
    stamp, rows = ui.stamp(session), here(session)[name]
    models = having(session, rows)
    means = {model.name: middle(model, rows) for model in models}
    first, known = models[0], torch.tensor(rows)
    far = torch.cdist(means[first.name], first.latents.codes[known])[0]
    nearest = known[far.topk(min(MEMBERS, len(rows)), largest=False).indices].tolist()
    members = [map_row(models, row) for row in nearest]
    mean = say("{group}: mean of {count}", group=name, count=len(rows))
    codes = {
        m.name: torch.cat([means[m.name], *(each.codes[m.name] for each in members)])
        for m in models
    }
    labels = [mean, *(each.labels[0] for each in members)]
    references = ["", *(each.references[0] for each in members)]
    session.grids[MAP] = Mean(MAP, labels, codes, references, name)
    session.of(View).chosen[session.model_set] = name
    images = [model.decode(codes[model.name]) for model in models]
    lines = [
        ui.board_row(label, at, [each[at] for each in images]) for at, label in enumerate(labels)
    ]
    return stamp | ui.board_value(models, lines)


def pack(session: Session) -> dict[str, str]:
    """The groups for a link, as far as they fit."""
    held, name = linked(session), session.of(View).group
    return {"groups": ",".join(held.values()), "group": name if name in held else ""}


def linked(session: Session) -> dict[str, str]:
    """The groups that fit into a link: what it says of each, by its name."""
    found, length = {}, 0
    for name, rows in here(session).items():
        said = f"{spelt(name)}:{ui.row_bits(rows)}"
        if length + len(said) <= LINKED:
            found[name] = said
            length += len(said)
    return found


def unkept(session: Session) -> list[str]:
    """The groups that do not."""
    held = linked(session)
    lost = [name for name in here(session) if name not in held]
    return [say("the group {name}", name=quoted(name)) for name in lost]


def unpack(session: Session, fields: Mapping[str, str]) -> list[str]:
    """The groups of a link, beside those that are here; gives what of them is not."""
    gone, lit, view = [], fields.get("group", ""), session.of(View)
    view.group = lit if lit in here(session) else ""
    for called, bits in paired(fields, "groups").items():
        try:
            rows = tuple(rows_of(bits))
            name = free(here(session), called[:NAME_LENGTH], rows)
            add(session, name, rows)
        except UserError:
            gone.append(say("the group {name}", name=quoted(called[:NAME_LENGTH])))
            continue
        view.group = name if called == lit else view.group
    view.chosen.clear()
    return gone


def free(groups: Mapping[str, tuple[int, ...]], name: str, rows: tuple[int, ...]) -> str:
    """The name for a group of these rows, numbered where another one has it."""
    numbered = (f"{name[: NAME_LENGTH - 5]} ({number})" for number in count(2))
    return next(each for each in chain([name], numbered) if groups.get(each, rows) == rows)


def export_group(asked: Exported) -> dict:
    """The rows of a group with their attributes and their codes by every model, as CSV."""
    session = ui.whose(asked["key"])
    groups = here(session)
    rows = groups[one_of(say("group"), asked["name"], groups)]
    try:
        models = having(session, rows)
    except UserError as error:
        return {"problem": error.said}
    latents = max((model.latents for model in models), key=lambda each: len(each.labels))
    columns = [f"{model.name} {at}" for model in models for at in range(model.latent_size)]
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(["row", *latents.names, *columns])
    for row in rows:
        labels = latents.labels[row].int().tolist() if row < len(latents.labels) else []
        labels = labels or [""] * len(latents.names)
        codes = torch.cat([model.latents.codes[row] for model in models]).tolist()
        writer.writerow([row, *labels, *(f"{each:.6g}" for each in codes)])
    return {"csv": file.getvalue()}
