"""Groups of mapped pictures: made by a lasso, shown by their mean, renamed, removed, saved."""

import csv
import io
from base64 import b64decode
from binascii import Error
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count

import gradio as gr
import numpy as np
import torch

from explorer.engine import Model
from explorer.page import components as ui
from explorer.page.guard.events import Acted, Exported, Ringed
from explorer.page.mapped.points import View
from explorer.pictures.picture import MAP
from explorer.session.groups import Groups
from explorer.session.state import Session
from explorer.verbs.common.grids import Grid, map_row
from explorer.verbs.map import middle
from explorer.words import say
from training.errors import UserError, quoted
from training.errors import choose as one_of

MEMBERS, NAME_LENGTH = 4, 60  # members that are shown beside the mean
MOST = 40  # groups of a set
EMPTY = say("The lasso holds no point: draw it around some.")


def here(session: Session) -> dict[str, tuple[int, ...]]:
    """The groups of the model set."""
    return session.of(Groups).here(session.model_set)


def shown(session: Session) -> dict:
    return ui.groups_shown(here(session), session.of(View).group)


@dataclass(eq=False)
class Told:
    """The group that was chosen, and its rows, when the page was last told. Undo leaves it."""

    chosen: tuple[str, tuple[int, ...]] = ("", ())


def chosen(session: Session) -> tuple[str, tuple[int, ...]]:
    name = session.of(View).group
    return name, here(session).get(name, ())


def answer(session: Session, board: dict) -> tuple:
    """The board, and the groups as they are now."""
    session.of(Told).chosen = chosen(session)
    return board, gr.update(groups=shown(session))


def followed(session: Session) -> dict:
    """The board of the chosen group where that is another one than the page was told of, as after
    undo; emptied where none is chosen."""
    told, (name, rows) = session.of(Told), chosen(session)
    if told.chosen == (name, rows):
        return gr.skip()
    told.chosen = name, rows
    if rows:
        with suppress(UserError):  # where no model that is compared has these pictures
            return board(session, name)
    return ui.stamp(session) | ui.board_value([], [])


def lasso(session: Session, event: Ringed) -> tuple:
    """What was drawn around becomes a group: its mean face, and the groups."""
    groups, rows = here(session), rows_of(event._data["rows"])
    if not rows:
        raise UserError(EMPTY)
    if len(groups) >= MOST:
        raise UserError(f"At most {MOST} groups fit here: remove one of them.")
    having(session, rows)
    numbered = (say("Group {number}", number=number) for number in count(len(groups) + 1))
    name = next(str(each) for each in numbered if str(each) not in groups)
    groups[name] = tuple(rows)
    session.of(View).group = name
    return answer(session, board(session, name))


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
        raise UserError("No model that is compared has these pictures: draw another lasso.")
    return found


def act(session: Session, event: Acted) -> tuple:
    """Another group is chosen, renamed, or removed."""
    groups, view = here(session), session.of(View)
    what, name, to = (event._data[each] for each in ("act", "name", "to"))
    if name:
        one_of("group", name, groups)
    if what == "choose":
        view.group = name
        return answer(session, board(session, name) if name else gr.skip())
    if what == "remove":
        groups.pop(name, None)
        view.group = ""
    else:
        rename(groups, name, to.strip()[:NAME_LENGTH])
        view.group = to.strip()[:NAME_LENGTH]
    return answer(session, gr.skip())


def rename(groups: dict[str, tuple[int, ...]], name: str, to: str) -> None:
    """Gives a group another name, in its place; raises UserError where that is taken."""
    if not to or (to != name and to in groups):
        raise UserError(f"There is a group {quoted(to)} already: give another name.")
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
    session.grids[MAP] = Grid(MAP, labels, codes, references)
    drawn = [model.decode(codes[model.name]) for model in models]
    lines = [
        ui.board_row(label, at, [each[at] for each in drawn]) for at, label in enumerate(labels)
    ]
    return stamp | ui.board_value(models, lines)


def export_group(asked: Exported) -> dict:
    """The rows of a group with their attributes and their codes by every model, as CSV."""
    session = ui.whose(asked["key"])
    groups = here(session)
    rows = groups[one_of("group", asked["name"], groups)]
    models = having(session, rows)
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
