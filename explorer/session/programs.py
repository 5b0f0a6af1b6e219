"""Verbs for programs: what endpoints and command line give becomes what a verb takes."""

from collections.abc import Callable, Mapping, Sequence
from inspect import Parameter
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from explorer.engine import Model, catalogue
from explorer.pictures.faces import find_crop
from explorer.pictures.picture import EDIT, PHOTO, Picture
from explorer.pictures.render import read_code
from explorer.session.state import Session
from explorer.verbs.options import Argument, Result, arguments
from training.data.pictures import open_picture
from training.errors import UserError, choose

QUOTED = 60  # characters of a wrong value


def answer(
    session: Session, verb: Callable, given: Mapping[str, Any]
) -> Result | dict[Model, Result]:
    """What `verb` finds for `given` by parameter: pictures as paths or Pictures, models by name.

    What is not given is the verb's default, for models the session's. Raises UserError.
    """
    known, values = session.catalogue.models, {}
    models = [known[choose("model", n, known)] for n in given.get("models") or session.names]
    for name, kind, default, _ in arguments(verb):
        value = given.get(name)
        if kind == list[Model]:
            values[name] = models
        elif kind is Model:
            values[name] = known[choose("model", value or session.names[0], known)]
        elif kind == list[Picture]:
            values[name] = [opened(each, models) for each in value or ()]
        elif value is None and kind is Picture:
            raise UserError("Give a picture file.")
        elif value is not None and kind in (Picture, Picture | None):
            values[name] = opened(value, models)
        elif value is not None or default is Parameter.empty:
            values[name] = value
    return verb(**values)


def opened(source: str | Path | Picture, models: Sequence[Model]) -> Picture:
    """A picture from a file; a face in it is found where one of the models shows faces. One that
    holds its own code, as `sample --tiles` writes them, has that code."""
    if isinstance(source, Picture):
        return source
    picture, label = open_picture(source), Path(source).name
    code, name = read_code(source) or (None, "")
    model = catalogue(models[0].root).models.get(name) if name else None
    if model is not None and len(code) == model.latent_size:
        return Picture(label, EDIT, picture, codes={name: model.project(code[None])[0]})
    of_faces = any(model.shows == "face" for model in models)
    return Picture(label, PHOTO, picture, find_crop(picture) if of_faces else None)


def within(argument: Argument, value: Any) -> Any:
    """The value as the argument's type has it, within its limits; raises UserError."""
    option = argument.option
    try:
        value = TypeAdapter(argument.kind).validate_python(value)
    except ValidationError:
        raise UserError(
            f"{argument.name} is {str(value)[:QUOTED]!r}: give {option.words}."
        ) from None
    if option.least is not None and not option.least <= value <= option.most:
        limits = f"{option.least:g} and {option.most:g}"
        raise UserError(f"{argument.name} is {value:g}: choose between {limits}.")
    return value
