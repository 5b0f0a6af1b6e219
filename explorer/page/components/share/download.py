"""A page of the compared models to download: one file that needs no server."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import gradio as gr
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from explorer.catalogue import catalogue
from explorer.exchange.kept import EXPORTS, digest
from explorer.page.components.common import QUIET, component
from explorer.page.components.wire import told
from explorer.page.guard.calls import served
from explorer.page.guard.events import Several
from explorer.page.standalone.document import shell
from explorer.page.standalone.pack import MOST
from explorer.page.words import mark
from explorer.words import say
from training.errors import UserError, choose

# Pages and their names, by digests, which only those know who have been told
PAGES: dict[str, tuple[Path, str]] = {}


def download_button(root: str, **options) -> None:
    """A button that makes the page, says how long that takes, and saves it."""
    button = gr.Button(mark("Download as one page"), size="sm", min_width=156, scale=0, **options)
    component("download", servers=[made(root)])
    button.click(None, js="() => Latent.onePage()", **QUIET)


def made(root: str) -> Callable:
    def made(asked: Several) -> Response:
        """Where the page of the models is; or the seconds until it is there."""
        known = catalogue(root).models
        models = [known[choose("model", name, known)] for name in dict.fromkeys(asked["models"])]
        if not models:
            return told({"problem": say("No model is chosen: choose at least one.")})
        if len(models) > MOST:
            said = say("At most {most} models fit into one page: choose fewer.", most=MOST)
            return told({"problem": said})
        parts = [shell(), *(f"{model.name} {digest(model.directory)}" for model in models)]
        key = hashlib.sha256("\n".join(parts).encode()).hexdigest()
        try:
            found = EXPORTS.page([model.name for model in models], root, key)
        except UserError as error:
            return told({"problem": error.said})
        if not isinstance(found, Path):
            return told({"seconds": found})
        PAGES[key] = found, _named([model.name for model in models])
        size = found.stat().st_size
        return told({"at": f"pages/{key}/page.html", "name": PAGES[key][1], "bytes": size})

    return served(made)


def _named(models: list[str]) -> str:
    """Of celeba32/faae and celeba32/aae: 'celeba32-faae-aae.html'."""
    sets = dict.fromkeys(name.partition("/")[0] for name in models)
    parts = [*sets, *(name.rpartition("/")[2] for name in models)]
    return f"{'-'.join(parts)}.html"


async def file(request: Request) -> Response:
    """The page, to be saved and not to be opened here."""
    found, name = PAGES.get(request.path_params["key"], (None, ""))
    if found is None or not found.is_file():
        raise HTTPException(404)
    return FileResponse(found, filename=name)


ROUTES = [Route("/live/pages/{key}/page.html", file)]
