"""How a run ends early, and what is left of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from training.checkpoints import CONFIG
from training.errors import UserError
from training.memory import short_of_memory


class Stopped(UserError):
    """Training ends early; the last good checkpoint is kept."""


def what_is_kept(out: str | Path) -> str:
    """What there is in the folder of a run that is stopped."""
    if (Path(out) / CONFIG).is_file():
        return f"the last good checkpoint is kept in '{out}'."
    return "no checkpoint had been written yet."


@contextmanager
def enough_memory(out: str | Path, what: str, advice: str) -> Iterator[None]:
    """A run in the folder `out` for whose part `what` there is too little memory is Stopped."""
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if not short_of_memory(error):
            raise
        why = f"There is too little memory for {what}: {advice}"
        raise Stopped(f"{why}; {what_is_kept(out)}") from None
