"""Three tiny checkpoints, compared, and what reads their table."""

import json
import shutil
from pathlib import Path
from types import MappingProxyType

import pytest
import torch

from tests.training.conftest import config_of, draw_into
from training import checkpoints
from training.checkpoints import describe
from training.data import load
from training.frameworks import FRAMEWORKS
from training.report import compare
from training.report.compare import Request

TRAINED = {"images_seen": 1_830_400, "hours": 1.5, "hardware": "an abacus"}
ABOUT = {"training_images": 50_000, "epochs": 1.0, "torch": torch.__version__}
SYSTEMS = {"late": "vae", "early": "faae", "plain": "gan"}  # by names, not in their order


@pytest.fixture(scope="package")
def made(tmp_path_factory) -> Path:
    """A folder of `pictures`, a `table.csv` of them, and the checkpoints of `tiny`, compared."""
    place = tmp_path_factory.mktemp("made")
    draw_into(place / "pictures", 20)
    rows = [f"{i:02d}.png,{i % 2},{int(i > 6)}" for i in range(20)]
    (place / "table.csv").write_text("\n".join(["file_name,Odd,Late", *rows]))
    images = load((str(place / "pictures"),), 32, attributes=str(place / "table.csv"))
    torch.manual_seed(0)
    for name, system in SYSTEMS.items():
        framework = FRAMEWORKS[system](config_of(system)).eval().requires_grad_(False)
        checkpoints.write(place / "tiny" / name, framework, TRAINED)
        if framework.encodes:
            checkpoints.write_latents(place / "tiny" / name, describe(framework, images))
    compare.compare(place / "tiny", request(place))
    return place


@pytest.fixture
def place(made, tmp_path) -> Path:
    return shutil.copytree(made, tmp_path / "made")


def request(place: Path, **others) -> Request:
    return Request((str(place / "pictures"),), **others)


def known(place: Path) -> dict:
    return json.loads((place / "tiny" / "compare.json").read_text())


def cells(text: str) -> dict[str, dict[str, str]]:
    """Of the first table, by system and column."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    header, _, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {row[0]: dict(zip(header, row, strict=True)) for row in rows}


def row(framework: str, settings: dict = MappingProxyType({}), **figures: float) -> dict:
    title = FRAMEWORKS[framework].title
    return {"title": title, "framework": framework, "settings": settings, "figures": figures}
