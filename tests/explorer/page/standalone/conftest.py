"""One page of the shipped F-AAE and AAE, as a file and as a folder, for all tests."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, expect

from explorer.__main__ import main
from explorer.tools.screenshots import PATIENCE_MS

NAMES = ("celeba32/faae", "celeba32/aae")


class Exported(NamedTuple):
    html: Path
    site: Path


@pytest.fixture(scope="session")
def exported(pairs, tmp_path_factory) -> Exported:
    folder = tmp_path_factory.mktemp("standalone")
    found = Exported(folder / "faces.html", folder / "site")
    assert main(["export", *NAMES, "--html", str(found.html), "--site", str(found.site)]) == 0
    return found


@pytest.fixture
def opened(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens an address in a browser of its own; afterwards the page must have thrown nothing."""
    pages, thrown = [], []

    def come(address: str, width: int = 1440, **how) -> Page:
        how = {"viewport": {"width": width, "height": 900}, **how}
        page = browser.new_context(**how).new_page()
        page.on("pageerror", lambda error: thrown.append(str(error)))
        page.set_default_timeout(PATIENCE_MS)
        page.goto(address)
        expect(page.locator("#view-morph .walked canvas").first).to_have_attribute("width", "32")
        pages.append(page)
        return page

    yield come
    for page in pages:
        page.context.close()
    assert thrown == []


@pytest.fixture
def alone(opened, exported) -> Callable[..., Page]:
    """Opens the file with the network off."""

    def come(width: int = 1440, query: str = "", **how) -> Page:
        return opened(f"{exported.html.as_uri()}{query}", width, offline=True, **how)

    return come
