"""Words that visitors read in their own language: English text that knows how it was made."""

from typing import Any


class say(str):
    """English text, for all that read it as such; a page tells it by its `key`, the English with
    names of `values` in braces, in the visitor's language. A list among the values is enumerated.
    """

    key: str
    values: dict[str, Any]

    def __new__(cls, key: str, **values: Any) -> "say":
        given = {name: _english(each) for name, each in values.items()}
        said = super().__new__(cls, key.format_map(given) if given else key)
        said.key, said.values = key, values
        return said


def _english(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)
