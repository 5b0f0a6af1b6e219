"""`replay`: a saved picture made again, from what it says of itself."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from tyro.conf import Positional

from explorer.catalogue import ROOT, catalogue
from explorer.cli.options import output
from explorer.pictures.recipe import Recipe
from explorer.session.saved import replay


@dataclass(kw_only=True)
class Replay:
    """Makes a picture again that the app has saved, and compares it with the file."""

    picture: Positional[Path]  # a PNG that the app has saved
    out: Annotated[Path, output(".png")] = Path("replay.png")  # picture to write (PNG)
    checkpoints: str = ROOT  # folder of model sets

    def __call__(self) -> None:
        said, again = replay(self.picture, catalogue(self.checkpoints).models)
        self.out.write_bytes(said.into(again.picture))
        print(f"{self.picture.name}, drawn by {', '.join(said.weights)}: {_like(again.apart)}.")
        print(_named(said))
        print(self.out, file=sys.stderr)


def _like(apart: int | None) -> str:
    if apart is None:
        return "made again, of another size than the file"
    return f"made again, up to {apart} of 255 shades apart" if apart else "made again, bit for bit"


def _named(said: Recipe) -> str:
    return f"The page it was saved from: ?{said.query}"
