"""What the verbs' arguments are: types, limits and descriptions.

A verb is a function whose parameters are annotated with these. Page, endpoints and command line
read them from its signature, so that nothing is said twice.
"""

from collections.abc import Callable
from dataclasses import dataclass
from inspect import signature
from typing import Annotated, Any, NamedTuple, get_args, get_origin

from torch import Tensor

from explorer.engine import Model


@dataclass(frozen=True)
class Option:
    """An argument: its description, limits, and `flag`, a second name on the command line."""

    words: str
    least: float | None = None
    most: float | None = None
    flag: str = ""

    @property
    def said(self) -> str:
        """The description with the limits."""
        return self.words + ("" if self.least is None else f", {self.least:g} to {self.most:g}")


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


Models = Annotated[list[Model], Option("models to compare, as SET/NAME")]
Seed = Annotated[int, Option("seed of the samples from the prior", 0, 2**31)]
Faithful = Annotated[
    bool, Option("refine the codes of pictures by 50 optimisation steps", flag="refined")
]
Labels = Annotated[
    dict[str, bool] | None,
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
            kind, option = get_args(kind)[:2]
        found.append(Argument(parameter.name, kind, parameter.default, option))
    return found
