"""Latent map: codes of encoded images in two dimensions, and one's own pictures among them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import gradio as gr
import torch
from torch import Tensor

from explorer.engine import Model, catalogue
from explorer.page import components as ui
from explorer.page.guard.events import Hovered, Picked, Pointed, Spot
from explorer.page.tab import Shot, Tab, Timing, Widgets
from explorer.page.words import mark
from explorer.pictures.picture import MAP, Picture
from explorer.session.state import Session
from explorer.verbs.common.grids import Grid, map_row
from explorer.verbs.common.options import Reason
from explorer.verbs.map import among, code_plane, laid_out, placed, strangeness
from explorer.words import chain, say
from training.data.pictures import PictureError
from training.errors import UserError, quoted
from training.errors import choose as one_of

OWN_LIMIT = 500
GONE = "That point is none of the maps that are shown: choose another one."
THUMB_PX = 64
MAPPING = {**ui.LONG, "trigger_mode": "once", "show_progress": "full"}


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
        colour = gr.Dropdown(choices, value=chosen, label=mark("Colour by"), min_width=180)
        files = gr.UploadButton(mark("Add my pictures"), file_count="multiple", min_width=120)
        folder = gr.UploadButton(mark("Add a folder"), file_count="directory", min_width=120)
        away = gr.Button(mark("Remove my pictures"), min_width=120)
    said = ui.status_view()
    with gr.Row(elem_classes="split"):
        with gr.Column(scale=5, min_width=320):
            texts = say("Map of codes"), say("No model is chosen.")
            chart = ui.map_view(*texts, servers(session.value.root))
        with gr.Column(scale=2, min_width=280, elem_classes="in-sight"):
            empty = say("Hover over a point to decode it, click to keep it here.")
            board = ui.board_view(MAP, empty)
    colour.change(paint, [session, colour], chart, **ui.IN_TURN)
    chart.select(choose, session, board, trigger_mode="multiple", **ui.IN_TURN)
    for button in (files, folder):
        button.upload(add, [session, button], [chart, said], **MAPPING)
    chart.remove(remove, session, [chart, said], **ui.IN_TURN)
    away.click(remove_all, session, [chart, said], **ui.IN_TURN)
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
    stamp, models, own = ui.stamp(session), session.models, session.of(Own)
    mine = [
        {"id": each.id, "label": each.label, "src": ui.address(each.pixels(THUMB_PX))}
        for each in own.pictures
    ]
    places, planes = [laid_out(model) for model in models], [code_plane(model) for model in models]
    lie = [place(session, model) for model in models]
    return stamp | ui.map_value(models, places, planes, own.colour, mine, lie)


def colourings(models: list[Model]) -> list[tuple[str, str]]:
    """What points can be coloured by: nothing, one label, or all classes at once."""
    known = [model.latents for model in models if model.latents]
    names = sorted({name for latents in known for name in latents.names})
    of_classes = any(bool((latents.labels.sum(dim=1) == 1).all()) for latents in known)
    classes = [(say("All classes"), ui.CLASSES)] if of_classes else []
    return [(say("Nothing"), ""), *classes, *((ui.words(name), name) for name in names)]


def known_colour(session: Session, choices: list[tuple[str, str]]) -> str:
    """The session's colouring where it is among the choices, else by all classes if possible."""
    values = [value for _, value in choices]
    wanted = (session.of(Own).colour, ui.CLASSES, "")
    return next(colour for colour in wanted if colour in values)


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
    """What the page's script calls, under these names, for a point under the pointer."""

    def preview_point(asked: Hovered) -> dict:
        """One encoded picture, decoded by every model that has it."""
        models, index = catalogue(root).models, asked["index"]
        names = [one_of("model", name, models) for name in dict.fromkeys(asked["models"])]
        grid = shown_row([models[name] for name in names], index)
        images = [ui.address(models[name].decode(z)[0]) for name, z in grid.codes.items()]
        latents = models[next(iter(grid.codes))].latents
        names = [*map(ui.words, latents.attributes_of(index))]
        label = say("{picture}: {names}", picture=grid.labels[0], names=names)
        return {"label": label, "images": images}

    def decode_point(asked: Spot) -> dict:
        """What any point of a model's plane decodes to."""
        models = catalogue(root).models
        model = models[one_of("model", asked["model"], models)]
        code, label = plane_code(model, asked["z"])
        return {"label": label, "images": [ui.address(model.decode(code)[0])]}

    return [preview_point, decode_point]


def shown_row(models: list[Model], index: int) -> Grid:
    """As `map_row`; raises UserError where none of the models has the picture."""
    try:
        return map_row(models, index)
    except IndexError:
        raise UserError(GONE) from None


def plane_code(model: Model, z: list[float]) -> tuple[Tensor, str]:
    """A code (1, 2) on the prior's support, and its label; UserError unless z is two numbers."""
    code = torch.tensor([z], dtype=torch.float32)
    if model.latent_size != 2 or code.shape != (1, 2) or not code.isfinite().all():
        raise UserError(f"{model.name} has no code {quoted(z)} on a plane.")
    code = model.project(code)
    x, y = code[0].tolist()
    return code, say("Point ({x}, {y})", x=f"{x:.2f}", y=f"{y:.2f}")


def choose(session: Session, event: Pointed) -> dict:
    """The chosen image, decoded by every model from its own code, or a point of a plane."""
    stamp, data, models = ui.stamp(session), event._data, session.models
    if "z" in data:
        known = session.catalogue.models
        model = known[one_of("model", data["model"], known)]
        code, label = plane_code(model, data["z"])
        alike = [each for each in models if each.shares_prior(model)]
        grid = Grid(MAP, [label], {each.name: code for each in alike})
    elif "near" in data:
        grid = between(models, data["near"], data["weights"])
    elif (index := int(data["index"])) >= 0:
        grid = shown_row(models, index)
    else:
        mine = session.of(Own).pictures
        if -index > len(mine):
            raise UserError(GONE)
        picture = mine[-1 - index]
        codes = {m.name: session.codes([picture], m) for m in models if m.encodes}
        grid = Grid(MAP, [picture.label], codes)
    session.grids[MAP] = grid
    having = [model for model in models if model.name in grid.codes]
    images = [model.decode(grid.codes[model.name])[0] for model in having]
    stats = [trust(m, grid.codes[m.name]) for m in having] if "near" in data else ()
    return stamp | ui.board_value(having, [ui.board_row(grid.labels[0], 0, images, stats)])


def between(models: list[Model], near: list[int], weights: list[float]) -> Grid:
    """A spot of the map, by the pictures around it; raises UserError where no model has them."""
    known = [m for m in models if m.latents is not None and max(near) < len(m.latents.codes)]
    if not known or len(near) != len(weights):
        raise UserError(GONE)
    codes = {model.name: among(model, near, weights) for model in known}
    return Grid(MAP, [say("Between {count} pictures of the map", count=len(near))], codes)


def trust(model: Model, code: Tensor) -> list[ui.Stat]:
    """How far a picture at a spot of the map is to be trusted, as a figure of the board."""
    far = strangeness(model, code)
    if far is None:
        return []
    meaning = say(
        "How far the code lies from what the encoder reads from its picture, over the same of real "
        "pictures: about 1 is as sure as those, above 3 not to be trusted"
    )
    return [(say("Round trip"), f"{far:.1f} ×", meaning)]


def add(session: Session, paths: list[str] | None, progress=gr.Progress()) -> tuple:  # noqa: B008
    """Encodes uploaded files and puts them on the maps; names those that are no pictures."""
    paths, mine, refused = sorted({*(paths or [])}), session.of(Own).pictures, []
    before, sizes = len(mine), {model.image_size for model in session.catalogue.models.values()}
    for path in progress.tqdm(paths[: OWN_LIMIT - before], desc="Finding faces"):
        try:
            photo = session.photo(path, Path(path).name, keep=False)
            mine.append(photo.small({*sizes, THUMB_PX}))
        except PictureError as error:
            refused.append(str(error))
    for model in progress.tqdm(session.models, desc="Encoding"):
        place(session, model)
    session.seen(MAP, len(mine))
    said = [
        say(
            "On the map, as stars: {count} of {all} pictures.",
            count=len(mine) - before,
            all=len(paths),
        )
    ]
    if len(paths) > OWN_LIMIT - before:
        said.append(say("At most {most} can lie on a map.", most=OWN_LIMIT))
    if refused:
        named = " ".join(refused[:5])
        said.append(say("Left out, {count}: {named}", count=len(refused), named=named))
    return maps(session), chain("{one} {next}", said)


def remove(session: Session, event: Picked) -> tuple:
    """The maps without one of the visitor's own pictures."""
    return without(session, lambda picture: picture.id == event._data.get("id"))


def remove_all(session: Session) -> tuple:
    """The maps without the visitor's own pictures."""
    return without(session, lambda picture: True)


def without(session: Session, gone: Callable[[Picture], bool]) -> tuple:
    """The maps without those of the visitor's pictures that are `gone`, and how many those were."""
    own = session.of(Own)
    before, own.pictures = len(own.pictures), [each for each in own.pictures if not gone(each)]
    count = before - len(own.pictures)
    session.seen(MAP, len(own.pictures))
    return maps(session), say(
        "{count} pictures of yours are removed.", count=count
    ) if count else ""


SHOT = Shot(".map .chart", click=True)
TIMING = Timing("map, first view", 1000, show)
TAB = Tab(MAP, say("Latent map"), build, SHOT, (TIMING,))
