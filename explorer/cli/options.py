"""How the command line spells the types of arguments; what is misspelt is said in words."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

from tyro.constructors import PrimitiveConstructorSpec

from explorer.pictures.faces import Crop


def primitive(read: Callable[[str], Any], metavar: str) -> PrimitiveConstructorSpec:
    """An option's type: `read` turns its text into a value, or raises ValueError in words."""
    return PrimitiveConstructorSpec(
        nargs=1,
        metavar=metavar,
        instance_from_str=lambda texts: read(texts[0]),
        is_instance=lambda value: True,
        str_from_instance=lambda value: [str(value)],
    )


def number(least: float, most: float, kind: type = int) -> PrimitiveConstructorSpec:
    """A number from `least` to `most`."""

    def read(text: str) -> float:
        try:
            value = kind(text)
        except ValueError:
            value = math.nan
        if not least <= value <= most:
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
    try:
        x, y, side, *angle = [float(each) for each in text.split(",")]
        if not side > 0 or len(angle) > 1 or not math.isfinite(x + y + side + sum(angle)):
            raise ValueError(text)
    except ValueError:
        message = f"'{text}' is neither face nor centre nor X,Y,SIDE[,ANGLE]"
        raise ValueError(message) from None
    return Crop(x, y, side, sum(angle), True, "The crop was given.")


def amount_of(text: str) -> tuple[str, float]:
    """'Smiling=2' as a pair."""
    name, _, amount = text.partition("=")
    try:
        value = float(amount)
    except ValueError:
        value = math.nan
    if not name or not math.isfinite(value):
        raise ValueError(f"'{text}' is not like Smiling=2")
    return name, value


def label_of(text: str) -> tuple[str, bool]:
    """'Smiling', 'Smiling=on' or 'Smiling=off' as a pair."""
    name, _, state = text.partition("=")
    if not name or state not in ("", "on", "off"):
        raise ValueError(f"'{text}' is not like Smiling or Smiling=off")
    return name, state != "off"


# Where the command line has a pair or a name for each time an option is given
REPEATED = {
    dict[str, float]: Annotated[tuple[str, float], primitive(amount_of, "NAME=AMOUNT")],
    dict[str, bool]: Annotated[tuple[str, bool], primitive(label_of, "NAME[=off]")],
    list[str]: str,
}
