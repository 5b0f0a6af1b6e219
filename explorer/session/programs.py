"""Verbs for programs: what endpoints and command line give becomes what a verb takes."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache, lru_cache
from hashlib import sha256
from inspect import Parameter
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

from annotated_types import Interval, MaxLen
from PIL import Image
from pydantic import BeforeValidator, ConfigDict, PlainValidator, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from explorer.catalogue import catalogue
from explorer.engine import Model
from explorer.pictures.colours import Colours
from explorer.pictures.faces import Crop
from explorer.pictures.picture import PHOTO, Picture, of_face
from explorer.pictures.recipe import read_recipe
from explorer.search.looks import LOOK_PX
from explorer.session.saved import by_codes
from explorer.session.state import Session
from explorer.verbs.common.options import Argument, Name, Result, arguments
from training.data.pictures import open_picture, read_file
from training.errors import UserError, choose, quoted

Read = Callable[[str | Path], Image.Image]
KEPT = 256  # pictures of programs, about 70 kB each
STRICT = ConfigDict(strict=True, allow_inf_nan=False)


def _source(value: Any) -> Path | Picture:
    if isinstance(value, Path | Picture):
        return value
    raise PydanticCustomError("picture", "should be a picture file")


Source = Annotated[Any, PlainValidator(_source)]
# What programs give for the types that JSON does not have
GIVEN = {
    Picture: Source,
    Picture | None: Source | None,
    list[Picture]: list[Source],
    Model: Name,
    list[Model]: list[Name],
}


def answer(
    session: Session, verb: Callable, given: Mapping[str, Any], read: Read = open_picture
) -> Result | dict[Model, Result]:
    """What `verb` finds for `given` by parameter: pictures as paths or Pictures, models by name.

    What is not given is the verb's default, for models the session's. A model or a file that is
    named several times is taken once; `read` opens files. Raises UserError.
    """
    known, values = session.catalogue.models, {}
    names = dict.fromkeys(given.get("models") or session.names)
    models = [known[choose("model", name, known)] for name in names]
    take = _taker(models, read)
    for name, kind, default, _ in arguments(verb):
        value = given.get(name)
        if kind == list[Model]:
            values[name] = models
        elif kind is Model:
            values[name] = known[choose("model", value or session.names[0], known)]
        elif kind == list[Picture]:
            values[name] = [take(each) for each in value or ()]
        elif value is None and kind is Picture:
            raise UserError("Give a picture file.")
        elif value is not None and kind in (Picture, Picture | None):
            values[name] = take(value)
        elif value is not None or default is Parameter.empty:
            values[name] = value
    return verb(**values)


def _taker(models: Sequence[Model], read: Read) -> Callable[[str | Path | Picture], Picture]:
    """`opened`; of large pictures only what the models see is kept."""

    def take(source: str | Path | Picture) -> Picture:
        if isinstance(source, Picture):
            return source
        content = sha256(read_file(Path(source))).digest()
        return _taken(source, content, tuple(models), read)

    return take


@lru_cache(KEPT)
def _taken(source: str | Path, _content: bytes, models: Sequence[Model], read: Read) -> Picture:
    """A file with this content: who gives or uploads it again finds crop and codes known."""
    return opened(source, models, read).small({LOOK_PX, *(model.image_size for model in models)})


def opened(
    source: str | Path | Picture,
    models: Sequence[Model],
    read: Read = open_picture,
    crop: tuple[float, float, float, float] | None = None,
    colours: Colours | None = None,
) -> Picture:
    """A picture from a file; a face in it is found where one of the models shows faces. One that
    says what made it, as the page and `sample --tiles` write them, has its codes.

    crop: the square in place of the one that is found, as (x, y) of its upper left corner and its
    side, all in widths of the picture, and its angle in degrees (`Crop`). colours: what its colours
    are brought near to, such as `session.colours`.
    """
    if isinstance(source, Picture):
        return source
    picture, label = read(source), Path(source).name
    with suppress(UserError):  # of models that are not here: a picture like any other
        known = catalogue(models[0].root).models or {model.name: model for model in models}
        if again := by_codes(source, read_recipe(source), known):
            return again
    of_faces = any(model.shows == "face" for model in models)
    made = (of_face if of_faces else Picture)(label, PHOTO, picture)
    if crop:
        *square, angle = crop
        made.cropped(Crop(*(picture.width * each for each in square), angle))
    if colours:
        made.tone(colours)
    return made


def checked(argument: Argument, value: Any, called: str = "") -> Any:
    """The value as the argument's type has it, within its limits; raises UserError, in which the
    argument is `called` so, by default by its name."""
    option, called = argument.option, called or argument.name
    try:
        return adapter(argument.kind, option.least, option.most).validate_python(value)
    except ValidationError as error:
        raise UserError(said(error, called, value, wanted(argument))) from None


@cache
def adapter(kind: Any, least: float | None, most: float | None) -> TypeAdapter:
    """The type of an argument as programs give it: what JSON has a type for is of that type."""
    given = GIVEN.get(kind, kind)
    if least is not None:
        given = Annotated[given, Interval(ge=least, le=most)]
    elif most is not None:
        given = Annotated[given, MaxLen(int(most))]
    if kind is int:  # JSON knows no other numbers than 50.0
        given = Annotated[given, BeforeValidator(_whole)]
    return TypeAdapter(given, config=STRICT)


def wanted(argument: Argument) -> str:
    """What to give for an argument, where its type has few words for it; else nothing."""
    if argument.option.least is not None:
        kind = "a whole number" if argument.kind is int else "a number"
        return f"choose {kind} from {argument.option.limits}"
    if get_origin(argument.kind) is Literal:
        return f"choose from: {', '.join(get_args(argument.kind))}"
    return ""


def said(error: ValidationError, called: str, value: Any, wanted: str = "") -> str:
    """The first of pydantic's complaints as one sentence about what is `called` so; where nothing
    is `wanted` in other words, in its own, as "it should be a valid number"."""
    first = error.errors(include_url=False)[0]
    where = "".join(f"[{quoted(each)}]" for each in first["loc"] if each != "[key]")
    if first["type"] == "too_long":
        most = first["ctx"]["max_length"]
        return f"At most {most} {called}, not {len(value)}: leave some out."
    if not where and wanted:
        return f"{called} is {quoted(value)}: {wanted}."
    if first["type"] == "missing":
        return f"{called}{where} is missing: give it."
    message = first["msg"].removeprefix("Input ").removeprefix("String ")
    return f"{called}{where} is {quoted(first['input'])}: it {message}."


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value
