"""A filter by attributes, as the map and the search have it."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import gradio as gr

from explorer.page.components import inform, words
from explorer.page.guard.calls import fitting
from explorer.page.tab import listed, spelt
from explorer.page.words import mark
from explorer.session.filters import Filter
from explorer.verbs.common.options import Names
from explorer.words import say
from training.errors import quoted

ALL, ANY = "all", "any"


class InLink(NamedTuple):
    """The fields of a link that hold a filter, by their names."""

    has: str
    lacks: str
    either: str

    def pack(self, asked: Filter) -> dict[str, str]:
        lists = {self.has: asked.has, self.lacks: asked.lacks}
        fields = {field: ",".join(map(spelt, names)) for field, names in lists.items()}
        return {**fields, self.either: "1" if asked.either else ""}

    def unpack(self, asked: Filter, fields: Mapping[str, str], names: Sequence[str]) -> list[str]:
        """Sets a filter of pictures with attributes of these `names`; gives those that the link
        has and they have not, in words."""
        asked.has, asked.lacks = listed(fields, self.has), listed(fields, self.lacks)
        asked.either = bool(fields.get(self.either))
        return [say("the attribute {name}", name=quoted(name)) for name in asked.keep(names)]


def filter_view(names: Sequence[str] = ()) -> list[gr.components.Component]:
    """Choices among attributes of these names: what is had, what is lacked, and all or any. Others
    may be sent, as by a page that does not know yet that another model set is chosen."""
    several = {"choices": choices(names), "multiselect": True, "value": [], "min_width": 180}
    several |= {"allow_custom_value": True, "elem_classes": "of-labels"}
    has = gr.Dropdown(label=mark("Has"), **several)
    ways = [(mark("all of them"), ALL), (mark("at least one"), ANY)]
    one = {"min_width": 150, "elem_classes": "of-labels"}
    either = gr.Radio(ways, value=ALL, label=mark("Of these it has"), **one)
    lacks = gr.Dropdown(label=mark("Has none of"), **several)
    return [has, lacks, either]


def filter_shown(asked: Filter, names: Sequence[str]) -> tuple[dict, dict, str]:
    """What these show of a filter of pictures with attributes of these names. The filter loses all
    others, which is said."""
    _keep(asked, names)
    return *_chosen(asked, names), ANY if asked.either else ALL


def filter_kept(asked: Filter, names: Sequence[str]) -> tuple[dict, dict]:
    """As `filter_shown`, after one of the choices: no values, since more may be chosen by now,
    unless the filter loses some."""
    if _keep(asked, names):
        return _chosen(asked, names)
    known = gr.update(choices=choices(names))
    return known, known


def _keep(asked: Filter, names: Sequence[str]) -> list[str]:
    """The names that the filter loses."""
    gone = asked.keep(names)
    if gone:
        lost = [words(name) for name in gone]
        inform(say("The filter loses what these pictures have no label of: {names}.", names=lost))
    return gone


def _chosen(asked: Filter, names: Sequence[str]) -> tuple[dict, dict]:
    known = choices(names)
    return gr.update(choices=known, value=asked.has), gr.update(choices=known, value=asked.lacks)


def ask_for(asked: Filter, has: Sequence[str], lacks: Sequence[str], either: str) -> None:
    """Sets a filter to what the widgets are set to; raises UserError where that is no names."""
    asked.has, asked.lacks = fitting(Names, has), fitting(Names, lacks)
    asked.either = either == ANY


def choices(names: Sequence[str]) -> list[tuple[str, str]]:
    """Attributes as people read them, with their names."""
    return [(words(name), name) for name in names]
