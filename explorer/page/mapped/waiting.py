"""What of the maps takes long, and is waited for while they are shown without it: the layout of
codes, for which the page's script asks, and refined codes of the visitor's own pictures."""

from collections.abc import Callable
from pathlib import Path

from explorer.engine import Model
from explorer.exchange.kept import EXPORTS
from explorer.exchange.layout import TSNE, file_of
from explorer.page.guard.events import Several
from explorer.page.mapped.points import Own, named
from explorer.session.state import Session
from explorer.verbs.common.options import Reason
from training.checkpoints import Latents
from training.errors import UserError
from training.once import once

LATE = "maps, complete"  # what is waited for, among what views show


def unplaced(session: Session) -> dict[Model, Reason]:
    """The models for which the codes of the visitor's own pictures take seconds."""
    models = [model for model in session.models if model.encodes]
    return session.waits(session.of(Own).pictures, models)


def encode(session: Session) -> bool:
    """Finds those codes, unless they are looked for already; whether there are any."""
    if session.seen(LATE):
        return False
    waiting, mine = unplaced(session), [*session.of(Own).pictures]
    try:
        for model in waiting:
            session.codes(mine, model)
    except Exception:
        session.shown.pop(LATE, None)  # the next completion looks for them again
        raise
    return bool(waiting)


def ready(root: str) -> Callable[[dict], dict]:
    def ready(asked: Several) -> dict:
        """Whether the codes of one of the models are laid out by now, which begins in its turn; and
        why those of one cannot be."""
        there, problem = False, ""
        for model in [each for each in named(root, asked["models"]) if each.latents is not None]:
            try:
                there |= EXPORTS.map(model.name, root, TSNE, _file(model.latents))
            except UserError as error:
                problem = error.said
        return {"ready": there, "problem": problem}

    return ready


@once
def _file(latents: Latents) -> Path:
    """Where the map is kept, by the one layout that takes long."""
    return file_of(latents.codes, TSNE)
