"""The page as a folder on a plain static server."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def static(exported) -> Iterator[str]:
    serve = partial(Quiet, directory=str(exported.site))
    with ThreadingHTTPServer(("127.0.0.1", 0), serve) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_a_model_is_loaded_when_it_is_chosen(opened, static):
    page, asked = opened(static), []
    of_models = "performance.getEntriesByType('resource').map(({name}) => name)"
    first = [name for name in page.evaluate(of_models) if "/models/" in name]
    assert first and all("/models/0-" in name for name in first)
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("checkbox", name="AAE", exact=True).check()
    expect(page.locator(".walked canvas")).to_have_count(2)
    assert len(asked) == 3 and all(name.startswith(f"{static}models/1-") for name in asked)


def test_the_folder_says_where_it_can_be_opened(browser, exported):
    page = browser.new_page()
    page.goto((exported.site / "index.html").as_uri())
    expect(page.get_by_role("alert")).to_contain_text("from a web server only")
    page.close()
