"""A checkpoint as a pair: what it says of itself, and what a stop while it is written leaves."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest
import torch

from explorer.__main__ import main
from explorer.exchange import describe, export_checkpoint
from explorer.exchange.description import MODEL, read
from explorer.exchange.export import Networks
from tests.explorer.exchange.conftest import N, decoder
from tests.training.conftest import config_of
from training import checkpoints
from training.checkpoints import METRICS
from training.errors import UserError
from training.frameworks import FRAMEWORKS

# The package has functions of these names
describing, exporting = (import_module(f"explorer.exchange.{n}") for n in ("describe", "export"))


@pytest.fixture
def checkpoint(tmp_path) -> Callable[..., Path]:
    def write(**settings) -> Path:
        folder = tmp_path / "set" / "aae"
        checkpoints.write(folder, FRAMEWORKS["aae"](config_of("aae", **settings)), {})
        return folder

    return write


def test_a_pair_has_the_whole_licence_and_the_crop_of_its_checkpoint(
    checkpoint, tmp_path, monkeypatch
):
    export_checkpoint(checkpoint(licence="x" * 300, crop="none"), tmp_path / "out", "set/aae")
    said, asked = read(tmp_path / "out"), []
    assert (said.licence, said.crop) == ("x" * 300, "none")

    def load(*how):
        asked.append(how)
        raise UserError("that is enough")

    monkeypatch.setattr(describing, "load", load)
    with pytest.raises(UserError, match="enough"):
        describe(tmp_path / "out", "pictures")
    assert asked == [(("pictures",), said.image_size, "none", "")]


def test_what_no_description_holds_is_one_sentence(checkpoint, tmp_path):
    with pytest.raises(UserError, match="cannot be exported: name "):
        export_checkpoint(checkpoint(), tmp_path / "out", "x" * 300)
    assert not (tmp_path / "out").exists()


def test_a_stop_while_a_pair_is_written_leaves_none_that_seems_whole(out, tmp_path, monkeypatch):
    beside, description = tmp_path / METRICS, read(out)
    beside.write_text("{}")
    networks = Networks(None, decoder().requires_grad_(False).eval())
    write = exporting.write_atomically

    def stopped(path, how):
        if path.name == METRICS:
            raise OSError("no space left")
        write(path, how)

    monkeypatch.setattr(exporting, "write_atomically", stopped)
    with pytest.raises(OSError, match="no space"):
        networks.write(out, description, torch.zeros(2, N), [beside])
    assert not (out / MODEL).exists()
    monkeypatch.undo()
    networks.write(out, description, torch.zeros(2, N), [beside])
    assert read(out) == description and (out / METRICS).read_text() == "{}"


def test_a_model_that_is_onnx_already_is_not_written_as_such(out, tmp_path, capsys):
    given = ["export", "a/b", "--onnx", str(tmp_path / "onnx"), "--checkpoints", str(tmp_path)]
    assert main(given) == 2
    assert f"a/b is ONNX already: copy '{out}'." in capsys.readouterr().err
    assert not (tmp_path / "onnx").exists()
