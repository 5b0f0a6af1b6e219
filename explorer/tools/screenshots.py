"""Pictures of the running page, a tab each, for README. Needs the test tools: playwright, Chromium.

The page is served to this process alone, and asked for by links as `explorer.link` makes them.
"""

import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when gradio is imported

from explorer.page import server, ui
from training.errors import UserError

WINDOW_PX = {"width": 1440, "height": 1000}  # at least: the pictures are as high as the page
JPEG_QUALITY = 85
PATIENCE_MS = 60_000
SETTLE_MS = 1500  # for what is drawn last: sprites, curves, points
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--enable-unsafe-swiftshader",  # WebGL for the map, in software
    "--disable-background-networking",
]
# picture -> the link's query, and what is on the page when the tab is complete
VIEWS = {
    "reconstruct": ("tab=reconstruct", "text=50 of 50 steps"),
    "morph": ("tab=morph", ".latent-chart .key"),
    "sample": ("tab=sample", ".tiles canvas"),
    "attributes": ("tab=attributes&edit=Smiling:3,Blond_Hair:3", "text=Smiling +3"),
    "latent_map": ("tab=map", ".map .js-plotly-plot"),
}


def take(root: str, folder: Path) -> Iterator[Path]:
    """Writes each of `VIEWS` of the first model set under `root` into `folder` and gives its path.

    Raises UserError where a tool is missing.
    """
    with browser() as chromium, served(root) as url:
        page = chromium.new_page(viewport=WINDOW_PX)
        page.set_default_timeout(PATIENCE_MS)
        for name in VIEWS:
            yield shoot(page, url, name, folder)


def shoot(page, url: str, name: str, folder: Path) -> Path:
    """Opens one of `VIEWS` in a page of playwright's and writes `folder/name.jpg`."""
    query, complete = VIEWS[name]
    page.goto(f"{url}/?{query}")
    shown = page.locator(complete).filter(visible=True).first
    shown.wait_for()
    page.wait_for_timeout(SETTLE_MS)
    if name == "latent_map":  # there is a point in its middle
        shown.click()
        page.wait_for_timeout(SETTLE_MS)
    path = folder / f"{name}.jpg"
    page.screenshot(path=path, type="jpeg", quality=JPEG_QUALITY, full_page=True)
    return path


@contextmanager
def served(root: str) -> Iterator[str]:
    """The address at which the app for the checkpoints under `root` is served meanwhile."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    demo = ui.build(root)
    demo.launch(server_port=port, prevent_thread_lock=True, quiet=True, **server.looks())
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        demo.close(verbose=False)


@contextmanager
def browser():
    """A headless Chromium; raises UserError where it or playwright is missing."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise UserError(
            "Screenshots need playwright: `pip install -r tests/requirements.txt`."
        ) from None
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        raise UserError("Screenshots need Chromium: there is none on the PATH.")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=path, args=FLAGS)
