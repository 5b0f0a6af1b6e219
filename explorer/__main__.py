"""`python -m explorer models | reconstruct | morph | sample | edit | map | gallery | screenshots`.

Figures go to stdout, the names of written files and everything else to stderr.
"""

import argparse
import math
import os
import sys
from collections.abc import Callable
from pathlib import Path

from explorer import cli as commands
from explorer.engine import ROOT
from explorer.pictures.faces import Crop
from explorer.pictures.files import PictureError
from training.codes.directions import DEFAULT, METHODS
from training.codes.inversion import LOSSES, STARTS
from training.codes.inversion import METHODS as INVERSIONS
from training.errors import UserError


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, without the usage before it."""

    def error(self, message: str):
        self.exit(2, f"{message[:1].upper()}{message[1:]}; see `{self.prog} --help`.\n")


class Help(argparse.ArgumentDefaultsHelpFormatter):
    """Shows defaults, but not those that only mean that nothing was given."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        nothing = action.default in (None, []) or action.default is False
        return action.help if nothing else super()._get_help_string(action)


def parser() -> argparse.ArgumentParser:
    root = Parser(prog="python -m explorer", description=__doc__.split("\n")[0])
    verbs = root.add_subparsers(dest="verb", metavar="VERB", required=True, parser_class=Parser)
    for add in (_models, _reconstruct, _morph, _sample, _edit, _map, _gallery, _screenshots):
        add(lambda name, said: verbs.add_parser(name, help=said, formatter_class=Help))
    return root


def _models(verb: Callable) -> None:
    options = verb("models", "list the models that can be explored")
    _add_checkpoints(options)
    options.add_argument("--json", action="store_true", help="print JSON")
    options.set_defaults(run=commands.models, models=[])


def _reconstruct(verb: Callable) -> None:
    options = verb("reconstruct", "what each model makes of pictures")
    options.add_argument("pictures", nargs="+", metavar="PICTURE", help="picture files")
    _add_models(options)
    _add_out(options, "reconstruct.png", px=128)
    steps = between(0, 300)
    options.add_argument("--steps", type=steps, default=50, help="steps of descent, 0 to 300")
    method = "encoder, recovery (descent from random codes), or hybrid (from the encoder's)"
    options.add_argument("--method", choices=INVERSIONS, default="hybrid", help=method)
    starts = "random codes that recovery begins at, 1 to 64; the best is kept"
    options.add_argument("--starts", type=between(1, 64), default=STARTS, help=starts)
    loss = "what descent makes small"
    options.add_argument("--loss", choices=tuple(LOSSES), default="squared", help=loss)
    options.add_argument("--seed", type=between(0, 2**31), default=0, help="of recovery")
    crop = "'face' to look for one, 'centre', or X,Y,SIDE[,ANGLE] in px and degrees clockwise"
    options.add_argument("--crop", type=crop_of, default="face", help=crop)
    options.add_argument("--json", action="store_true", help="print the figures as JSON")
    options.set_defaults(run=commands.reconstruct)


def _morph(verb: Callable) -> None:
    options = verb("morph", "the plane of codes between four pictures")
    corners = "up to four files: top left, top right, bottom left, bottom right; samples fill up"
    options.add_argument("pictures", nargs="*", metavar="PICTURE", help=corners)
    _add_models(options)
    _add_out(options, "morph.png", px=64)
    _add_seed(options)
    _add_faithful(options)
    options.add_argument("--size", type=between(3, 15), default=9, help="tiles a side, 3 to 15")
    options.add_argument("--gif", type=output(".gif"), help="write a walk over the grid here, too")
    options.add_argument(
        "--gif-px", type=between(32, 512), default=192, help="side of its pictures, px"
    )
    options.add_argument(
        "--gif-ms", type=between(20, 2000), default=80, help="time a frame stands, ms"
    )
    options.set_defaults(run=commands.morph)


def _sample(verb: Callable) -> None:
    options = verb("sample", "draw from the prior, the same codes through every model")
    _add_models(options)
    _add_out(options, "sample.png", px=64)
    _add_seed(options)
    options.add_argument("--count", type=between(1, 1024), default=64, help="how many, 1 to 1024")
    spread = "how far from each other: 1 as the prior is, 0 all alike, 2 at most"
    options.add_argument("--spread", type=between(0, 2, float), default=1.0, help=spread)
    options.add_argument("--columns", type=between(1, 1024), default=8, help="tiles in a row")
    tiles = "write each tile, with its code inside, to DIR/SET/NAME/"
    options.add_argument("--tiles", type=Path, metavar="DIR", help=tiles)
    _add_labels(options)
    options.set_defaults(run=commands.sample)


def _edit(verb: Callable) -> None:
    options = verb("edit", "change attributes of a picture or a sample")
    options.add_argument("picture", nargs="?", help="picture file; without one, a sample")
    _add_models(options)
    _add_out(options, "edit.png", px=128)
    _add_seed(options)
    _add_faithful(options)
    amount = "attribute and standard deviations, as Smiling=2; may be given several times"
    options.add_argument("--set", type=amount_of, action="append", default=[], help=amount)
    methods = f"how the directions were found: {', '.join(METHODS)}"
    options.add_argument("--method", default=DEFAULT, help=methods)
    held = "attribute to hold still while others are pushed; may be given several times"
    options.add_argument("--hold", metavar="NAME", action="append", default=[], help=held)
    _add_labels(options)
    options.add_argument("--list", action="store_true", help="print the attributes, and stop")
    options.set_defaults(run=commands.edit)


def _map(verb: Callable) -> None:
    options = verb("map", "compute the latent map of a checkpoint and write it there")
    options.add_argument("checkpoint", type=Path, metavar="CHECKPOINT", help="its directory")
    options.set_defaults(run=commands.make_map)


def _gallery(verb: Callable) -> None:
    options = verb("gallery", "make README's pictures and table of a model set")
    _add_checkpoints(options)
    options.add_argument("--set", help="model set; by default the first")
    out = "folder for the pictures, which go to DIR/SET"
    options.add_argument("--out", type=Path, default="assets/gallery", metavar="DIR", help=out)
    readme = "document whose table of the set is renewed, between its marks"
    options.add_argument("--readme", type=Path, default="README.md", metavar="FILE", help=readme)
    options.set_defaults(run=commands.gallery, models=[])


def _screenshots(verb: Callable) -> None:
    options = verb("screenshots", "make README's pictures of the page, with Chromium")
    _add_checkpoints(options)
    out = "folder for the pictures"
    options.add_argument("--out", type=Path, default="assets/screenshots", metavar="DIR", help=out)
    options.set_defaults(run=commands.screenshots, models=[])


def _add_checkpoints(options: argparse.ArgumentParser) -> None:
    options.add_argument("--checkpoints", default=ROOT, metavar="DIR", help="folder of model sets")


def _add_models(options: argparse.ArgumentParser) -> None:
    _add_checkpoints(options)
    names = "SET/NAME, several by commas; by default the first two of the first set"
    options.add_argument("--models", type=lambda text: text.split(","), default=[], help=names)


def _add_out(options: argparse.ArgumentParser, name: str, px: int) -> None:
    options.add_argument("--out", type=output(".png"), default=name, help="picture to write (PNG)")
    options.add_argument("--px", type=between(16, 512), default=px, help="side of its tiles, px")


def _add_seed(options: argparse.ArgumentParser) -> None:
    options.add_argument("--seed", type=between(0, 2**31), default=0, help="of the samples")


def _add_faithful(options: argparse.ArgumentParser) -> None:
    said = "refine the codes of pictures by 50 steps"
    options.add_argument("--faithful", action="store_true", help=said)


def _add_labels(options: argparse.ArgumentParser) -> None:
    said = "label or class to switch on in codes that end in them, or NAME=off; several times"
    options.add_argument(
        "--label", type=label_of, metavar="NAME", action="append", default=[], help=said
    )


def between(least: float, most: float, kind: type = int) -> Callable[[str], float]:
    """An option's type: a number from `least` to `most`."""

    def number(text: str) -> float:
        try:
            value = kind(text)
        except ValueError:
            value = math.nan
        if not least <= value <= most:
            whole = "whole number" if kind is int else "number"
            message = f"'{text}' is no {whole} from {least:g} to {most:g}"
            raise argparse.ArgumentTypeError(message)
        return value

    return number


def output(suffix: str) -> Callable[[str], Path]:
    """An option's type: a file to write, whose folder exists."""

    def file(text: str) -> Path:
        path = Path(text)
        if path.suffix.lower() != suffix:
            raise argparse.ArgumentTypeError(f"'{text}' does not end in {suffix}")
        if not path.parent.is_dir():
            raise argparse.ArgumentTypeError(f"there is no folder '{path.parent}'")
        return path

    return file


def crop_of(text: str) -> Crop | str:
    """'face', 'centre', or a square given by hand."""
    if text in ("face", "centre"):
        return text
    try:
        x, y, side, *angle = [float(number) for number in text.split(",")]
        if not side > 0 or len(angle) > 1 or not math.isfinite(x + y + side + sum(angle)):
            raise ValueError(text)
    except ValueError:
        message = f"'{text}' is neither face nor centre nor X,Y,SIDE[,ANGLE]"
        raise argparse.ArgumentTypeError(message) from None
    return Crop(x, y, side, sum(angle), True, "The crop was given.")


def amount_of(text: str) -> tuple[str, float]:
    """'Smiling=2' as a pair."""
    name, _, amount = text.partition("=")
    try:
        value = float(amount)
    except ValueError:
        value = math.nan
    if not name or not math.isfinite(value):
        raise argparse.ArgumentTypeError(f"'{text}' is not like Smiling=2")
    return name, value


def label_of(text: str) -> tuple[str, bool]:
    """'Smiling', 'Smiling=on' or 'Smiling=off' as a pair."""
    name, _, state = text.partition("=")
    if not name or state not in ("", "on", "off"):
        raise argparse.ArgumentTypeError(f"'{text}' is not like Smiling or Smiling=off")
    return name, state != "off"


def main(arguments: list[str] | None = None) -> int:
    """Runs one verb; 0, or 2 with a sentence on stderr."""
    options = parser().parse_args(arguments)
    try:
        options.run(options)
    except (UserError, PictureError) as error:
        print(error, file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader, as in `| head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        print(f"{error.filename or 'A file'} cannot be written: {error.strerror}.", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
