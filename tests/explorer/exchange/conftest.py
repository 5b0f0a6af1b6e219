"""A small model of others, of two linear layers."""

import shutil
from pathlib import Path

import pytest
from torch import nn

from explorer import export

PX, N = 8, 4


def encoder(outputs: int = N, *end: nn.Module) -> nn.Module:
    return nn.Sequential(nn.Flatten(), nn.Linear(3 * PX * PX, outputs), *end)


def decoder(inputs: int = N, end: nn.Module | None = None) -> nn.Module:
    shape = nn.Unflatten(1, (3, PX, PX))
    return nn.Sequential(nn.Linear(inputs, 3 * PX * PX), end or nn.Sigmoid(), shape)


@pytest.fixture(scope="session")
def exported(tmp_path_factory) -> Path:
    """The folder of a model, for all tests."""
    return export(encoder(), decoder(), tmp_path_factory.mktemp("model") / "b", image_size=PX)


@pytest.fixture
def out(exported: Path, tmp_path: Path) -> Path:
    """The folder of a model a/b, to be changed."""
    return Path(shutil.copytree(exported, tmp_path / "a" / "b"))
