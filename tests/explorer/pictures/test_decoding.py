"""Uploads are decoded as elsewhere, by small processes that end when a picture asks too much."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Timer

import numpy as np
import pytest
from PIL import Image

from explorer.pictures import decoding
from explorer.tools.running import memory_mb
from tests.explorer.hostile import deep
from training.data.pictures import PictureError, open_picture


@pytest.fixture
def decoders(monkeypatch):
    made = decoding.Decoders(1)
    monkeypatch.setattr(decoding, "_decoders", lambda: made)
    yield made
    made.close()


def test_a_picture_is_the_same_as_elsewhere(decoders, photo):
    assert np.array_equal(decoding.decoded(photo), open_picture(photo))
    small, expected = decoding.decoded(photo, 100), open_picture(photo)
    expected.thumbnail((100, 100), 1)
    assert np.array_equal(small, expected)
    assert np.array_equal(decoding.decoded(photo.read_bytes(), 100), expected)


@pytest.mark.parametrize("name", ["truncated.jpg", "empty.png", "gone.png", "a\nb.png"])
def test_a_wreck_is_the_same_sentence_as_elsewhere(decoders, bad, tmp_path, name):
    path = bad(name) if name in ("truncated.jpg", "empty.png") else tmp_path / name
    with pytest.raises(PictureError) as expected:
        open_picture(path)
    with pytest.raises(PictureError, match=re.escape(str(expected.value))):
        decoding.decoded(path)


def test_what_takes_too_long_is_ended_and_the_next_picture_comes(
    decoders, photo, tmp_path, monkeypatch
):
    bomb = tmp_path / "bomb.png"
    bomb.write_bytes(deep(4900))
    with monkeypatch.context() as short:
        short.setattr(decoding, "PATIENCE_S", 0.1)
        with pytest.raises(PictureError, match=r"^bomb.png takes too long .*\.$"):
            decoding.decoded(bomb)
    assert decoding.decoded(photo).size == (512, 512)


def test_a_small_picture_does_not_wait_for_large_ones(decoders, photo, tmp_path):
    large, wreck = tmp_path / "large.png", tmp_path / "wreck.png"
    Image.new("L", (2000, 2000)).save(large)
    wreck.write_bytes(b"no picture")
    busy = decoders._idle.get()
    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(decoding.decoded, each) for each in (large, wreck)]
        assert decoding.decoded(photo).size == (512, 512)
        assert not any(each.done() for each in waiting)
        decoders._idle.put(busy)
        assert waiting[0].result().size == (2000, 2000)
        with pytest.raises(PictureError, match="wreck.png"):
            waiting[1].result()
    assert decoders._kept.qsize() == 1


def test_a_process_that_was_killed_is_replaced(decoders, photo):
    worker = decoders._idle.get()
    worker.kill()
    worker.communicate()
    decoders._idle.put(worker)
    assert decoding.decoded(photo).size == (512, 512)


def test_an_answer_that_was_not_read_does_not_reach_who_comes_next(decoders, photo, monkeypatch):
    def asked(worker, question):
        worker.stdin.write(json.dumps(question).encode() + b"\n")
        worker.stdin.flush()
        raise MemoryError

    with monkeypatch.context() as full, pytest.raises(MemoryError):
        full.setattr(decoding, "_asked", asked)
        decoding.decoded(photo, 100)
    assert decoding.decoded(photo).size == (512, 512)


def test_a_process_whose_time_is_up_as_it_answers_does_not_reach_who_comes_next(
    decoders, photo, monkeypatch
):
    class Late(Timer):
        def run(self):
            self.finished.wait()  # until it is cancelled
            self.function()
            ended.set()

    def asked(worker, question):
        assert ended.wait(60)
        return ask(worker, question)

    ended, ask = Event(), decoding._asked
    monkeypatch.setattr(decoding, "Timer", Late)
    assert decoding.decoded(photo).size == (512, 512)
    monkeypatch.setattr(decoding, "_asked", asked)
    assert decoding.decoded(photo).size == (512, 512)


def test_the_processes_are_small(decoders, photo):
    decoding.decoded(photo)
    assert memory_mb(decoders._idle.queue[0].pid) < 150  # PyTorch alone takes 500
