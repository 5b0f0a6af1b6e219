"""How the command line spells the types of arguments; what is misspelt is said in words."""

import math
from collections.abc import Callable
from dataclasses import MISSING, field
from pathlib import Path
from typing import Annotated, Any, get_args

from tyro.conf import FlagCreatePairsOff, Positional, UseAppendAction, arg
from tyro.constructors import PrimitiveConstructorSpec

from explorer.engine import Model
from explorer.pictures.faces import Crop
from explorer.pictures.picture import Picture
from explorer.session.programs import checked
from explorer.verbs.common.attributes import Attribute, Attributes, read_attribute
from explorer.verbs.common.options import Amounts, Argument, Box, Names, Option, Switches
from training.errors import UserError, flag, refusal


def primitive(read: Callable[[str], Any], metavar: str) -> PrimitiveConstructorSpec:
    """An option's type: `read` turns its text into a value, or raises ValueError in words."""
    return PrimitiveConstructorSpec(
        nargs=1,
        metavar=metavar,
        instance_from_str=lambda texts: read(texts[0]),
        is_instance=lambda value: True,
        str_from_instance=lambda value: [str(value)],
    )


def finite(text: str) -> float | None:
    """The number that the text is, None where it is none or infinite."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < math.inf else None  # nan is not


def number(name: str, least: int, most: int) -> PrimitiveConstructorSpec:
    """A whole number from `least` to `most` for an option that is no argument of a verb."""
    return limited(Argument(name, int, least, Option("", least, most)))


def limited(argument: Argument) -> PrimitiveConstructorSpec:
    """A number within its limits, as the endpoints check it."""

    def read(text: str) -> float:
        try:
            value = argument.kind(text)
        except ValueError:
            value = text
        return checked(argument, value, spelt(argument))

    return primitive(read, argument.option.limits.replace(" to ", ".."))


def output(*suffixes: str) -> PrimitiveConstructorSpec:
    """A file to write, whose folder exists."""

    def read(text: str) -> Path:
        path = Path(text)
        if path.suffix.lower() not in suffixes:
            raise ValueError(f"'{text}' does not end in {' or '.join(suffixes)}")
        if not path.parent.is_dir():
            raise ValueError(f"there is no folder '{path.parent}'")
        return path

    return primitive(read, f"FILE{'|'.join(suffixes)}")


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


def attribute_of(text: str) -> Attribute:
    """A file that `teach` or `discover` has saved."""
    try:
        return read_attribute(Path(text).read_bytes())
    except OSError as error:
        raise ValueError(f"'{text}' cannot be read: {refusal(error)}") from None
    except UserError as error:
        raise ValueError(str(error).rstrip(".")) from None


def box_of(text: str) -> list[float]:
    """'0.3,0.4,0.4,0.3' as numbers."""
    given = [finite(each) for each in text.split(",")]
    if len(given) != 4 or any(share is None or not 0 <= share <= 1 for share in given):
        raise ValueError(f"'{text}' is not LEFT,TOP,WIDTH,HEIGHT in shares from 0 to 1")
    return given


# How the command line spells the types of verbs, with the value where nothing is given
AMOUNT = Annotated[tuple[str, float], primitive(amount_of, "NAME=AMOUNT")]
LABEL = Annotated[tuple[str, bool], primitive(label_of, "NAME[=off]")]
MODELS = Annotated[list, primitive(lambda text: text.split(","), "SET/NAME,…")]
ATTRIBUTE = Annotated[Any, primitive(attribute_of, "FILE.json")]
SPELT: dict[Any, tuple[Any, Any]] = {
    Picture: (Positional[tuple[Path, ...]], ()),
    Picture | None: (Positional[Path | None], None),
    list[Picture]: (Positional[tuple[Path, ...]], ()),
    Model: (Positional[str], MISSING),
    list[Model]: (MODELS, []),
    Amounts | None: (UseAppendAction[list[AMOUNT]], []),
    Switches | None: (UseAppendAction[list[LABEL]], []),
    Names | None: (UseAppendAction[list[str]], []),
    Attributes | None: (UseAppendAction[list[ATTRIBUTE]], []),
    Box | None: (Annotated[Any, primitive(box_of, "LEFT,TOP,WIDTH,HEIGHT")], None),
    bool: (FlagCreatePairsOff[bool], False),
}
OF_FILES = [kind for kind in SPELT if Picture in (kind, *get_args(kind))]
# What is given one by one, as a verb takes it
GATHERED = {
    list[Picture]: list,
    Amounts | None: dict,
    Switches | None: dict,
    Names | None: list,
    Attributes | None: list,
}


def spelt(argument: Argument) -> str:
    """What an argument is called on the command line: `--set`, or PICTURE."""
    if Picture in (argument.kind, *get_args(argument.kind)) and not second(argument):
        return "pictures"
    return flag(argument.option.flag or argument.name)


def second(argument: Argument) -> bool:
    """Whether it is pictures besides those that a command is given first."""
    return argument.kind in OF_FILES and argument.name not in ("picture", "pictures")


def spelling(argument: Argument) -> tuple[str, Any, Any]:
    """An argument of a verb as a field of a command's options: name, type, default."""
    name, kind, default, option = argument
    kind, default = SPELT.get(kind, (kind, default))
    if second(argument):
        kind = tuple[Path, ...] if argument.kind == list[Picture] else Path | None
    described = arg(
        help=option.words,
        name=option.flag or None,
        aliases=[flag(name)] if option.flag else None,
        metavar="PICTURE" if argument.kind in OF_FILES else None,
    )
    within = () if option.least is None else (limited(argument),)
    given = field(default_factory=list) if default == [] else field(default=default)
    return name, Annotated[(kind, *within, described)], given
