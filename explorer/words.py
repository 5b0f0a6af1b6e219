"""Words and numbers of the page: how they are sent to its scripts, and words enumerated."""

from collections.abc import Sequence
from functools import reduce
from typing import Any

from training.words import say


class numeral(str):
    """A number, perhaps with its unit, as English text; a page has the visitor's decimal sign."""


def spelled(value: Any) -> dict:
    """What was said, for the page's script, as `orjson.dumps` calls it."""
    if isinstance(value, say):
        return {"say": value.key, "with": value.values}
    if isinstance(value, numeral):
        return {"numeral": str(value)}
    raise TypeError(f"{type(value).__name__} is no JSON")


def chain(key: str, parts: Sequence[str]) -> str:
    """Parts of which `key` says how `one` and the `next` are said together; empty for none."""
    return reduce(lambda one, then: say(key, one=one, next=then), parts) if parts else ""
