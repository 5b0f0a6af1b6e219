"""Maps whose codes are laid out while the visitor does something else, or at a second attempt."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from explorer.catalogue import catalogue
from explorer.exchange import kept, layout
from explorer.exchange.kept import EXPORTS
from tests.explorer.conftest import CHECKPOINTS, few
from tests.explorer.page.journeys.acts import open_tab
from training.errors import UserError

MODELS = ("celeba32/faae", "celeba32/aae")  # which are compared first
FAILED = "The codes cannot be laid out."


class Layouts:
    """Stands for the processes that lay codes out: what they are `asked` for, and whether they have
    `failed`."""

    def __init__(self):
        self.asked: list[str] = []
        self.failed = False

    def map(self, name: str, root: str, by: str, file: Path) -> bool:
        self.asked.append(name)
        if self.failed:
            raise UserError(FAILED)
        return file.is_file()

    def finish(self) -> None:
        """Lays all codes out."""
        self.failed = False
        for name in MODELS:
            layout.layout(catalogue(str(CHECKPOINTS)).models[name].latents.codes, layout.TSNE)


@pytest.fixture
def layouts(monkeypatch, tmp_path) -> Layouts:
    """By which the maps are laid out, of few codes."""
    layouts = Layouts()
    monkeypatch.setattr(kept, "place", lambda kind: tmp_path)
    monkeypatch.setattr(EXPORTS, "map", layouts.map)
    for name in MODELS:
        few(catalogue(str(CHECKPOINTS)).models[name], monkeypatch, 40)
    return layouts


def until(page: Page, holds: Callable[[], bool]) -> None:
    """Waits for what happens in the server, while the page goes on."""
    for _ in range(200):
        if holds():
            return
        page.wait_for_timeout(100)
    raise AssertionError("This has not happened.")


def quiet(page: Page, layouts: Layouts) -> None:
    """Waits until nothing was asked for longer than from one question to the next."""
    for _ in range(20):
        asked = len(layouts.asked)
        page.wait_for_timeout(2500)
        if len(layouts.asked) == asked:
            return
    raise AssertionError("It is asked for on.")


def ask_for_tsne(page: Page, layouts: Layouts) -> None:
    open_tab(page, "Latent map")
    page.get_by_text("Filter, layout, pictures").click()
    page.get_by_label("t-SNE").check()
    expect(page.locator(".map .reason").get_by_text("laid out by t-SNE")).to_have_count(2)
    until(page, lambda: bool(layouts.asked))


def test_maps_that_are_laid_out_while_another_tab_is_open_are_there_on_return(page, layouts):
    ask_for_tsne(page, layouts)
    open_tab(page, "Sample")
    page.get_by_role("heading", name="F-AAE").filter(visible=True).first.wait_for()
    quiet(page, layouts)  # nobody sees the maps
    layouts.finish()
    open_tab(page, "Latent map")
    expect(page.locator(".map .chart canvas")).to_have_count(2)
    expect(page.get_by_text("A map by t-SNE")).to_be_visible()


def test_maps_that_could_not_be_laid_out_are_asked_for_again(page, layouts):
    layouts.failed = True
    ask_for_tsne(page, layouts)
    said = page.get_by_role("alert").get_by_text(FAILED)
    expect(said).to_have_count(1)
    until(page, lambda: len(layouts.asked) > 6)
    assert said.count() <= 1  # it goes after some seconds, and is said once
    layouts.finish()
    expect(page.locator(".map .chart canvas")).to_have_count(2)
