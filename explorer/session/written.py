"""What the page shows as a program of Python, which finds the same."""

from collections.abc import Callable, Mapping
from inspect import Parameter
from typing import Any

from explorer.catalogue import ROOT
from explorer.engine import Model
from explorer.pictures.faces import find_crop
from explorer.pictures.picture import Picture
from explorer.pictures.recipe import Thing, thing
from explorer.session.state import Session, Unavailable
from explorer.verbs.common.options import arguments
from explorer.words import say

OPEN = "from explorer.session.programs import opened"
NO_FILE = say("A part of a picture of the map is in no file: upload the picture here, and crop it.")
# Visitors are told no path of the server
ELSEWHERE = """
    # put here the app's --checkpoints, and behind it each of its --models, separated as in PATH
    root="checkpoints",
    """
CODES = "from explorer.pictures.recipe import Thing\nfrom explorer.session.saved import pictured"
FOUND = """
found = {call}
for model, result in found.items():
    for caption, image in result.shown().pictures.items():
        to_pil(image).save(f"{{model.directory.name}} {{caption.replace('/', ' ')}}.png")
"""
DRAWN = """
picture = {picture}
for model in session.models:
    if model.name in picture.codes:
        image = model.decode(picture.codes[model.name][None])[0]
        to_pil(image).save(f"{{model.directory.name}}.png")
"""


def of_verb(session: Session, verb: Callable, given: Mapping[str, Any]) -> str:
    """A call of the verb with what it is `given` by parameter, but for the models."""
    parts = []
    for name, kind, default, _ in arguments(verb):
        value = given.get(name, default)
        if kind == list[Model]:
            parts.append("models=session.models")
        elif isinstance(value, Picture):
            parts.append(f"{name}={_picture(session, value)}")
        elif value and isinstance(value, list) and isinstance(value[0], Picture):
            each = "".join(f"\n        {_picture(session, picture)}," for picture in value)
            parts.append(f"{name}=[{each}\n    ]")
        elif value is not Parameter.empty and (value != default or kind == list[Picture]):
            parts.append(f"{name}={value!r}")
    lines = "".join(f"\n    {part}," for part in parts)
    return _program(session, FOUND.format(call=f"{verb.__name__}({lines}\n)"), verb)


def of_picture(session: Session, picture: Thing) -> str:
    """A picture of which the codes are known, as every model draws it."""
    return _program(session, DRAWN.format(picture=_codes(picture)))


def _program(session: Session, body: str, verb: Callable | None = None) -> str:
    given = "" if session.root == ROOT else ELSEWHERE
    given += f"model_set={session.model_set!r}, names={session.names!r}"
    text = f"session = Session({given})\n{body}"
    imports = ["from explorer.pictures.render import to_pil"]
    imports += CODES.splitlines() if "pictured(" in body else []
    imports += [OPEN] if "opened(" in body else []
    imports += ["from explorer.session.state import Session"]
    imports += [f"from explorer.verbs import {verb.__name__}"] if verb else []
    return "\n".join(sorted(imports)) + "\n\n" + text


def _picture(session: Session, picture: Picture) -> str:
    """An expression for a picture: what a link names, a file of the visitor's, or its codes."""
    if reference := session.reference(picture):
        return f"session.refer({reference!r})"
    if picture.file:
        return _file(picture)
    codes = {model.name: session.codes([picture], model)[0] for model in session.models}
    return _codes(thing(picture.label, codes))


def _file(picture: Picture) -> str:
    """A visitor's file, with the crop and the colours that were chosen for it."""
    given = ""
    found = picture.within or find_crop(picture.source, picture.faces)
    if picture.crop not in (None, found):
        if picture.within:
            raise Unavailable(NO_FILE)
        crop, width = picture.crop, picture.source.width
        given += f", crop={(crop.x / width, crop.y / width, crop.side / width, crop.angle)}"
    if picture.toned:
        given += ", colours=session.colours"
    return f"opened({picture.file!r}, session.models{given})"


def _codes(said: Thing) -> str:
    return f"pictured(Thing(label={said.label!r}, codes={said.codes!r}), session.catalogue.models)"
