"""Names and settings that strangers choose are shown as text: no element is made of them, and the
browser asks for nothing that they name."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from explorer.page import ui
from explorer.session.examples import astronaut
from explorer.tools.screenshots import served
from tests.explorer.conftest import CHECKPOINTS
from training import checkpoints
from training.errors import QUOTED

SHIPPED = CHECKPOINTS / "celeba32" / "faae"
MARKUP = '<img src=evil.png><a href="evil">x</a>![x](evil.png)[x](evil)**x**&lt;i&gt;'
ADDRESS = '<img src="http://evil.test/x">![x](http://evil.test/x)'


@pytest.fixture(scope="module")
def url(tmp_path_factory) -> Iterator[str]:
    """The app with a set, a checkpoint and an attribute of such names, and such a framework."""
    root = tmp_path_factory.mktemp("checkpoints")
    folder = MARKUP.replace("/", ":")
    for name in ("faae", folder):
        shutil.copytree(SHIPPED, root / folder / name)
    latents = checkpoints.read_latents(SHIPPED)
    named = replace(latents, names=(MARKUP, *latents.names[1:]))
    checkpoints.write_latents(root / folder / folder, named)
    shutil.copytree(SHIPPED, root / "bad" / "faae")
    config = root / "bad" / "faae" / "config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"framework": ADDRESS}))
    with served(str(root)) as url:
        yield url


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    yield page
    made = page.locator("[src*=evil], [href*=evil], .latent i i, strong:text-is('x')")
    assert made.count() == 0
    paths = [address.partition("?")[0] for address in asked]  # a link's query holds names, too
    assert [path for path in paths if "evil" in path] == []


def photo(tmp_path, name: str):
    path = tmp_path / name
    astronaut().save(path, "JPEG")
    return path


def test_what_a_checkpoint_says_is_text(page):
    expect(page.locator(".notice")).to_contain_text(ADDRESS)
    title = "F-AAE, " + MARKUP.replace("/", ":")
    page.get_by_role("button", name=f"What is {title}?").click()
    expect(page.locator(".about-model h2")).to_have_text(title)
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="Attributes").click()
    page.get_by_text("more attributes").click()
    page.get_by_role("slider", name=f"{MARKUP}, standard").first.fill("2")
    expect(page.locator(".board .note").filter(visible=True).first).to_contain_text("<img")
    page.get_by_role("tab", name="Latent map").click()
    expect(page.locator(".map .chart canvas")).to_have_count(2)
    page.get_by_role("tab", name="Morph").click()
    expect(page.locator(".latent-chart .key").first).to_have_text(title)
    page.get_by_role("figure", name="Sharpness").scroll_into_view_if_needed()
    page.locator(".latent-chart .nsewdrag").hover()
    expect(page.locator(".latent-chart .hoverlayer")).to_contain_text("<img src=evil.png>")


def test_the_name_of_an_upload_is_text(page, tmp_path):
    name = MARKUP.replace("/", ":") + ".jpg"
    page.locator(".slot input").first.set_input_files(photo(tmp_path, name))
    expect(page.locator(".slot .said").first).to_have_text(name[:QUOTED])
    page.get_by_role("button", name="Remove <img").click()
    row = page.locator(".board").filter(visible=True)
    row.get_by_role("button", name="To shelf").first.click()
    expect(page.get_by_test_id("toast-text")).to_contain_text("is on the shelf")


def test_the_name_of_a_file_that_is_refused_is_text(page, tmp_path):
    bad = tmp_path / (MARKUP.replace("/", ":") + ".png")
    bad.write_text("no picture")
    page.locator(".slot input").first.set_input_files(bad)
    expect(page.locator(".slot .said").first).to_contain_text("is not a picture")
    page.get_by_role("tab", name="Latent map").click()
    page.locator("input[type=file][multiple]").first.set_input_files(bad)
    expect(page.locator(".status").filter(visible=True)).to_contain_text("[x](evil)")


def test_toasts_show_text(page, monkeypatch):
    monkeypatch.setattr(ui.link, "left_out", lambda session: [MARKUP])
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_test_id("toast-text")).to_contain_text(MARKUP)


def test_one_module_alone_fills_what_reads_markup():
    page = CHECKPOINTS.parent / "explorer" / "page"
    texts = {path.name: path.read_text(encoding="utf-8") for path in page.rglob("*.py")}
    sinks = ("gr.Markdown", "gr.Info", "gr.Warning", "gr.Success")
    assert [name for name, text in texts.items() if any(s in text for s in sinks)] == ["said.py"]
    raising = {name for name, text in texts.items() if "gr.Error(" in text}
    assert raising == {"said.py", "fair.py"}  # the latter's goes to who has left
