"""What a visitor did, step by step, so that it can be undone and redone over the whole page.

A step is a copy of what the session holds. Copies share pixels, codes and models with it: those are
replaced and never changed, so that a step costs some kB.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cached_property
from threading import Lock
from typing import Any

from explorer.pictures.picture import Picture
from explorer.session.anew import Anew
from explorer.session.changes import HELD, Set, alike, changes
from explorer.session.state import Session

MOST, MOST_BYTES = 100, 64e6  # steps, and pixels of pictures that are at hand in steps alone
GESTURE_S = 0.7  # changes that follow one another sooner are one step, as those of a dragged slider


@dataclass(eq=False)
class Step:
    """What a session held, by name, and its parts' own; on which tab it came about, and which one
    it left, where undo comes back to; the copies of pictures, by the ids of these; what is said of
    it."""

    held: dict[str, Any]
    own: dict[type, Any]
    tab: str
    left: str
    copies: dict[int, Picture]
    said: list[str | Set] = field(default_factory=list)

    @cached_property
    def sources(self) -> set[tuple[int, int]]:
        """The pictures' pixels, by id, with their bytes."""
        found = [each.source for each in self.copies.values()]
        return {(id(each), 3 * each.width * each.height) for each in found}


@dataclass(eq=False)
class History(Anew):
    """The steps of a session, and which of them it is at. Events and controls that are dragged may
    note at a time: they take turns."""

    steps: list[Step] = field(default_factory=list)
    at: int = -1
    changed_s: float = -GESTURE_S  # when the visitor last changed something, by the clock

    def __post_init__(self) -> None:
        self.settling = 0  # how many events are under way that change what belongs to the last step
        self._turn = Lock()

    @contextmanager
    def settled(self) -> Iterator[None]:
        """What is noted meanwhile belongs to the step before, as the examples of a tab that opens;
        and what the visitor does next does not."""
        self.settling += 1
        try:
            yield
        finally:
            self.settling -= 1

    @contextmanager
    def by_hand(self, session: Session) -> Iterator[None]:
        """What is changed meanwhile is the visitor's doing and a step, also while something is
        `settled`: of that, what has changed until now belongs to the step before."""
        with self._turn:
            changed_s = self.changed_s
            if self.settling or not self.steps:
                self._note(session, belongs=True)
            self.changed_s = changed_s  # a slider that is dragged meanwhile is one gesture still
        yield
        with self._turn:
            self._note(session)

    def note(self, session: Session, belongs: bool | None = None, left: str = "") -> None:
        """A new step, if the session has changed, unless that `belongs` to the step before; what
        was undone is then gone. For None it does if it follows the visitor's last change closely,
        or while something is `settled`. It has `left` a tab, by default the one it came about on.
        """
        with self._turn:
            if belongs is None and self.settling:
                belongs = True
            self._note(session, belongs, left)

    def _note(self, session: Session, belongs: bool | None = None, left: str = "") -> None:
        step, now = taken(session, self.steps[self.at] if self.steps else None), time.monotonic()
        step.left = left or step.tab
        said = changes(self.steps[self.at], step) if self.steps else []
        settled = belongs is True
        belongs = settled or (belongs is None and now - self.changed_s < GESTURE_S)
        if self.steps and said and belongs:
            last = self.steps[self.at]
            step.tab, step.left, step.said = last.tab, last.left, last.said
            if self.at and not settled:  # more of one gesture
                step.said = changes(self.steps[self.at - 1], step)
            self.steps[self.at] = step
        elif said or not self.steps:
            step.said = said
            self.steps[self.at + 1 :] = [step]
            self.at += 1
            self._forget()
        if said or settled:
            self.changed_s = -GESTURE_S if settled else now

    def go(self, session: Session, to: int) -> bool:
        """The session as it was after step `to`, on the tab where that shows: of what is undone the
        one that it left. Whether there is such a step."""
        with self._turn:
            if not 0 <= to < len(self.steps) or to == self.at:
                return False
            session.tab = self.steps[to + 1].left if to < self.at else self.steps[to].tab
            self.at = to
            give(session, self.steps[to])
            return True

    @property
    def pictures(self) -> list[Picture]:
        return [each for step in self.steps for each in step.copies.values()]

    def _forget(self) -> None:
        """The oldest steps, where there are too many, or their pictures are too large."""
        here = self.steps[self.at].sources
        while len(self.steps) > 1:
            apart = set().union(*(step.sources for step in self.steps)) - here
            size = sum(size for _, size in apart)
            if len(self.steps) <= MOST and size <= MOST_BYTES:
                return
            del self.steps[0]
            self.at -= 1


def taken(session: Session, before: Step | None = None) -> Step:
    """A step that the session is at; pictures that are as they were `before` are not copied."""
    memo = Copies(before.copies if before else {})
    held = {name: copied(getattr(session, name), memo) for name in HELD}
    parts = [(kind, part) for kind, part in [*session.owned.items()] if compared(kind)]
    own = {kind: copied(part, memo) for kind, part in parts}
    return Step(held, own, session.tab, session.tab, dict(memo))


def give(session: Session, step: Step) -> None:
    """The session holds what it held at a step; its parts stay who they are: some are at work."""
    memo = Copies({})
    for name, value in step.held.items():
        setattr(session, name, copied(value, memo))
    for kind in [kind for kind in session.owned if compared(kind)]:
        before = copied(step.own[kind] if kind in step.own else kind(), memo)
        for each in [each for each in fields(kind) if each.compare]:
            setattr(session.of(kind), each.name, getattr(before, each.name))
    session.shown.clear()


def compared(kind: type) -> bool:
    """Whether a part of a session is undone: a dataclass that is compared by its values."""
    return is_dataclass(kind) and kind.__dataclass_params__.eq


class Copies(dict):
    """Copies of pictures by the ids of these, each made once; `before` are some that may do."""

    def __init__(self, before: dict[int, Picture]):
        super().__init__()
        self.before = before

    def of(self, picture: Picture) -> Picture:
        if id(picture) not in self:
            old = self.before.get(id(picture))
            same = old is not None and alike(old, picture) and old.source is picture.source
            self[id(picture)] = old if same else copy(picture)
        return self[id(picture)]


def copied(value: Any, memo: Copies) -> Any:
    """A copy of what may change: containers, dataclasses, and pictures, each once. What is replaced
    and never changed is shared: pixels, tensors, frozen dataclasses."""
    if isinstance(value, Picture):
        return memo.of(value)
    if isinstance(value, dict):
        made = copy(value)
        made.update((key, copied(each, memo)) for key, each in [*value.items()])
        return made
    if isinstance(value, list):
        return [copied(each, memo) for each in value]
    if isinstance(value, set):
        return copy(value)
    if is_dataclass(value) and not value.__dataclass_params__.frozen:
        made = copy(value)
        for each in fields(value):
            setattr(made, each.name, copied(getattr(value, each.name), memo))
        return made
    return value
