"""Words that visitors read in their own language: English text that knows how it was made."""

from collections.abc import Sequence
from functools import reduce
from typing import Any


class say(str):
    """English text, for all that read it as such; the page tells it by its `key`, the English with
    names of `values` in braces, in the visitor's language. A list among the values is enumerated.
    """

    key: str
    values: dict[str, Any]

    def __new__(cls, key: str, **values: Any) -> "say":
        given = {name: _english(each) for name, each in values.items()}
        said = super().__new__(cls, key.format_map(given) if given else key)
        said.key, said.values = key, values
        return said


def spelled(value: Any) -> dict:
    """What was said, for the page's script, as `orjson.dumps` calls it."""
    if isinstance(value, say):
        return {"say": value.key, "with": value.values}
    raise TypeError(f"{type(value).__name__} is no JSON")


def _english(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)


def chain(key: str, parts: Sequence[str]) -> str:
    """Parts of which `key` says how `one` and the `next` are said together; empty for none."""
    return reduce(lambda one, then: say(key, one=one, next=then), parts) if parts else ""
