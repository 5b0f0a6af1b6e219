"""The models for the browser: onnxruntime's files, and each model's networks on demand."""

from collections.abc import Callable
from pathlib import Path

import gradio as gr
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.staticfiles import StaticFiles

from explorer.catalogue import catalogue
from explorer.exchange import description
from explorer.exchange.description import DECODER, ENCODER, PRIOR
from explorer.exchange.kept import EXPORTS, digest
from explorer.page.components.assets import ASSETS
from explorer.page.components.common import component
from explorer.page.components.wire import told
from explorer.page.guard.calls import served
from explorer.page.guard.events import Wanted
from training.checkpoints import LATENTS
from training.errors import UserError, choose

FILES = (DECODER, ENCODER, PRIOR, LATENTS)
MOST_BYTES = 16 << 20  # of latents for the browser
LIBRARIES = ("onnxruntime", "gifenc")
FOLDERS: dict[str, Path] = {}  # by digests, which only those know who have been told


def networks_view(root: str) -> gr.HTML:
    """What loads models for all that runs in the browser; says so where it cannot run them."""
    return component("networks", servers=[pair(root)])


def pair(root: str) -> Callable:
    def pair(asked: Wanted) -> Response:
        """Where the model's networks are, and what it is; or the seconds until they are there."""
        models = catalogue(root).models
        model = models[choose("model", asked["model"], models)]
        after = [name for name in dict.fromkeys(asked["after"]) if name in models]
        try:
            found = EXPORTS.pair(model.name, root, model.directory, after)
        except UserError as error:
            return told({"problem": error.said})
        if not isinstance(found, Path):
            return told({"seconds": found})
        key = digest(model.directory)
        FOLDERS[key] = found
        there = [name for name in FILES if (found / name).is_file()]
        files = [name for name in there if name != LATENTS or _small(found / name)]
        known = description.read(found).model_dump(exclude_none=True)
        return told({"at": f"models/{key}/", "files": files, "description": known})

    return served(pair)


def _small(file: Path) -> bool:
    return file.stat().st_size < MOST_BYTES


async def network(request: Request) -> Response:
    """A file of a model's folder."""
    folder, name = FOLDERS.get(request.path_params["key"]), request.path_params["name"]
    if folder is None or name not in FILES:
        raise HTTPException(404)
    return await _file(folder, name, request)


async def library(request: Request) -> Response:
    """A file of a library for browsers."""
    folder, name = request.path_params["library"], request.path_params["name"]
    if folder not in LIBRARIES:
        raise HTTPException(404)
    return await _file(ASSETS / folder, name, request)


async def _file(folder: Path, name: str, request: Request) -> Response:
    """With an ETag. A `Mount` would not find it where a proxy takes the prefix away."""
    return await StaticFiles(directory=folder).get_response(name, request.scope)


ROUTES = [
    Route("/live/models/{key}/{name}", network),
    Route("/live/{library}/{name}", library),
]
