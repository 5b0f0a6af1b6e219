"""A filter by attributes, as the map and the search have it."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import gradio as gr

from explorer.page.components import inform, words
from explorer.page.guard.calls import fitting
from explorer.page.tab import parted
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
        alternatives = "1" if asked.either else ""
        lists = {self.has: ",".join(asked.has), self.lacks: ",".join(asked.lacks)}
        return {**lists, self.either: alternatives}

    def unpack(self, asked: Filter, fields: Mapping[str, str], names: Sequence[str]) -> list[str]:
        """Sets a filter of pictures with attributes of these `names`; gives those that the link
        has and they have not, in words."""
        asked.has, asked.lacks = parted(fields, self.has), parted(fields, self.lacks)
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
    if gone := asked.keep(names):
        lost = [words(name) for name in gone]
        inform(say("The filter loses what these pictures have no label of: {names}.", names=lost))
    known = choices(names)
    return (
        gr.update(choices=known, value=asked.has),
        gr.update(choices=known, value=asked.lacks),
        ANY if asked.either else ALL,
    )


def ask_for(asked: Filter, has: Sequence[str], lacks: Sequence[str], either: str) -> None:
    """Sets a filter to what the widgets are set to; raises UserError where that is no names."""
    asked.has, asked.lacks = fitting(Names, has), fitting(Names, lacks)
    asked.either = either == ANY


def choices(names: Sequence[str]) -> list[tuple[str, str]]:
    """Attributes as people read them, with their names."""
    return [(words(name), name) for name in names]
