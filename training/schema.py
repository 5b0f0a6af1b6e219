"""Input checked against types by pydantic; what is wrong is said in one sentence."""

from collections.abc import Callable
from functools import cache
from typing import Annotated, get_type_hints

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    with_config,
)
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict  # that of typing, as pydantic needs it before Python 3.12

from training.errors import QUOTED, UserError, flag

STRICT = ConfigDict(strict=True, allow_inf_nan=False, extra="allow")


class Strict(BaseModel):
    """The content of a file, or a part of it: nothing is converted, numbers are finite; keys that
    are not named here may be there too."""

    model_config = STRICT


def bound(words: str, holds: Callable[[float], bool]) -> AfterValidator:
    """What a number must be, for `Annotated`: in words, and as a test."""

    def check(value: float) -> float:
        if not holds(value):
            raise PydanticCustomError("bound", "Input should be {words}", {"words": words})
        return value

    return AfterValidator(check)


def at_most(most: int) -> AfterValidator:
    return bound(f"at most {most}", lambda value: value <= most)


# Kinds of options with their limits; all numbers are finite. The largest sizes are beyond what one
# GPU trains.
POSITIVE = bound("greater than 0", lambda value: value > 0)
NOT_NEGATIVE = bound("0 or greater", lambda value: value >= 0)
Positive = Annotated[float, POSITIVE]
NotNegative = Annotated[float, NOT_NEGATIVE]
BelowOne = Annotated[float, bound("at least 0 and less than 1", lambda value: 0 <= value < 1)]
UpToOne = Annotated[float, bound("between 0 and 1", lambda value: 0 <= value <= 1)]
Width = Annotated[int, POSITIVE, at_most(2048)]
CodeSize = Annotated[int, POSITIVE, at_most(2**14)]
Images = Annotated[int, POSITIVE, at_most(2**20)]
Steps = Annotated[int, POSITIVE, at_most(2**31)]
Seed = Annotated[int, NOT_NEGATIVE, at_most(2**63 - 1)]
LabelName = Annotated[str, StringConstraints(min_length=1, max_length=200)]
ShortText = Annotated[str, StringConstraints(min_length=1, max_length=QUOTED)]


@cache
def _adapter(kind: type) -> TypeAdapter:
    fields = TypedDict(kind.__name__, get_type_hints(kind, include_extras=True))
    return TypeAdapter(with_config(STRICT)(fields))


def checked(value):
    """A dataclass or named tuple, if its fields are what their annotations say; else raises
    ValidationError."""
    names = get_type_hints(type(value))
    _adapter(type(value)).validate_python({name: getattr(value, name) for name in names})
    return value


def fault(error: ValidationError) -> tuple[str, str]:
    """Where the first fault is, as 'figures.mse', and what is wrong: 'must be a finite number'."""
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(map(str, first["loc"]))[:QUOTED]
    if first["type"] == "missing":
        return where, "is missing"
    return where, first["msg"].replace("Input should be", "must be")


def check_options(options) -> None:
    """UserError that names the first of a command's options, a dataclass, that cannot be."""
    try:
        checked(options)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = flag(first["loc"][0])
        if first["type"] != "literal_error":
            raise UserError(f"{name} {fault(error)[1]}.") from None
        known = first["ctx"]["expected"].replace("'", "").replace(" or ", ", ")
        value = f"{first['input']!s:.{QUOTED}}"
        raise UserError(f"There is no value for {name} '{value}'; choose from: {known}.") from None
