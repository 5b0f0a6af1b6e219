"""Latent map: the encoded faces of each model, laid out by UMAP, and one's own among them."""

from collections.abc import Callable
from pathlib import Path

import gradio as gr
import torch
from torch import Tensor

from explorer.components import (
    QUIET,
    address,
    board_row,
    board_value,
    board_view,
    map_value,
    map_view,
)
from explorer.engine import Model
from explorer.pictures import PictureError
from explorer.session import MAP, Grid, Session, catalogue, map_grid
from explorer.tabs.base import Tab

NAME = "map"
PLAIN = "No colours"
NEIGHBOURS = 8
OWN_LIMIT = 500
THUMB_PX = 64


def build(session: gr.State) -> Tab:
    names = _attributes(session.value.models)
    with gr.Tab("Latent map", id=NAME) as tab:
        with gr.Row(elem_classes="controls"):
            colour = gr.Dropdown(
                [(PLAIN, ""), *((name.replace("_", " "), name) for name in names)],
                value=session.value.colour,
                label="Colour by",
                min_width=180,
            )
            files = gr.UploadButton("Map my pictures", file_count="multiple", min_width=150)
            folder = gr.UploadButton("Map a folder", file_count="directory", min_width=150)
        said = gr.Markdown(elem_classes="status")
        with gr.Row(elem_classes="split"):
            with gr.Column(scale=5, min_width=320):
                chart = map_view(
                    "Map of encoded faces",
                    "These checkpoints come without a map.",
                    server_preview(session.value.root),
                )
            with gr.Column(scale=2, min_width=280):
                board = board_view("Chosen face", "Hover to see a face, click to decode it here.")
    colour.change(paint, [session, colour], chart, **QUIET)
    chart.select(choose, session, board, **QUIET)
    for button in (files, folder):
        button.upload(add, [session, button], [chart, said], api_visibility="private")
    controls = {"colour": colour}
    return Tab(NAME, tab, show, [], [chart], senders=[board], controls=controls)


def show(session: Session) -> dict:
    """The maps of the models under comparison that have one."""
    if session.seen(NAME, len(session.mine)):
        return gr.skip()
    models = mapped(session)
    placed = [place(session, model) for model in models]
    own = [{"label": p.label, "src": address(p.pixels(THUMB_PX))} for p in session.mine]
    return map_value(models, session.colour, own, placed)


def paint(session: Session, colour: str) -> dict:
    """Another colouring of the points that the page has already."""
    session.colour = colour
    return gr.update(colour=colour)


def mapped(session: Session) -> list[Model]:
    return [m for m in session.models if m.latents is not None and m.latents.map is not None]


def place(session: Session, model: Model) -> Tensor:
    """Where one's own pictures lie, (M, 2): amid the nearest encoded faces, nearer ones weigh more.

    A UMAP transform would put them much the same and take seconds.
    """
    if not session.mine:
        return model.latents.map[:0]
    codes = session.codes(session.mine, model)
    near = torch.cdist(codes, model.latents.codes).topk(NEIGHBOURS, largest=False)
    weights = (1 / near.values.clamp_min(1e-6)).square()  # (M, NEIGHBOURS)
    weights = weights / weights.sum(1, keepdim=True)
    return (weights[..., None] * model.latents.map[near.indices]).sum(1)


def server_preview(root: str) -> Callable[[dict], dict]:
    """`preview` under the name by which the page's script calls it."""

    def preview_face(asked: dict) -> dict:
        return preview(root, asked)

    return preview_face


def preview(root: str, asked: dict) -> dict:
    """What hovering shows: one face, decoded by every model that the page compares."""
    models = [catalogue(root).models[name] for name in asked["models"]]
    index = int(asked["index"])
    images = [address(model.decode(model.latents.codes[index][None])[0]) for model in models]
    labels = models[0].latents.labels[index]
    has = [name for name, on in zip(models[0].latents.names, labels, strict=True) if on]
    return {"label": f"Face {index}: {', '.join(has).replace('_', ' ')}", "images": images}


def choose(session: Session, event: gr.EventData) -> dict:
    """The chosen face, each model drawing its own code of it."""
    index = int(event._data["index"])
    if index < 0:
        picture = session.mine[-1 - index]
        codes = {model.name: session.codes([picture], model) for model in session.models}
        session.grids[NAME] = Grid(MAP, [picture.label], codes)
        label = picture.label
    else:
        everything = map_grid(session.models)
        label = everything.labels[index]
        codes = {name: each[index : index + 1] for name, each in everything.codes.items()}
        session.grids[NAME] = Grid(MAP, [label], codes, [everything.references[index]])
    models = [model for model in session.models if model.name in codes]
    images = [model.decode(codes[model.name])[0] for model in models]
    return board_value(NAME, models, [board_row(label, 0, images)])


def add(session: Session, paths: list[str] | None, progress=gr.Progress()) -> tuple:  # noqa: B008
    """Encodes uploaded files and puts them on the maps; names those that are no pictures."""
    before, refused = len(session.mine), []
    paths = sorted(paths or [])
    for path in progress.tqdm(paths[:OWN_LIMIT], desc="Finding faces"):
        try:
            session.mine.append(session.photo(path, Path(path).name, keep=False))
        except PictureError as error:
            refused.append(str(error))
    for model in progress.tqdm(mapped(session), desc="Encoding"):
        place(session, model)
    return show(session), _summary(len(session.mine) - before, refused, len(paths))


def _summary(added: int, refused: list[str], given: int) -> str:
    said = [f"On the map, as stars: {added} of {given} pictures."]
    if given > OWN_LIMIT:
        said.append(f"At most {OWN_LIMIT} are taken at a time.")
    if refused:
        said.append(f"Left out, {len(refused)}: {' '.join(refused[:5])}")
    return " ".join(said)


def _attributes(models: list[Model]) -> list[str]:
    return sorted({name for model in models if model.latents for name in model.latents.names})
