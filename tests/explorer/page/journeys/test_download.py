"""The page of the compared models, made by a process of its own and downloaded."""

import json
import threading
from pathlib import Path

import pytest
from playwright.sync_api import expect

from explorer.exchange import kept
from explorer.page.components.share import download
from tests.explorer.conftest import CHECKPOINTS

BUTTON = "Download as one page"


def test_the_page_is_made_meanwhile_and_saved(page, tmp_path, monkeypatch):
    made = tmp_path / "key.html"
    made.write_text("<!doctype html>")
    ready, asked = threading.Event(), []

    def answer(names, root, key):
        asked.append(names)
        return made if ready.is_set() else 20.0

    monkeypatch.setattr(download.EXPORTS, "page", answer)
    with page.expect_download() as saved:
        page.get_by_role("button", name=BUTTON).click()
        expect(page.get_by_role("dialog", name=BUTTON)).to_contain_text("about 20 s")
        ready.set()
    assert saved.value.suggested_filename == "celeba32-faae-aae.html"
    assert Path(saved.value.path()).read_text() == "<!doctype html>"
    assert asked[0] == ["celeba32/faae", "celeba32/aae"]
    expect(page.get_by_text("celeba32-faae-aae.html is saved")).to_be_visible()


def test_more_models_than_fit_are_one_sentence(page):
    for name in ("VAE", "WAE", "GAN"):
        page.get_by_role("checkbox", name=name, exact=True).check()
        expect(page.locator(".model-title", has_text=name).first).to_be_visible()
    page.get_by_role("button", name=BUTTON).click()
    expect(page.get_by_text("At most 4 models fit into one page")).to_be_visible()


def test_a_page_of_no_models_says_that_none_is_chosen():
    answer = json.loads(download.made(str(CHECKPOINTS))({"models": []}).body)
    assert answer["problem"]["say"] == "No model is chosen: choose at least one."


def test_one_process_writes_a_page_once(tmp_path, monkeypatch):
    started, ended = [], [None]

    class Process:
        def poll(self):
            return ended[0]

    def start(arguments, root):
        started.append(arguments)
        return Process()

    monkeypatch.setattr(kept, "_started", start)
    monkeypatch.setattr(kept, "place", lambda kind: tmp_path / kind)
    exports, names = kept.Exports(), ["a/b", "a/c"]
    file = tmp_path / "pages" / "key.html"
    assert exports.page(names, "root", "key") == exports.page(names, "root", "key") == 20
    assert started == [["export", "a/b", "a/c", "--html", str(file)]]
    assert exports.pair("a/b", "root", tmp_path) == tmp_path  # which is none of a checkpoint
    file.write_text("")
    assert exports.page(names, "root", "key") == file
    ended[0] = 1
    file.unlink()
    with pytest.raises(kept.UserError, match="a/b, a/c cannot be exported"):
        exports.page(names, "root", "key")
