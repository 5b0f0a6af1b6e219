"""What is taken away from the page, and what comes back: pictures that say what made them, and what
is shown as a program of Python."""

import re
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

from fastapi import Response

from explorer.page import link
from explorer.page.components import warn
from explorer.page.components.wire import told, whose
from explorer.page.guard.calls import served
from explorer.page.guard.events import MOST_QUERY, Taken
from explorer.page.navigation import BY_NAME
from explorer.page.tab import Tab
from explorer.pictures.picture import Picture
from explorer.pictures.recipe import Recipe, read_recipe
from explorer.pictures.render import to_pil
from explorer.session import written
from explorer.session.saved import by_codes, drawn, found, of_grid, of_paths, recipe
from explorer.session.state import GONE, Session, Unavailable
from explorer.words import say
from training.errors import UserError

NO_PROGRAM = say(
    "This picture does not come from one code, so there is no program to copy for it. Save the "
    "picture instead."
)


def said(session: Session, asked: Taken) -> Recipe:
    """What is said of what was asked for: a grid's thing, a morph of so many tiles, or a view."""
    query = link.query(session, session.controls)
    tab, tiles = _tab(session), asked.get("tiles", 0)
    slots = [slot.name for slot in tab.slots]
    if tiles and not all(slot in session.slots for slot in slots):
        raise UserError(say("Put a picture into each of the four corners first."))
    found = recipe(session, query if len(query) <= MOST_QUERY else "", slots, tiles, tab.bred)
    if "grid" not in asked:
        return found
    if asked["grid"] not in session.grids:
        raise Unavailable(GONE)
    if asked.get("sheet"):
        return of_paths(found, session.grids[asked["grid"]])
    return of_grid(found, session.grids[asked["grid"]], asked.get("index", -1))


def saved(session: Session, asked: Taken) -> dict:
    """The picture as a file: as the models draw it, or its pixels where it has no code."""
    how = said(session, asked)
    if label := how.label:
        image = drawn(how, found(how, session.catalogue.models))
    else:
        picture = session.tile(asked.get("grid", ""), asked.get("index", -1))
        label, image = picture.label, to_pil(picture.pixels(how.px))
    src = f"data:image/png;base64,{b64encode(how.into(image)).decode()}"
    return {"name": _named(label), "src": src, "lost": _lost(session)}


def view(session: Session, asked: Taken) -> dict:
    """What is said of a view that the page's scripts draw."""
    return {"text": said(session, asked).text, "lost": _lost(session)}


def _lost(session: Session) -> str:
    """What of the open tab a saved file does not bring back; empty where it brings all."""
    tab = _tab(session)
    lost = [] if tab.bred else tab.unkept(session)
    return say("The file cannot hold {lost}: that stays on this page.", lost=lost) if lost else ""


def python(session: Session, asked: Taken) -> dict:
    """What is shown as a program: by the verb that finds it, else by its codes."""
    tab = _tab(session)
    needed = [slot.name for slot in tab.slots if slot.example is not None]
    full = all(slot in session.slots for slot in needed)
    call = tab.verb(session) if tab.verb and full and asked.get("grid") == tab.name else None
    if call:
        return {"text": written.of_verb(session, *call)}
    if (result := said(session, asked).result) is None:
        raise Unavailable(NO_PROGRAM)
    return {"text": written.of_picture(session, result)}


def servers() -> list[Callable]:
    """What the page's scripts call, under these names."""
    return [_server(each) for each in (saved, view, python)]


def _server(act: Callable[[Session, Taken], dict]) -> Callable:
    def serve(asked: Taken) -> Response:
        try:
            return told(act(whose(asked["key"]), asked))
        except UserError as error:
            return told({"problem": error.said})

    serve.__name__ = act.__name__
    return served(serve)


def uploaded(session: Session, path: Path, label: str) -> Picture:
    """An upload, kept on the shelf; one that was saved here has its codes again, or it is said why
    not. Raises PictureError."""
    said, again = None, None
    try:
        said = read_recipe(path)
        again = by_codes(path, said, session.catalogue.models)
    except UserError as error:
        said = warn(say("{why} It is taken as any other picture.", why=error.said))
    picture = again or session.photo(path, label)
    picture.saved = said
    session.keep(picture)
    return picture


def _tab(session: Session) -> Tab:
    return BY_NAME[session.tab]


def _named(label: str) -> str:
    return f"{re.sub('[^a-z0-9]+', '-', label.lower()).strip('-') or 'picture'}.png"
