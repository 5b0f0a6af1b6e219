"""What is other in a session after a step than before it, and how that is said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from torch import Tensor

from explorer.pictures.picture import Picture
from explorer.words import say

if TYPE_CHECKING:
    from explorer.session.history import Step

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


def changes(before: Step, after: Step) -> list[str | Set]:
    """What is other after than before: of slots their pictures, of controls and labels their
    values; of parts, where no control tells of it, the fields that have words in their metadata,
    as `said`, and of values as `titles`."""
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
            if titles := each.metadata.get("titles"):
                then = [titles.get(value, value) for value in then]
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
