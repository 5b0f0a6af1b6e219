"""A machine's folder with a tiny campaign, before it and at its end."""

import shutil
import zipfile
from pathlib import Path

import pytest

from tests.training.conftest import draw
from training.campaigns import run as campaign
from training.campaigns.plans import Campaign, Row

SETTINGS = {
    "width": 4,
    "batch_size": 8,
    "precision": "fp32",
    "latent_size": 8,
    "image_size": 32,
    "log_every": 2,
    "checkpoint_minutes": 0.0,
    "store": "half",
}
TABLE = Campaign(
    data=("train.zip",),
    held_out=("valid.zip",),
    attributes="table.csv",
    images=80,
    point_every=32,
    settings=SETTINGS,
    runs={"one": Row("faae", "small", {"ema": 0.9, "d_width": 4})},
)


@pytest.fixture(scope="package")
def untouched(tmp_path_factory) -> Path:
    """A machine's folder, with data/train.zip, valid.zip and table.csv in it."""
    data = tmp_path_factory.mktemp("machine") / "data"
    data.mkdir()
    for name, count in (("train.zip", 40), ("valid.zip", 12)):
        with zipfile.ZipFile(data / name, "w") as archive:
            for index in range(count):
                with archive.open(f"{index:02d}.png", "w") as file:
                    draw(index).save(file, "png")
    rows = [f"{i:02d}.png,{i % 2}" for i in range(40)]
    (data / "table.csv").write_text("\n".join(["file_name,Odd", *rows]))
    return data.parent


@pytest.fixture(scope="package")
def over(untouched, tmp_path_factory) -> Path:
    """The same, with the campaign at its end."""
    place = tmp_path_factory.mktemp("over") / "machine"
    shutil.copytree(untouched, place)
    campaign.run(site(place))
    return place


@pytest.fixture
def place(untouched, tmp_path) -> Path:
    return shutil.copytree(untouched, tmp_path / "machine")


@pytest.fixture
def finished(over, tmp_path) -> Path:
    return shutil.copytree(over, tmp_path / "machine")


def site(place: Path, table: Campaign = TABLE) -> campaign.Site:
    work, into = place / "work" / "tiny", place / "checkpoints"
    return campaign.Site("tiny", table, place / "data", work, into, "cpu")
