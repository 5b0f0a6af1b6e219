"""Input checked against types by pydantic; what is wrong is said in one sentence."""

from collections.abc import Callable
from functools import cache
from typing import get_type_hints

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError, create_model
from pydantic_core import PydanticCustomError

QUOTED = 60  # characters of foreign text in a message
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


@cache
def _model(kind: type) -> type[BaseModel]:
    fields = {name: (hint, ...) for name, hint in get_type_hints(kind, include_extras=True).items()}
    return create_model(kind.__qualname__, __config__=STRICT, **fields)


def checked(value):
    """A dataclass or named tuple, if its fields are what their annotations say; else raises
    ValidationError."""
    model = _model(type(value))
    model.model_validate({name: getattr(value, name) for name in model.model_fields})
    return value


def fault(error: ValidationError) -> tuple[str, str]:
    """Where the first fault is, such as 'figures.mse', and what is wrong: 'must be a valid number'."""
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(map(str, first["loc"]))[:QUOTED]
    if first["type"] == "json_invalid":
        return where, "is no JSON"
    if first["type"] == "missing":
        return where, "is missing"
    return where, first["msg"].replace("Input should be", "must be")
