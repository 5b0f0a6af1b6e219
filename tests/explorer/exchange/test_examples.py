"""The worked examples of EXPORT.md run, and the explorer opens what they write."""

import re
from pathlib import Path

import pytest
import torch

import explorer
from explorer import load_model
from training.codes.inversion import OBJECTIVES

TEXT = (Path(explorer.__file__).parent / "EXPORT.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> tuple[Path, dict]:
    """The folder of sets that all examples wrote to, and the names of the last one."""
    folder = tmp_path_factory.mktemp("examples")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for example in EXAMPLES:
            given = {}
            exec(example, given)
    return folder / "checkpoints", given


@pytest.mark.parametrize("name", ["plain", "pythae-vae", "pythae-aae", "conv-vae"])
def test_what_an_example_writes_encodes_decodes_and_refines(written, name):
    model = load_model(f"mine/{name}", written[0])
    x = model.decode(model.sample_codes(3))
    assert x.shape == (3, 3, model.image_size, model.image_size)
    assert x.min() >= 0 and x.max() <= 1
    assert model.unrefined == ""
    z = model.encode(x)
    refined = model.refine(x, z, steps=10, **vars(OBJECTIVES["plain"]))
    assert _error(model, x, refined) < _error(model, x, z)


def test_every_example_writes_what_is_tested(written):
    names = {folder.name for folder in written[0].glob("mine/*")}
    assert names == {"plain", "pythae-vae", "pythae-aae", "conv-vae"}


def test_values_from_minus_1_to_1_become_those_from_0_to_1(written):
    root, given = written
    model = load_model("mine/conv-vae", root)
    z = model.sample_codes(2)
    with torch.no_grad():
        wanted = (given["decoder"].eval()(z) + 1) / 2
    assert (model.decode(z) - wanted).abs().max() < 1 / 255


def _error(model, x, z) -> float:
    return float((model.decode(z) - x).square().mean())
