"""Latent map: codes of encoded images in two dimensions, by UMAP or, where codes have only two, as
they are; a visitor's own pictures among them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import gradio as gr
import torch
from torch import Tensor

from explorer.engine import Model, catalogue
from explorer.page.components import (
    CLASSES,
    IN_TURN,
    QUIET,
    address,
    board_row,
    board_value,
    board_view,
    map_value,
    map_view,
)
from explorer.page.tab import Shot, Tab, Timing, Widgets
from explorer.pictures.files import PictureError
from explorer.pictures.picture import MAP, Picture
from explorer.session.state import Session
from explorer.verbs.grids import Grid, map_row
from explorer.verbs.map import code_plane, laid_out, placed
from explorer.verbs.options import Reason
from training.errors import UserError

PLAIN = "Nothing"
OWN_LIMIT = 500
THUMB_PX = 64


@dataclass
class Own:
    """A visitor's own pictures on the maps, and the label that colours the points."""

    pictures: list[Picture] = field(default_factory=list)
    colour: str = "Male"


def build(session: gr.State) -> Widgets:
    every = list(session.value.catalogue.models.values())
    with gr.Row(elem_classes="controls"):
        choices = colourings(every)  # so that a link may name any
        chosen = known_colour(session.value, choices)
        colour = gr.Dropdown(choices, value=chosen, label="Colour by", min_width=180)
        files = gr.UploadButton("Add my pictures", file_count="multiple", min_width=120)
        folder = gr.UploadButton("Add a folder", file_count="directory", min_width=120)
    said = gr.Markdown(elem_classes="status")
    with gr.Row(elem_classes="split"):
        with gr.Column(scale=5, min_width=320):
            chart = map_view("Map of codes", "No model is chosen.", servers(session.value.root))
        with gr.Column(scale=2, min_width=280):
            board = board_view("Hover over a point to decode it, click to keep it here.")
    colour.change(paint, [session, colour], chart, **IN_TURN)
    chart.select(choose, session, board, **QUIET)
    for button in (files, folder):
        button.upload(add, [session, button], [chart, said], api_visibility="private")
    return Widgets(show, [], [chart, colour], senders=[board], controls={"colour": colour})


def show(session: Session) -> tuple:
    """The maps of the models under comparison, and what they can be coloured by."""
    own = session.of(Own)
    if session.seen(MAP, len(own.pictures)):
        return gr.skip(), gr.skip()
    choices = colourings(session.models)
    own.colour = known_colour(session, choices)
    return maps(session), gr.update(choices=choices, value=own.colour)


def maps(session: Session) -> dict:
    models, own = session.models, session.of(Own)
    mine = [{"label": p.label, "src": address(p.pixels(THUMB_PX))} for p in own.pictures]
    places, planes = [laid_out(model) for model in models], [code_plane(model) for model in models]
    lie = [place(session, model) for model in models]
    return map_value(models, places, planes, own.colour, mine, lie)


def colourings(models: list[Model]) -> list[tuple[str, str]]:
    """What points can be coloured by: nothing, one label, or all classes at once."""
    names = sorted({name for model in models if model.latents for name in model.latents.names})
    known = [model.latents.labels for model in models if model.latents]
    of_classes = any(bool((labels.sum(dim=1) == 1).all()) for labels in known)
    classes = [("All classes", CLASSES)] if of_classes else []
    return [(PLAIN, ""), *classes, *((name.replace("_", " "), name) for name in names)]


def known_colour(session: Session, choices: list[tuple[str, str]]) -> str:
    """The session's colouring where it is among the choices, else by all classes if possible."""
    values, colour = [value for _, value in choices], session.of(Own).colour
    if colour in values:
        return colour
    return CLASSES if CLASSES in values else ""


def paint(session: Session, colour: str) -> dict:
    """Recolours the points that the page has already."""
    session.of(Own).colour = colour
    return gr.update(colour=colour)


def place(session: Session, model: Model) -> Tensor:
    """Where the visitor's own pictures lie on a model's map, (M, 2)."""
    mine = session.of(Own).pictures
    if not mine or not model.encodes or isinstance(laid_out(model), Reason):
        return torch.zeros(0, 2)
    return placed(model, session.codes(mine, model))


def servers(root: str) -> list[Callable[[dict], dict]]:
    """`preview` and `decode` under the names by which the page's script calls them."""

    def preview_point(asked: dict) -> dict:
        return preview(root, asked)

    def decode_point(asked: dict) -> dict:
        return decode(root, asked)

    return [preview_point, decode_point]


def preview(root: str, asked: dict) -> dict:
    """What hovering over a point shows: one encoded picture, decoded by every model that has it."""
    models = [catalogue(root).models[name] for name in asked["models"]]
    index = int(asked["index"])
    grid = map_row(models, index)
    having = [model for model in models if model.name in grid.codes]
    images = [address(model.decode(grid.codes[model.name])[0]) for model in having]
    latents = having[0].latents
    has = [name for name, on in zip(latents.names, latents.labels[index], strict=True) if on]
    return {"label": f"{grid.labels[0]}: {', '.join(has).replace('_', ' ')}", "images": images}


def decode(root: str, asked: dict) -> dict:
    """What any point of a model's plane decodes to."""
    model = catalogue(root).models[asked["model"]]
    code = plane_code(model, asked["z"])
    return {"label": _point(code), "images": [address(model.decode(code)[0])]}


def plane_code(model: Model, z: list[float]) -> Tensor:
    """(1, 2), on the prior's support; raises UserError for anything but two numbers."""
    code = torch.tensor([z], dtype=torch.float32)
    if model.latent_size != 2 or code.shape != (1, 2) or not code.isfinite().all():
        raise UserError(f"{model.name} has no code {z} on a plane.")
    return model.project(code)


def choose(session: Session, event: gr.EventData) -> dict:
    """The chosen image, decoded by every model from its own code, or a point of a plane."""
    grid = chosen(session, event._data)
    session.grids[MAP] = grid
    models = [model for model in session.models if model.name in grid.codes]
    images = [model.decode(grid.codes[model.name])[0] for model in models]
    return board_value(MAP, models, [board_row(grid.labels[0], 0, images)])


def chosen(session: Session, data: dict) -> Grid:
    """A grid of the one thing that was clicked, with the codes of the models that have it."""
    if "z" in data:
        model = session.catalogue.models[data["model"]]
        code = plane_code(model, data["z"])
        alike = [each for each in session.models if each.shares_prior(model)]
        return Grid(MAP, [_point(code)], {each.name: code for each in alike})
    index = int(data["index"])
    if index >= 0:
        return map_row(session.models, index)
    picture = session.of(Own).pictures[-1 - index]
    encoding = [model for model in session.models if model.encodes]
    codes = {model.name: session.codes([picture], model) for model in encoding}
    return Grid(MAP, [picture.label], codes)


def _point(code: Tensor) -> str:
    x, y = code[0].tolist()
    return f"Point ({x:.2f}, {y:.2f})"


def add(session: Session, paths: list[str] | None, progress=gr.Progress()) -> tuple:  # noqa: B008
    """Encodes uploaded files and puts them on the maps; names those that are no pictures."""
    mine, refused = session.of(Own).pictures, []
    before = len(mine)
    paths = sorted(paths or [])
    for path in progress.tqdm(paths[:OWN_LIMIT], desc="Finding faces"):
        try:
            mine.append(session.photo(path, Path(path).name, keep=False))
        except PictureError as error:
            refused.append(str(error))
    for model in progress.tqdm(session.models, desc="Encoding"):
        place(session, model)
    session.seen(MAP, len(mine))
    return maps(session), _summary(len(mine) - before, refused, len(paths))


def _summary(added: int, refused: list[str], given: int) -> str:
    said = [f"On the map, as stars: {added} of {given} pictures."]
    if given > OWN_LIMIT:
        said.append(f"At most {OWN_LIMIT} are taken at a time.")
    if refused:
        said.append(f"Left out, {len(refused)}: {' '.join(refused[:5])}")
    return " ".join(said)


SHOT = Shot(".map .js-plotly-plot", click=True)
TIMING = Timing("map, first view", 1000, show)
TAB = Tab(MAP, "Latent map", build, SHOT, (TIMING,))
