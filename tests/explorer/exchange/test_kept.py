"""Pairs for browsers: exported once for what a model holds, by a process of its own."""

import os
import shutil
import time

import pytest

from explorer.exchange import kept
from explorer.exchange.description import DECODER, MODEL
from tests.explorer.conftest import CHECKPOINTS
from training.errors import UserError

NAME, OTHER = "digits/aae-cluster", "digits/aae-semi"  # the smallest
PATIENCE_S = 300


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    kept.place.cache_clear()
    yield kept.place("pairs")
    kept.place.cache_clear()


def waited(exports: kept.Exports, name: str, root, directory, after=()):
    """What there is once the process has ended."""
    until = time.monotonic() + PATIENCE_S
    while isinstance(found := exports.pair(name, str(root), directory, after), float):
        assert time.monotonic() < until
        time.sleep(0.2)
    return found


def test_a_checkpoint_is_exported_once(place, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # the process starts elsewhere
    exports, directory = kept.Exports(), CHECKPOINTS / NAME
    folder = waited(exports, NAME, os.path.relpath(CHECKPOINTS), directory)
    assert folder == place / kept.digest(directory) and (folder / DECODER).is_file()
    assert len(exports.running) == 1
    assert kept.Exports().pair(NAME, str(CHECKPOINTS), directory) == folder  # another start
    (folder / MODEL).unlink()  # somebody has emptied the cache
    assert isinstance(exports.pair(NAME, str(CHECKPOINTS), directory), float)
    exports.running[folder].kill()


def test_what_is_asked_for_next_is_exported_by_the_same_process(place):
    exports, directory = kept.Exports(), CHECKPOINTS / OTHER
    assert isinstance(exports.pair(NAME, str(CHECKPOINTS), CHECKPOINTS / NAME, [OTHER]), float)
    assert waited(exports, OTHER, CHECKPOINTS, directory) == place / kept.digest(directory)
    assert kept.pair_folder(CHECKPOINTS / NAME) / MODEL in {*place.glob("*/*")}
    assert len(exports.running) == 1


def test_an_export_that_fails_is_one_sentence_and_is_tried_again_later(place, monkeypatch):
    exports, directory = kept.Exports(), CHECKPOINTS / NAME
    with pytest.raises(UserError, match="python -m explorer export --kept digits/other"):
        waited(exports, "digits/other", CHECKPOINTS, directory)
    with pytest.raises(UserError):
        exports.pair("digits/other", str(CHECKPOINTS), directory)
    monkeypatch.setattr(kept, "AGAIN_S", 0)
    assert isinstance(exports.pair("digits/other", str(CHECKPOINTS), directory), float)
    exports.running[kept.pair_folder(directory)].kill()


def test_the_folder_of_a_pair_is_its_own(pairs):
    folder = pairs("celeba32/faae")
    assert kept.Exports().pair("celeba32/faae", "", folder) == folder


def test_a_digest_is_of_the_content(tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        shutil.copytree(CHECKPOINTS / NAME, folder)
    (other / "config.json").write_text("{}")
    assert kept.digest(one) == kept.digest(CHECKPOINTS / NAME) != kept.digest(other)


def test_a_process_that_ends_without_its_file_is_said(place, monkeypatch):
    started = []

    class Process:
        def poll(self):
            return 0

    def start(arguments, root):
        started.append(arguments)
        return Process()

    monkeypatch.setattr(kept, "_started", start)
    exports, file = kept.Exports(), place.parent / "maps" / "key.npy"
    assert not exports.map("a/b", "root", "tsne", file)
    for _ in range(2):
        with pytest.raises(UserError, match="The codes of a/b cannot be laid out"):
            exports.map("a/b", "root", "tsne", file)
    assert len(started) == 1
    file.write_text("")
    assert exports.map("a/b", "root", "tsne", file)
    file.unlink()  # somebody has emptied the cache
    assert not exports.map("a/b", "root", "tsne", file) and len(started) == 2
    with pytest.raises(UserError):
        exports.map("a/b", "root", "tsne", file)


def test_room_is_made_though_a_file_is_taken_away_meanwhile(tmp_path, monkeypatch):
    """Several apps share the folder; a link to nowhere stands for what another one has renamed."""
    monkeypatch.setattr(kept, "MOST", {tmp_path.name: 1})
    (tmp_path / "gone.part").symlink_to(tmp_path / "nowhere")
    for age, name in enumerate(("new", "old")):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (1e9 - age, 1e9 - age))
    kept._clear(tmp_path)
    assert {each.name for each in tmp_path.iterdir()} == {"gone.part", "new"}
