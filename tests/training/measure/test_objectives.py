"""By how much the objectives of refined codes trade sharpness for error."""

import pytest

from tests.training.conftest import CHECKPOINTS, config_of
from training import checkpoints
from training.__main__ import main
from training.codes.inversion import DEFAULT, OBJECTIVES
from training.errors import UserError
from training.frameworks import FRAMEWORKS
from training.measure.objectives import trade

COMMAND = "python -m training"


@pytest.fixture
def checkpoint(tmp_path):
    checkpoints.write(tmp_path / "faae", FRAMEWORKS["faae"](config_of("faae")), {})
    return tmp_path / "faae"


def test_each_objective_is_measured_on_the_same_images(checkpoint, folder):
    found = trade(checkpoint, (str(folder),), most=8, steps=20)
    assert [*found["figures"]] == [*OBJECTIVES]
    assert (found["steps"], found["images"], found["data"]) == (20, 8, ["pictures"])
    figures = found["figures"]
    assert figures["plain"]["mse"] == min(each["mse"] for each in figures.values())
    assert trade(checkpoint, (str(folder),), most=8, steps=20) == found


def test_the_shipped_default_keeps_sharpness_at_a_small_error():
    traded = checkpoints.read_metrics(CHECKPOINTS / "celeba32/faae")["objectives"]["figures"]
    default = next(name for name, each in OBJECTIVES.items() if each == DEFAULT)
    assert traded[default]["sharpness"] >= 0.85 and traded[default]["mse"] <= 0.0035
    assert traded["plain"]["sharpness"] < traded[default]["sharpness"]


def test_they_stand_in_the_card(checkpoint, folder, monkeypatch):
    measured = ["evaluate", str(checkpoint), "--data", str(folder), "--refine-steps", "0", "--save"]
    for arguments in (measured, ["objectives", str(checkpoint), "--data", str(folder)]):
        monkeypatch.setattr("sys.argv", [COMMAND, *arguments])
        assert main() == 0
    assert (
        "Codes refined by 50 steps on 40 images of pictures"
        in (checkpoint / "README.md").read_text()
    )


def test_what_cannot_be_measured_is_one_sentence(tmp_path, folder):
    checkpoints.write(tmp_path, FRAMEWORKS["gan"](config_of("gan")), {})
    with pytest.raises(UserError, match="no encoder"):
        trade(tmp_path, (str(folder),))
    with pytest.raises(UserError, match="Measure the checkpoint first"):
        checkpoints.add_metrics(tmp_path, objectives={})
