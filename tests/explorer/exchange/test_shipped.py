"""Every shipped model as ONNX, against PyTorch."""

import pytest
import torch

from explorer.__main__ import main
from explorer.catalogue import catalogue
from explorer.engine import Model
from tests.explorer.conftest import CHECKPOINTS

NAMES = sorted(f"{path.parent.name}/{path.name}" for path in CHECKPOINTS.glob("*/*/"))
KEPT = 1e-3


def test_export_needs_a_model(capsys):
    assert main(["export", "--onnx", "pair"]) == 2
    assert "python -m explorer models" in capsys.readouterr().err


@pytest.mark.parametrize("name", NAMES)
def test_the_pair_of_a_shipped_model_gives_the_same(name, pairs):
    model, folder = catalogue(str(CHECKPOINTS)).models[name], pairs(name)
    assert folder.joinpath("decoder.onnx").stat().st_size < 3.1e6
    pair = Model(folder, name)
    codes = model.sample_codes(4, seed=1)
    x = model.decode(codes)
    assert (pair.decode(codes) - x).abs().max() < 1 / 255
    assert (pair.decode(codes[:1]) - x[:1]).abs().max() < 1 / 255
    assert (pair.sample_codes(4, seed=1) - codes).abs().max() < KEPT * codes.abs().max() + KEPT
    assert pair.encodes == model.encodes
    if model.encodes:
        z = model.encode(x)
        assert (pair.encode(x) - z).abs().max() < KEPT * z.abs().max().clamp_min(1)
    assert pair.unrefined == ""
    described = ("title", "image_size", "latent_size", "shows", "code_labels", "metrics", "system")
    assert [getattr(pair, each) for each in described] == [getattr(model, e) for e in described]
    if model.latents:
        assert torch.equal(pair.latents.codes, model.latents.codes)
