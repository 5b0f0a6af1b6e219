"""The worked examples of EXPORT.md run, and the explorer opens what they write."""

import re
from pathlib import Path

import pytest
import torch

import explorer
from explorer import load_model

TEXT = (Path(explorer.__file__).parent / "EXPORT.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES, ids=["plain", "pythae", "conv-vae"])
def test_an_example_runs_and_what_it_writes_is_a_model(example, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    given = {}
    exec(example, given)
    folders = sorted(tmp_path.glob("checkpoints/mine/*"))
    assert folders
    for folder in folders:
        model = load_model(f"mine/{folder.name}", tmp_path / "checkpoints")
        x = model.decode(model.sample_codes(3))
        assert x.shape == (3, 3, model.image_size, model.image_size)
        assert x.min() >= 0 and x.max() <= 1
        assert model.unrefined == ""
        z = model.encode(x)
        refined = model.refine(x, z, steps=10)
        assert _error(model, x, refined) < _error(model, x, z)


def test_values_from_minus_1_to_1_become_those_from_0_to_1(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    given = {}
    exec(EXAMPLES[2], given)
    model = load_model("mine/conv-vae", tmp_path / "checkpoints")
    z = model.sample_codes(2)
    with torch.no_grad():
        wanted = (given["decoder"].eval()(z) + 1) / 2
    assert (model.decode(z) - wanted).abs().max() < 1 / 255


def _error(model, x, z) -> float:
    return float((model.decode(z) - x).square().mean())
