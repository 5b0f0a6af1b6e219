"""The tables of restored images and of faces ranked by paths, on tiny systems."""

import shutil
from dataclasses import replace

import pytest
import torch

from tests.training.conftest import config_of
from tests.training.report.conftest import TRAINED
from training import checkpoints
from training.__main__ import main
from training.errors import UserError
from training.frameworks import FRAMEWORKS
from training.report import ranking, restoration


def test_every_damage_is_measured_by_every_method(place, monkeypatch):
    monkeypatch.setattr(restoration, "BATCH", 2)
    folders = [place / "tiny" / name for name in ("late", "plain")]
    content = restoration.restoration(folders, (str(place / "pictures"),), images=3, steps=2)
    assert content["images"] == 3 and set(content["damages"]) == set(restoration.MEASURED)
    for methods in content["damages"].values():
        assert {"as it is", "VAE, encoder", "VAE, restored", "GAN, restored"} <= set(methods)
        assert "GAN, encoder" not in methods  # it has none
        assert all(0 <= each["above_plain"] <= 1 for each in methods.values())
    assert "| middle painted out | biharmonic |" in restoration.page(content)


@pytest.mark.parametrize("other", [{"image_size": 64}, {"crop": "none"}], ids=str)
def test_checkpoints_of_different_sizes_or_crops_give_one_sentence(place, tmp_path, other):
    config = replace(config_of("gan"), **other)
    checkpoints.write(tmp_path, FRAMEWORKS["gan"](config), TRAINED)
    with pytest.raises(UserError, match=r"^The checkpoints are of different .* or crops: .*\.$"):
        restoration.restoration([place / "tiny" / "plain", tmp_path], (str(place / "pictures"),))


def test_checkpoints_of_one_name_are_told_apart_and_without_any_it_is_said(place, tmp_path):
    shutil.copytree(place / "tiny" / "plain", tmp_path / "plain")
    folders, sources = [place / "tiny" / "plain", tmp_path / "plain"], (str(place / "pictures"),)
    content = restoration.restoration(folders, sources, images=1, steps=1)
    named = {f"{folder}, restored" for folder in folders}
    assert all(named <= methods.keys() for methods in content["damages"].values())
    with pytest.raises(UserError, match="Give the folders of checkpoints"):
        restoration.restoration([], sources)


def test_distances_are_compared_by_the_labels_of_the_nearest(place, monkeypatch):
    monkeypatch.setattr(ranking, "STEPS", 2)
    sources, table = (str(place / "pictures"),), str(place / "table.csv")
    content = ranking.ranking(place / "tiny" / "early", sources, table, faces=15)
    assert content["images"] == 15 and content["labels"] == 2
    assert "geodesic length" in content["nearest"] and "spherical length" in content["all"]
    for kind, each in content["all"].items():
        assert 0 <= each["in_order"] <= 1
        assert kind == ranking.CODE or each["nearest_gain"][0] <= each["nearest_gain"][1]
    assert "| geodesic length |" in ranking.page(content)
    with pytest.raises(UserError, match="no encoder"):
        ranking.ranking(place / "tiny" / "plain", sources, table)


def test_faces_of_a_named_dataset_are_ranked_on_its_held_out_part(place, monkeypatch):
    def load(*_, train=True, **__):
        raise UserError(f"training part: {train}")

    monkeypatch.setattr(ranking.data, "load", load)
    with pytest.raises(UserError, match="training part: False"):
        ranking.ranking(place / "tiny" / "early", ("digits",), "classes")


@pytest.mark.parametrize(
    ("verb", "options", "said"),
    [
        ("ranking", ["--faces", "15", "--attributes", "table.csv"], "| geodesic length |"),
        ("restoration", ["--images", "2", "--steps", "1"], "| F-AAE, restored |"),
    ],
)
def test_the_commands_print_these_tables(place, verb, options, said, monkeypatch, capsys):
    monkeypatch.chdir(place)
    monkeypatch.setattr(ranking, "STEPS", 2)
    given = [verb, "tiny/early", "--data", "pictures", *options]
    monkeypatch.setattr("sys.argv", ["training", *given])
    assert main() == 0
    assert said in capsys.readouterr().out


def test_a_ranking_by_the_labels_themselves_is_in_order():
    labels = torch.rand(12, 6, generator=torch.Generator().manual_seed(0)) < 0.5
    shared = (labels[:, None] == labels[None]).float().mean(dim=2)
    distance = (1 - shared).fill_diagonal_(torch.inf)
    assert ranking.in_order(distance, shared).mean() == pytest.approx(1)
    assert ranking.in_order(-distance.fill_diagonal_(-torch.inf), shared).mean() < 0.01
    best = shared.clone().fill_diagonal_(-1).amax(dim=1)
    distance = (1 - shared).fill_diagonal_(torch.inf)
    torch.testing.assert_close(ranking.agreement(distance, shared, 1), best)
