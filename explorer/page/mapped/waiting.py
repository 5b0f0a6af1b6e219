"""What of the maps takes long, and is waited for while they are shown without it: the layout of
codes, and refined codes of the visitor's own pictures."""

import time
from collections.abc import Iterator

from explorer.engine import Model
from explorer.exchange.kept import EXPORTS
from explorer.exchange.layout import file_of
from explorer.page.mapped.points import Own, View
from explorer.pictures.picture import MAP
from explorer.session.state import Session
from explorer.verbs.common.options import Reason
from explorer.verbs.map import laid_out
from explorer.work import go_on

ASKED_S = 0.5  # how often it is looked whether codes are laid out
LATE = "maps, complete"  # what is waited for, among what views show


def unplaced(session: Session) -> dict[Model, Reason]:
    """The models for which the codes of the visitor's own pictures take seconds."""
    models = [model for model in session.models if model.encodes]
    return session.waits(session.of(Own).pictures, models)


def encode(session: Session) -> bool:
    """Finds those codes; whether there are any."""
    waiting, mine = unplaced(session), [*session.of(Own).pictures]
    try:
        for model in waiting:
            session.codes(mine, model)
    except Exception:
        session.shown.pop(LATE, None)  # the next completion looks for them again
        raise
    return bool(waiting)


def lying(session: Session, asked: tuple) -> Iterator[Model]:
    """The models whose codes take long to lay out, each once they are, as long as what was asked
    for is the last."""
    layout = session.of(View).layout
    lie = {model: laid_out(model, layout) for model in session.models}
    for model in [m for m, each in lie.items() if isinstance(each, Reason) and each.seconds]:
        file = file_of(model.latents.codes, layout)
        while not EXPORTS.map(model.name, session.root, layout, file):
            time.sleep(ASKED_S)
            go_on()
            if session.tab != MAP:
                session.shown.pop(LATE, None)  # they are asked for when it opens again
            if session.shown.get(LATE) is not asked:
                return
        yield model
