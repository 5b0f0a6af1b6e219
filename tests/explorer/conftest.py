"""One server and the shipped checkpoints for everything that tests the app. The browser is that
of pytest-playwright."""

import asyncio
import os
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when gradio is imported

import gradio as gr
import numpy as np
import pytest
from filelock import FileLock
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from explorer.__main__ import main
from explorer.catalogue import load_model
from explorer.exchange import kept
from explorer.page.navigation import Navigation
from explorer.session.examples import astronaut
from explorer.session.state import Session
from explorer.tools.screenshots import FLAGS, PATIENCE_MS, WINDOW_PX, chromium, served
from tests.explorer.running import Running, running

PHONE_PX = {"width": 390, "height": 844}
CHECKPOINTS = Path(__file__).parents[2] / "checkpoints"
expect.set_options(timeout=PATIENCE_MS)  # of a browser that shares two cores


def finished(coroutine: Coroutine) -> object:
    """What it gives, run in a thread, since a browser of pytest-playwright keeps the main one's
    event loop running."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


def event(**data) -> gr.EventData:
    """What a component of the page sends."""
    return gr.EventData(None, data)


@pytest.fixture(scope="session", autouse=True)
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Path]]:
    """Gives the folder of a shipped model's pair, exported once for all tests, also those that
    other processes run, and for their servers."""
    base, together = tmp_path_factory.getbasetemp(), "PYTEST_XDIST_WORKER" in os.environ
    place = (base.parent if together else base) / "kept"
    place.mkdir(exist_ok=True)

    def pair(name: str) -> Path:
        directory = load_model(name, CHECKPOINTS).directory
        with FileLock(place / f"{kept.digest(directory)}.lock"):
            assert main(["export", name, "--kept"]) == 0
        return kept.pair_folder(directory)

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(place))
        patch.setattr(kept, "NICENESS", 0)  # since tests wait for what is made
        kept.place.cache_clear()
        yield pair


@pytest.fixture
def session() -> Session:
    return Session(str(CHECKPOINTS))


@pytest.fixture(scope="session")
def navigation() -> Navigation:
    """The tabs of a page."""
    with gr.Blocks():
        return Navigation(gr.State(Session(str(CHECKPOINTS))))


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "astronaut.jpg"
    astronaut().save(path)
    return path


BAD = {
    "truncated.jpg": "truncated.jpg is damaged or cut off",
    "empty.png": "empty.png is empty",
    "dot.png": "dot.png is 1x1 px, too small",
    "huge.png": "huge.png is 10,000x10,000 px, 100 MP, too large",
    "notes.png": "notes.png is not a picture that can be read",
}


@pytest.fixture
def bad(tmp_path: Path, photo: Path) -> Callable[[str], Path]:
    """Writes one of the files of BAD and gives its path."""

    def write(name: str) -> Path:
        path = tmp_path / name
        whole = photo.read_bytes()
        contents = {
            "truncated.jpg": lambda: path.write_bytes(whole[: len(whole) // 3]),
            "empty.png": lambda: path.write_bytes(b""),
            "dot.png": lambda: Image.new("RGB", (1, 1)).save(path),
            "huge.png": lambda: Image.fromarray(np.zeros((10_000, 10_000), bool)).save(path),
            "notes.png": lambda: path.write_text("To do: buy milk."),
        }
        contents[name]()
        return path

    return write


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The app as its command starts it, by IPv6, as a variable of gradio asks, and under a path."""
    options, folder = ("--mcp", "--root-path", "/explorer"), tmp_path_factory.mktemp("app")
    with running(folder, *options, GRADIO_SERVER_NAME="::1") as app:
        yield app


@pytest.fixture(scope="session")
def url(tmp_path_factory) -> Iterator[str]:
    """Where the app is served, for all tests of a run."""
    tmp_path_factory.getbasetemp()  # made outside of the folder for uploads, which the app sets
    with served(str(CHECKPOINTS)) as url:
        yield url


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    """The system's Chromium; without one the journeys are skipped, in CI they fail."""
    path = chromium()
    if path is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("There is no Chromium.")
    return {**browser_type_launch_args, "executable_path": path, "args": FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict) -> dict:
    clipboard = ["clipboard-read", "clipboard-write"]
    return {**browser_context_args, "viewport": WINDOW_PX, "permissions": clipboard}


@pytest.fixture
def blank(context: BrowserContext, url: str) -> Iterator[Page]:
    """A page for the app, which is not opened yet; afterwards it must have thrown nothing and asked
    no other host."""
    page, thrown, asked = context.new_page(), [], []
    page.on("pageerror", lambda error: thrown.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.set_default_timeout(PATIENCE_MS)
    yield page
    page.close()
    assert thrown == []
    own = (url.split("?")[0], "data:", "blob:")
    assert [address for address in asked if not address.startswith(own)] == []


@pytest.fixture
def page(blank: Page, url: str, request: pytest.FixtureRequest) -> Page:
    """The opened app, by the query and of the size in pixels of the test's mark `opens`, if it has
    one."""
    opens = request.node.get_closest_marker("opens")
    if opens:
        blank.set_viewport_size({**WINDOW_PX, **opens.kwargs})
        blank.goto(f"{url}/?{opens.args[0]}")
    else:
        blank.goto(url)
        blank.get_by_role("heading", name="Encoder").first.wait_for()
    return blank


def few(model, monkeypatch, count: int) -> None:
    """Gives a model no more codes than these."""
    known = model.latents
    less = replace(known, codes=known.codes[:count], labels=known.labels[:count], map=None)
    monkeypatch.setattr(model, "latents", less)


def mse(board: dict, row: int) -> list[float]:
    """The figures that the board shows for each model."""
    cards = board["rows"][row]["cards"][1:]
    return [float(dict(stat[:2] for stat in card["stats"])["MSE"]) for card in cards]
