"""The page's words in other languages than English: a catalogue for each, `<language>.toml`, whose
keys are the English ones, as `explorer.words.say` has them."""

import tomllib
from contextvars import ContextVar
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import gradio as gr
from gradio.context import LocalContext
from gradio.i18n import I18nData

from explorer.words import numeral, say

ENGLISH = "en"
CATALOGUES: dict[str, dict[str, str]] = {
    path.stem: tomllib.loads(path.read_text(encoding="utf-8"))
    for path in sorted(Path(__file__).parent.glob("*.toml"))
}
WANTED = ContextVar("language", default=ENGLISH)  # of who asks for the page


def mark(words: str) -> I18nData:
    """Words of a component of gradio's own, which tells them in the visitor's language."""
    return I18nData(str(words))


def wanted(query: str, accepted: str) -> str:
    """The first language that there is of those that an address names by `lang`, or a browser by
    the header Accept-Language; else English."""
    asked = [*parse_qs(query).get("lang", []), *accepted.split(",")]
    known = (each.partition(";")[0].strip().lower().partition("-")[0] for each in asked)
    return next((each for each in known if each in (ENGLISH, *CATALOGUES)), ENGLISH)


def here(words: str, request: gr.Request | None = None) -> str:
    """Words in the language of the visitor whose event runs, or whose `request` it was, for what
    the page itself does not tell: gradio's messages."""
    request = request or LocalContext.request.get(None)
    headers = request.headers if request else {}
    query = urlsplit(headers.get("referer", "")).query
    return _told(words, CATALOGUES.get(wanted(query, headers.get("accept-language", "")), {}))


def _told(value: Any, known: dict[str, str]) -> str:
    if isinstance(value, list):
        return known.get(", ", ", ").join(_told(each, known) for each in value)
    if isinstance(value, numeral):
        return value.replace(".", known.get(".", "."))
    if not isinstance(value, say):
        return str(value)
    values = {name: _told(each, known) for name, each in value.values.items()}
    told = known.get(value.key, value.key)
    return told.format_map(values) if values else told


class Chosen(dict):
    """Of all catalogues the one that is wanted, for the page as gradio copies its configuration for
    each visitor; gradio looks into the English one for what it misses in any language."""

    def __deepcopy__(self, memo: dict) -> dict[str, dict[str, str]]:
        return {ENGLISH: CATALOGUES.get(WANTED.get(), {})}


class Words(gr.I18n):
    """For `Blocks.launch`."""

    def __init__(self):
        super().__init__()
        self.translations = Chosen({ENGLISH: {}})
