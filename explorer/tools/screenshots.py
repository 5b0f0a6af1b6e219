"""Pictures of the running page, a tab each, for README. Needs playwright and Chromium."""

import io
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when gradio is imported

from explorer.page import server, ui
from explorer.page.resources import cache, ending, fair
from explorer.page.tab import Tab
from explorer.page.tabs import WITHIN
from training.errors import UserError

WINDOW_PX = {"width": 1440, "height": 1000}  # the pictures are as high as the page
WEBP_QUALITY = 72
PATIENCE_MS = 60_000
SETTLE_MS = 1500  # for what is drawn last: sprites, curves, points
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--enable-unsafe-swiftshader",  # WebGL for the map, in software
    "--disable-background-networking",
]


def take(root: str, folder: Path) -> Iterator[Path]:
    """Writes a picture of each tab of the page's bar, with the first model set under `root`, into
    `folder` and gives its path.

    Raises UserError as `opened`.
    """
    uninvited = "localStorage.setItem('latent-tour', 'yes')"  # to the tour
    with opened(root, "Screenshots", script=uninvited) as (page, url):
        for tab in WITHIN:
            yield shoot(page, url, tab, folder)


@contextmanager
def opened(root: str, what: str, **script) -> Iterator[tuple]:
    """An empty page of Chromium, and the address of the app for the checkpoints under `root`; a
    `script` runs first on all that is opened, as playwright's `add_init_script` takes it.

    Raises UserError, that `what` needs them, where playwright or Chromium is missing.
    """
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        message = f"{what} need playwright: `pip install -r tests/requirements.txt`."
        raise UserError(message) from None
    if chromium() is None:
        raise UserError(f"{what} need Chromium: there is none on the PATH.")
    with sync_playwright() as playwright, served(root) as url:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_page(viewport=WINDOW_PX)
        page.set_default_timeout(PATIENCE_MS)
        page.add_init_script(**script)
        yield page, url
        browser.close()


def shoot(page, url: str, tab: Tab, folder: Path) -> Path:
    """Opens a tab in a page of playwright's and writes its picture, named by its title."""
    page.set_viewport_size(WINDOW_PX)
    page.goto(f"{url}/?tab={tab.name}&{tab.shot.query}")
    shown = page.locator(tab.shot.complete).filter(visible=True).first
    shown.wait_for()
    high = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size(WINDOW_PX | {"height": high})  # what is below is drawn once it is seen
    page.wait_for_timeout(SETTLE_MS)
    if tab.shot.click:
        shown.click()
        page.wait_for_timeout(SETTLE_MS)
    path = folder / f"{tab.title.lower().replace(' ', '_')}.webp"
    with Image.open(io.BytesIO(page.screenshot(full_page=True))) as picture:
        picture.convert("RGB").save(path, quality=WEBP_QUALITY, method=6)
    return path


@contextmanager
def served(root: str) -> Iterator[str]:
    """The address at which the app for the checkpoints under `root` is served meanwhile."""
    with cache.opened():
        demo = fair.install(ui.build(root))
        _, url, _ = demo.launch(prevent_thread_lock=True, quiet=True, **server.looks())
        try:
            yield url.rstrip("/")
        finally:
            ending.close(demo)


def chromium() -> str | None:
    """The path of the system's Chromium, None without one; first of that without windows, which
    takes a sixth less time."""
    names = ("chromium-headless-shell", "chromium", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)
