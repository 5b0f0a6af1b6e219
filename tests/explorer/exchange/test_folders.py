"""Where models lie: which folders are looked through, and what cannot be read there."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import explorer.catalogue as catalogues
from explorer.catalogue import list_models, load_model, titles
from explorer.engine import Model
from explorer.exchange.description import DECODER


@pytest.fixture
def looked(monkeypatch) -> list[str]:
    """The roots whose models are listed."""
    roots: list[str] = []

    def listed(root: str):
        roots.append(root)
        return list_models(root)

    monkeypatch.setattr(catalogues, "list_models", listed)
    return roots


@pytest.fixture
def refuse(monkeypatch) -> Callable[[str, Callable[[Path], bool]], None]:
    """A method of some paths is refused, as where the system lets nobody read them."""

    def refuse(method: str, of: Callable[[Path], bool]) -> None:
        allowed = getattr(Path, method)

        def tried(path: Path, *given):
            if of(path):
                raise PermissionError(13, "Permission denied")
            return allowed(path, *given)

        monkeypatch.setattr(Path, method, tried)

    return refuse


def test_a_model_that_is_given_by_its_folder_is_titled_beside_those_asked_for(
    out, tmp_path, looked
):
    (tmp_path / "none").mkdir()
    root = os.pathsep.join([str(tmp_path / "none"), str(out)])
    model = load_model("a/b", root)
    assert titles([model]) == {model: model.title} and looked == [root]


def test_a_model_that_is_opened_alone_has_none_beside_it(out, looked):
    model = Model.from_pretrained(out)
    assert titles([model]) == {model: model.title} and looked == []


def test_a_file_that_cannot_be_read_is_a_problem_of_the_catalogue(out, tmp_path, refuse):
    refuse("read_bytes", lambda path: path.name == DECODER)
    (problem,) = list_models(tmp_path).problems
    assert problem == "Checkpoint 'a/b': decoder.onnx cannot be read: Permission denied."


def test_a_folder_that_cannot_be_read_is_a_problem_and_leaves_the_others(out, tmp_path, refuse):
    shutil.copytree(out, tmp_path / "a" / "c")
    refuse("iterdir", lambda path: path == out)
    refuse("is_file", lambda path: path.parent == out)
    found = list_models(tmp_path)
    assert [*found.models] == ["a/c"]
    assert found.problems == ["Checkpoint 'a/b' cannot be read: Permission denied."]
