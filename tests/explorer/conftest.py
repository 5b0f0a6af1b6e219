"""One server, one browser, and the shipped checkpoints for everything that tests the app."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when gradio is imported

import gradio as gr
import numpy as np
import pytest
from PIL import Image

from explorer.pictures.files import astronaut
from explorer.session.state import Session
from explorer.tools.screenshots import FLAGS, served

CHECKPOINTS = Path(__file__).parents[2] / "checkpoints"


def event(**data) -> gr.EventData:
    """What a component of the page sends."""
    return gr.EventData(None, data)


@pytest.fixture
def session() -> Session:
    return Session(str(CHECKPOINTS))


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
def url() -> str:
    """Where the app is served, for all tests of a run."""
    with served(str(CHECKPOINTS)) as url:
        yield url


@pytest.fixture(scope="session")
def browser():
    """Headless Chromium; without one the journeys are skipped, in CI they fail."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("The journeys need chromium on the PATH.")
        pytest.skip("no chromium on the PATH")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=path, args=FLAGS)


@pytest.fixture
def page(browser, url: str):
    """The opened app; afterwards it must have thrown nothing and asked no other host."""
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    thrown, foreign = [], []
    page.on("pageerror", lambda error: thrown.append(str(error)))
    page.on(
        "request",
        lambda request: (
            request.url.startswith((url, "data:", "blob:")) or foreign.append(request.url)
        ),
    )
    page.goto(url)
    page.get_by_role("heading", name="Encoder").wait_for()
    yield page
    context.close()
    assert thrown == []
    assert foreign == []
