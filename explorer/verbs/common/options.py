"""What the verbs' arguments are: types, limits and descriptions.

A verb is a function whose parameters are annotated with these. Page, endpoints and command line
read them from its signature, so that nothing is said twice.
"""

from collections.abc import Callable
from dataclasses import dataclass
from inspect import signature
from typing import Annotated, Any, Literal, NamedTuple, get_args, get_origin

from annotated_types import Interval, Len, MaxLen
from torch import Tensor

from explorer.engine import Model
from training.codes.directions import METHODS


@dataclass(frozen=True)
class Option:
    """An argument: its description, the limits of a number, the most things of a list, and `flag`,
    its name on the command line where that is another."""

    words: str
    least: float | None = None
    most: float | None = None
    flag: str = ""

    @property
    def said(self) -> str:
        """The description with the limits."""
        return self.words + ("" if self.least is None else f", {self.limits}")

    @property
    def limits(self) -> str:
        return f"{self.least:.10g} to {self.most:.10g}"


class Reason(NamedTuple):
    """Why there is no picture, in words; `seconds` until there is one, 0 if none comes."""

    said: str
    seconds: float = 0.0


@dataclass(frozen=True)
class Shown:
    """What programs are given: pictures (3, H, W) in [0, 1] by caption, and figures as JSON."""

    pictures: dict[str, Tensor]
    figures: dict[str, Any]


class Result:
    """What a verb finds for one model: `shown` of it, `shared` by all models."""

    shown: Callable[[], Shown]

    def shared(self) -> Shown:
        return Shown({}, {})


MANY = 64  # models or pictures that one argument may list
MOST_NAMES = 1000  # attributes or labels: CelebA has 40
Name = Annotated[str, MaxLen(200)]  # of an attribute, a label, a model
Names = Annotated[list[Name], MaxLen(MOST_NAMES)]
Amounts = Annotated[dict[Name, Annotated[float, Interval(ge=-100, le=100)]], MaxLen(MOST_NAMES)]
Switches = Annotated[dict[Name, bool], MaxLen(MOST_NAMES)]
Share = Annotated[float, Interval(ge=0, le=1)]
Box = Annotated[list[Share], Len(4, 4)]  # left, top, width and height

MOST_SEED = 2**31
Models = Annotated[list[Model], Option("models to compare, as SET/NAME", most=MANY)]
Seed = Annotated[int, Option("seed of the samples from the prior", 0, MOST_SEED)]
Faithful = Annotated[
    bool, Option("refine the codes of pictures by 50 optimisation steps", flag="refined")
]
Method = Annotated[
    Literal[tuple(METHODS)], Option(f"how attribute directions are found: {', '.join(METHODS)}")
]
Labels = Annotated[
    Switches | None,
    Option("labels or classes to switch where codes end in them, as {NAME: on}", flag="label"),
]


class Argument(NamedTuple):
    """A parameter of a verb: name, type, default (Parameter.empty without one) and option."""

    name: str
    kind: Any
    default: Any
    option: Option


def arguments(verb: Callable) -> list[Argument]:
    """The parameters of a verb, in order."""
    found = []
    for parameter in signature(verb, eval_str=True).parameters.values():
        kind, option = parameter.annotation, Option("")
        if get_origin(kind) is Annotated:
            kind, *limits, option = get_args(kind)
            kind = Annotated[(kind, *limits)] if limits else kind
        found.append(Argument(parameter.name, kind, parameter.default, option))
    return found
