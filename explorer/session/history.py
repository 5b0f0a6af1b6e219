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
from typing import Any, NamedTuple

import torch
from torch import Tensor

from explorer.pictures.picture import Picture
from explorer.session.state import Session
from explorer.words import say

MOST, MOST_BYTES = 100, 64e6  # steps, and pixels of pictures that are at hand in steps alone
GESTURE_S = 0.7  # changes that follow one another sooner are one step, as those of a dragged slider
SETTINGS = say("settings")
# What a step holds besides the parts' own, and what a change of it is called
HELD = {
    "model_set": say("model set"),
    "names": say("models"),
    "faithful": say("Refined codes"),
    "shelf": say("shelf"),
    "slots": say("pictures"),
    "labels": say("labels"),
    "controls": SETTINGS,
}
VALUED = ("labels", "controls")  # of which the values are said


class Set(NamedTuple):
    """What was set, a control's name, an attribute or words, and its values before and after."""

    what: str
    was: Any
    now: Any


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
class History:
    """The steps of a session, and which of them it is at. Events and controls that are dragged may
    note at a time: they take turns."""

    steps: list[Step] = field(default_factory=list)
    at: int = -1
    changed_s: float = -GESTURE_S  # when the visitor last changed something, by the clock
    settling: int = 0  # how many events are under way that change what belongs to the last step

    def __post_init__(self) -> None:
        self._turn = Lock()

    def __getstate__(self) -> dict:
        """For pickle and copies, which have a lock of their own."""
        return {name: value for name, value in vars(self).items() if name != "_turn"}

    def __setstate__(self, state: dict) -> None:
        vars(self).update(state)
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

    def note(self, session: Session, belongs: bool | None = None, left: str = "") -> None:
        """A new step, if the session has changed, unless that `belongs` to the step before; what
        was undone is then gone. For None it does if it follows the visitor's last change closely,
        or while something is `settled`. It has `left` a tab, by default the one it came about on.
        """
        with self._turn:
            self._note(session, belongs, left)

    def _note(self, session: Session, belongs: bool | None, left: str) -> None:
        step, now = taken(session, self.steps[self.at] if self.steps else None), time.monotonic()
        step.left = left or step.tab
        said = changes(self.steps[self.at], step) if self.steps else []
        settled = belongs or (belongs is None and self.settling > 0)
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


def changes(before: Step, after: Step) -> list[str | Set]:
    """What is other after than before: of slots their pictures, of controls and labels their
    values; of parts, where no control tells of it, the fields that have words in their metadata,
    as `said`."""
    was, now = before.held, after.held
    other = [name for name in HELD if not alike(was[name], now[name])]
    said: list[str | Set] = [HELD[name] for name in other if name not in ("slots", *VALUED)]
    if "slots" in other:
        labels = [
            p.label for slot, p in now["slots"].items() if not alike(was["slots"].get(slot), p)
        ]
        said.append(labels[0] if len(labels) == 1 else HELD["slots"])
    said += [each for name in VALUED for each in _told(HELD[name], was[name], now[name])]
    for kind in [] if "controls" in other else dict.fromkeys([*before.own, *after.own]):
        one, then = (step.own[kind] if kind in step.own else kind() for step in (before, after))
        if not alike(one, then):
            said += [*_parts(one, then)] or [SETTINGS]
    return [*dict.fromkeys(said)]


def _parts(was: Any, now: Any) -> Iterator[str | Set]:
    """What is other in a dataclass, as far as it has words."""
    for each in [each for each in fields(now) if each.compare]:
        then = getattr(was, each.name), getattr(now, each.name)
        if "said" in each.metadata:
            yield from _told(each.metadata["said"], *then)
        elif all(map(is_dataclass, then)):
            yield from _parts(*then)


def _told(words: str, was: Any, now: Any) -> Iterator[str | Set]:
    """What is other of what is called by `words`, of a dictionary by its keys."""
    if alike(was, now):
        return
    if not isinstance(now, dict):
        plain = _is_plain(was) and _is_plain(now)
        yield Set(words, _plain(was), _plain(now)) if plain else words
    elif all(map(_is_plain, [*was.values(), *now.values()])):
        for key in dict.fromkeys([*was, *now]):
            if not alike(was.get(key), now.get(key)):
                yield Set(key, _plain(was.get(key)), _plain(now.get(key)))
    elif any(isinstance(each, dict) for each in [*was.values(), *now.values()]):
        for key in dict.fromkeys([*was, *now]):
            yield from _told(words, was.get(key, {}), now.get(key, {}))
    else:
        yield Set(words, (*was,), (*now,)) if was.keys() != now.keys() else words


def _is_plain(value: Any) -> bool:
    """Whether it is said as it is: a number, a switch, a text, or several texts."""
    several = isinstance(value, list) and all(isinstance(each, str) for each in value)
    return several or value is None or isinstance(value, (bool, int, float, str))


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def alike(one: Any, other: Any) -> bool:
    """Whether two things that a session holds are the same; pictures by their look and mark, and
    numbers by their value: the 5 of a page is the 5.0 of a link."""
    if one is other:
        return True
    if {type(one), type(other)} == {int, float}:
        return one == other
    if type(one) is not type(other):
        return False
    if isinstance(one, Picture):
        return (one.look, one.marked) == (other.look, other.marked)
    if isinstance(one, Tensor):
        return torch.equal(one, other)
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(alike(one[key], other[key]) for key in one)
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(alike, one, other))
    if is_dataclass(one):
        names = [each.name for each in fields(one) if each.compare]
        return all(alike(getattr(one, name), getattr(other, name)) for name in names)
    return one == other


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
