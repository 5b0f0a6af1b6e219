"""What every command on models writes: figures as text or JSON, pictures to files."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Annotated, Any

import torch
from PIL import Image
from torch import Tensor
from tyro.conf import FlagCreatePairsOff

from explorer.catalogue import ROOT, titles
from explorer.cli.options import number
from explorer.engine import Model
from explorer.pictures.picture import Picture
from explorer.pictures.render import png_bytes, sheet
from explorer.session.programs import answer, opened
from explorer.session.state import Session
from explorer.verbs.common.options import Result, Shown
from training.errors import UserError, choose

Found = dict[Model, Result]
BLANK = torch.ones(3, 1, 1)


@dataclass(kw_only=True)
class Output:
    """By default: one sheet, a row for each picture, each image under its caption."""

    checkpoints: str = ROOT
    """folder of model sets"""
    px: Annotated[int, number("px", 16, 512)] = 128
    """side of each tile, px"""
    json: FlagCreatePairsOff[bool] = False
    """print the figures as JSON"""

    def run(self, session: Session, verb: Callable, given: dict[str, Any]) -> None:
        """Calls the verb with what is given by parameter, for each picture if it takes one."""
        if not isinstance(given.get("picture"), tuple):
            self.show([answer(session, verb, given)])
            return
        refused = []
        faces = opened_each(given["picture"], session.models, refused)
        self.show([answer(session, verb, given | {"picture": face}) for _, face in faces])
        name_all(refused)

    def show(self, found: list[Result | Found]) -> None:
        if not found:
            return
        if isinstance(found[0], Result):
            print(json.dumps(found[0].shown().figures))
            return
        self.write(found)
        if self.json:
            figures = [
                shared(one).figures | {m.name: each.shown().figures for m, each in one.items()}
                for one in found
            ]
            print(json.dumps(figures if len(figures) > 1 else figures[0], indent=2))

    def write(self, found: list[Found]) -> None:
        one = len(found) == 1 and not shared(found[0]).pictures  # a row for each model then
        rows = by_model(found[0]) if one else [captioned(each) for each in found]
        wide, tiles, labels = max(map(len, rows)), [], []
        for row in rows:
            tiles += [*row.values(), *[BLANK] * (wide - len(row))]
            labels += [*row, *[""] * (wide - len(row))]
        save(self.out, sheet(tiles, wide, self.px, labels=labels))


def session_of(root: str, models: Sequence[str] = (), drawing: bool = True) -> Session:
    """The models asked for, by default the first two that draw; faults of other checkpoints go to
    stderr. Raises UserError where `drawing` is wanted and no model draws."""
    session = Session(root)
    for problem in session.catalogue.problems:
        print(problem, file=sys.stderr)
    known = session.catalogue.models
    if not known:
        raise UserError(
            f"There is no usable checkpoint under '{root}'; `python -m training fit` makes one."
        )
    names = [choose("model", name, known) for name in dict.fromkeys(models)]
    if drawing and not (names or session.names):
        raise UserError(f"No model under '{root}' has a decoder: there is none that draws.")
    return Session(root, known[names[0]].directory.parent.name, names) if names else session


def opened_each(
    files: Sequence[Path], models: Sequence[Model], refused: list[str]
) -> Iterator[tuple[Path, Picture]]:
    """The pictures one by one; why others cannot be opened is added to `refused`."""
    if not files:
        raise UserError("Give a PICTURE: one file or several.")
    for file in files:
        try:
            picture = opened(file, models)
        except UserError as error:
            refused.append(str(error))
        else:
            yield file, picture


def name_all(refused: Sequence[str]) -> None:
    """Names the pictures that were left out, once the others are done; raises UserError."""
    if refused:
        raise UserError("\n".join(refused))


def shared(found: Found) -> Shown:
    """What all models share."""
    return next(iter(found.values())).shared()


def captioned(found: Found) -> dict[str, Tensor]:
    """Images (3, H, W): those that all models share, then each one's, by its title and caption."""
    rows = [shared(found).pictures, *by_model(found)]
    return dict(chain.from_iterable(row.items() for row in rows))


def by_model(found: Found) -> list[dict[str, Tensor]]:
    """Each model's images (3, H, W), by its title and caption."""
    called = titles([*found])
    return [
        {f"{called[model]} {caption}": image for caption, image in each.shown().pictures.items()}
        for model, each in found.items()
    ]


def save(path: Path, page: Image.Image) -> None:
    path.write_bytes(png_bytes(page))
    print(path, file=sys.stderr)
