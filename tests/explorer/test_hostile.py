"""A thousand hostile uploads: each is a picture or one sentence, and nothing else happens."""

import os
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import pytest

from explorer.pictures.decoding import decoded
from explorer.session.state import SOURCE_PX
from explorer.tools.running import Watch, memory_mb
from explorer.tools.visitor import Visitor
from explorer.words import say
from tests.explorer.hostile import uploads
from training.data.pictures import PictureError

SENTENCE = re.compile(r"[^\n]{10,400}\.")
COUNT, OVER_HTTP, MOST_MB = 1000, 60, 300


@contextmanager
def bounded() -> Iterator[None]:
    """Checks the memory that is taken: here meanwhile, and afterwards by those that decode as well;
    what those take meanwhile the system limits."""
    own, every = memory_mb(os.getpid(), children=False), memory_mb(os.getpid())
    watch = Watch(os.getpid(), children=False)
    watch.start()
    yield
    watch.ended.set()
    assert watch.peak_mb < own + MOST_MB
    assert memory_mb(os.getpid()) < every + MOST_MB


@pytest.fixture(autouse=True)
def nothing_thrown(capfd) -> Iterator[None]:
    yield
    out, err = capfd.readouterr()
    assert "Traceback" not in out + err


def test_every_upload_is_a_picture_or_one_sentence(tmp_path, photo):
    before = decoded(photo).tobytes()

    def read(at_and_upload):
        at, (_, content) = at_and_upload
        path = tmp_path / f"{at}.png"
        path.write_bytes(content)
        try:
            return max(decoded(path, SOURCE_PX).size) <= SOURCE_PX
        except PictureError as error:
            return SENTENCE.fullmatch(str(error)) and str(tmp_path) not in str(error)

    with bounded(), ThreadPoolExecutor(4) as pool:  # more than there are processes
        assert all(pool.map(read, enumerate(uploads(COUNT))))
    assert decoded(photo).tobytes() == before


def test_the_page_takes_hostile_uploads_and_goes_on(url, photo, session):
    visitor = Visitor(url, session.names, photo.read_bytes())

    def figures():
        return visitor.verb("reconstruct", 1, picture=visitor.upload(), steps=10)

    honest = figures()
    with bounded():
        for name, content in uploads(OVER_HTTP, seed=1):
            try:
                path = visitor.upload(name, content)["path"]
            except httpx.HTTPStatusError as refused:
                assert refused.response.status_code < 500
                continue
            sent = {"slot": "reconstruct", "path": path, "name": name}
            slot = visitor.seen("pick", [None], sent)
            if why := slot["problem"]:
                assert SENTENCE.fullmatch(say(why["say"], **why["with"]))
            else:
                assert slot["src"]
            assert len(slot["label"]) <= 60
    assert figures() == honest
