"""How the command line spells the types of arguments; what is misspelt is said in words."""

import math
from collections.abc import Callable
from dataclasses import MISSING, field
from pathlib import Path
from typing import Annotated, Any

from tyro.conf import FlagCreatePairsOff, Positional, UseAppendAction, arg
from tyro.constructors import PrimitiveConstructorSpec

from explorer.engine import Model
from explorer.pictures.faces import Crop
from explorer.pictures.picture import Picture
from explorer.verbs.options import Argument


def primitive(read: Callable[[str], Any], metavar: str) -> PrimitiveConstructorSpec:
    """An option's type: `read` turns its text into a value, or raises ValueError in words."""
    return PrimitiveConstructorSpec(
        nargs=1,
        metavar=metavar,
        instance_from_str=lambda texts: read(texts[0]),
        is_instance=lambda value: True,
        str_from_instance=lambda value: [str(value)],
    )


def finite(text: str, kind: type = float) -> float | None:
    """The number that the text is, None where it is none or infinite."""
    try:
        value = kind(text)
    except ValueError:
        return None
    return value if abs(value) < math.inf else None  # nan is not


def number(least: float, most: float, kind: type = int) -> PrimitiveConstructorSpec:
    """A number from `least` to `most`."""

    def read(text: str) -> float:
        value = finite(text, kind)
        if value is None or not least <= value <= most:
            said = "whole number" if kind is int else "number"
            raise ValueError(f"'{text}' is no {said} from {least} to {most}")
        return value

    return primitive(read, f"{least}..{most}")


def output(suffix: str) -> PrimitiveConstructorSpec:
    """A file to write, whose folder exists."""

    def read(text: str) -> Path:
        path = Path(text)
        if path.suffix.lower() != suffix:
            raise ValueError(f"'{text}' does not end in {suffix}")
        if not path.parent.is_dir():
            raise ValueError(f"there is no folder '{path.parent}'")
        return path

    return primitive(read, f"FILE{suffix}")


def crop_of(text: str) -> Crop | str:
    """'face', 'centre', or a square given by hand."""
    if text in ("face", "centre"):
        return text
    given = [finite(each) for each in text.split(",")]
    if len(given) not in (3, 4) or None in given or given[2] <= 0:
        raise ValueError(f"'{text}' is neither face nor centre nor X,Y,SIDE[,ANGLE]")
    x, y, side, angle = (*given, 0.0)[:4]
    return Crop(x, y, side, angle, True, "The crop was given.")


def amount_of(text: str) -> tuple[str, float]:
    """'Smiling=2' as a pair."""
    name, _, amount = text.partition("=")
    value = finite(amount)
    if not name or value is None:
        raise ValueError(f"'{text}' is not like Smiling=2")
    return name, value


def label_of(text: str) -> tuple[str, bool]:
    """'Smiling', 'Smiling=on' or 'Smiling=off' as a pair."""
    name, _, state = text.partition("=")
    if not name or state not in ("", "on", "off"):
        raise ValueError(f"'{text}' is not like Smiling or Smiling=off")
    return name, state != "off"


# How the command line spells the types of verbs, with the value where nothing is given
AMOUNT = Annotated[tuple[str, float], primitive(amount_of, "NAME=AMOUNT")]
LABEL = Annotated[tuple[str, bool], primitive(label_of, "NAME[=off]")]
SPELT: dict[Any, tuple[Any, Any]] = {
    Picture: (Positional[tuple[Path, ...]], ()),
    Picture | None: (Positional[Path | None], None),
    list[Picture]: (Positional[tuple[Path, ...]], ()),
    Model: (Positional[str], MISSING),
    list[Model]: (Annotated[list, primitive(lambda text: text.split(","), "SET/NAME,…")], []),
    dict[str, float] | None: (UseAppendAction[list[AMOUNT]], []),
    dict[str, bool] | None: (UseAppendAction[list[LABEL]], []),
    list[str] | None: (UseAppendAction[list[str]], []),
    bool: (FlagCreatePairsOff[bool], False),
}


def spelling(argument: Argument) -> tuple[str, Any, Any]:
    """An argument of a verb as a field of a command's options: name, type, default."""
    name, kind, default, option = argument
    kind, default = SPELT.get(kind, (kind, default))
    described = arg(
        help=option.words,
        aliases=[f"--{option.flag}"] if option.flag else None,
        metavar="PICTURE" if "picture" in name else None,
    )
    limited = () if option.least is None else (number(option.least, option.most, kind),)
    given = field(default_factory=list) if default == [] else field(default=default)
    return name, Annotated[(kind, *limited, described)], given
