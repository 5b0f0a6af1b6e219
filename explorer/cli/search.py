"""`index` and `retrieval`: folders as tables to search in, and how well searching finds."""

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from tyro.conf import FlagCreatePairsOff, Positional

from explorer.catalogue import ROOT
from explorer.cli.options import MODELS, number
from explorer.cli.output import Output, session_of
from explorer.engine import Model
from explorer.search.index import index
from explorer.search.table import PLACE
from explorer.search.trial import trial
from explorer.session.state import Session
from training.errors import UserError, choose
from training.report.tables import markdown


def at(place: str) -> None:
    """Tables are looked for there, where it says a place."""
    if place:
        os.environ[PLACE] = place


def encoding(root: str, names: Sequence[str]) -> list[Model]:
    """The models of these names, by default the first two that have an encoder."""
    known = session_of(root, drawing=False).catalogue.models
    names = names or [name for name, model in known.items() if model.encodes][:2]
    return [known[choose("model", name, known)] for name in dict.fromkeys(names)]


@dataclass(kw_only=True)
class Index:
    """Makes a table of the pictures in folders or zips, to search in: their codes by models,
    hashes, thumbnails and attributes."""

    data: Positional[tuple[str, ...]]  # folders or zips of pictures
    # models to encode with, by default the first two that do
    models: MODELS = field(default_factory=list)
    # labels of the pictures: a CSV with file_name, list_attr_celeba.txt, or 'classes'
    attributes: str = ""
    crop: Literal["face", "centre"] = "face"  # find the face in each picture, or take its middle
    tables: str = ""  # where tables are: a folder or an address; by default the user's cache folder
    checkpoints: str = ROOT  # folder of model sets

    def __call__(self) -> None:
        at(self.tables)
        if not self.data:
            raise UserError("Give a folder or a zip of pictures to index.")
        models = encoding(self.checkpoints, self.models)
        found = index(self.data, models, self.attributes, self.crop)
        for reason in found.refused:
            print(reason, file=sys.stderr)
        kept = "indexed" if found.new else "indexed before, and unchanged"
        print(f"{found.table.name}: {len(found.table)} pictures, {kept}")


@dataclass(kw_only=True)
class Retrieval:
    """Measures how well pictures are found again by codes and by hashes: after changed colours,
    added sunglasses, noise and blur, and how many labels the nearest ones share."""

    data: Positional[tuple[str, ...]]  # folders or zips of pictures
    # models to measure, by default the first two that encode
    models: MODELS = field(default_factory=list)
    # labels of the pictures: a CSV with file_name, list_attr_celeba.txt, or 'classes'
    attributes: str = ""
    count: Annotated[int, number("count", 2, 20_000)] = 1000  # pictures that are used at most
    json: FlagCreatePairsOff[bool] = False  # print JSON
    checkpoints: str = ROOT  # folder of model sets

    def __call__(self) -> None:
        models = encoding(self.checkpoints, self.models)
        found = trial(self.data, models, self.attributes, self.count)
        if self.json:
            print(json.dumps(found, indent=2))
            return
        names = [*dict.fromkeys(name for each in found.values() for name in each)]
        rows = [[kind, *(_text(each.get(name)) for name in names)] for kind, each in found.items()]
        print(markdown(["nearest by", *names], rows))


def _text(share: float | None) -> str:
    return "–" if share is None else f"{share:.3f}"


@dataclass(kw_only=True)
class Searches(Output):
    """A row for each model: the nearest pictures, in order."""

    tables: str = ""
    """where tables are: a folder or an address; by default the user's cache folder"""

    def run(self, session: Session, verb, given: dict[str, Any]) -> None:
        at(self.tables)
        super().run(session, verb, given)

    def write(self, found: list[dict]) -> None:
        problems = (each.near for one in found for each in one.values() if not each.pictures)
        for problem in dict.fromkeys(near.said for near in problems if near):
            print(problem, file=sys.stderr)
        having = [{m: each for m, each in one.items() if each.pictures} for one in found]
        if not any(having):
            raise UserError("No picture was found: ask for fewer attributes.")
        super().write([one for one in having if one])
