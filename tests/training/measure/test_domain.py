"""The score that tells pictures of another kind."""

import pytest
import torch
from torchvision.transforms.functional import to_pil_image

from tests.training.conftest import CHECKPOINTS, config_of
from training import checkpoints
from training.__main__ import main
from training.errors import UserError
from training.frameworks import FRAMEWORKS
from training.measure import domain


def test_distance_is_one_at_the_limit():
    found = {"mean": [1.0, 0.0], "precision": [[1.0, 0.0], [0.0, 4.0]], "limit": 2.0}
    points = torch.tensor([[1.0, 0.0], [3.0, 0.0], [1.0, 2.0]])
    assert domain.distance(found, points).tolist() == [0.0, 1.0, 2.0]


def test_a_shipped_model_knows_what_it_draws_and_no_noise():
    checkpoint = CHECKPOINTS / "celeba32/faae"
    framework, _ = checkpoints.read(checkpoint)
    found = checkpoints.read_metrics(checkpoint)["domain"]
    assert found["auc"] > 0.9 and found["beyond"] < 0.03
    with torch.no_grad():
        faces = framework.decode(framework.prior.sample(8, torch.Generator().manual_seed(1)))
    noise = torch.rand(8, 3, 32, 32, generator=torch.Generator().manual_seed(1))
    grey = faces.mean(1, keepdim=True).expand_as(faces)
    noisy, pale = (domain.distance(found, domain.features_by(framework, x)) for x in (noise, grey))
    assert noisy.min() > 1 and pale.median() > 1


def test_the_order_of_the_files_does_not_matter(tmp_path):
    checkpoints.write(tmp_path, FRAMEWORKS["faae"](config_of("faae")), {})
    pixels = torch.Generator().manual_seed(0)
    for name, kinds in (("held", (0.1, 1.0)), ("other", (0.4, 0.4))):
        (tmp_path / name).mkdir()
        for at in range(200):  # two kinds, by turns
            image = 0.5 + kinds[at % 2] * (torch.rand(3, 32, 32, generator=pixels) - 0.5)
            to_pil_image(image).save(tmp_path / name / f"{at:03}.png")
    found = domain.calibrate(tmp_path, (str(tmp_path / "held"),), (str(tmp_path / "other"),))
    assert found["beyond"] < 0.2


def test_the_command_writes_it_into_the_card(tmp_path, monkeypatch):
    checkpoints.write(tmp_path / "faae", FRAMEWORKS["faae"](config_of("faae")), {})
    for name, ground in (("held", 0.3), ("other", 0.8)):
        (tmp_path / name).mkdir()
        for at in range(100):
            image = ground + 0.1 * torch.rand(3, 32, 32, generator=torch.manual_seed(at))
            to_pil_image(image).save(tmp_path / name / f"{at:03}.png")
    held, other = ("--data", str(tmp_path / "held")), ("--others", str(tmp_path / "other"))
    for verb in (["evaluate", *held, "--refine-steps", "0", "--save"], ["domain", *held, *other]):
        monkeypatch.setattr("sys.argv", ["training", verb[0], str(tmp_path / "faae"), *verb[1:]])
        assert main() == 0
    card = (tmp_path / "faae" / "README.md").read_text()
    assert "tells images of other from those of held" in card


def test_a_tint_of_digits_is_none_of_another_kind():
    checkpoint = CHECKPOINTS / "mnist32/faae"
    framework, _ = checkpoints.read(checkpoint)
    found = checkpoints.read_metrics(checkpoint)["domain"]
    with torch.no_grad():
        digits = framework.decode(framework.prior.sample(32, torch.Generator().manual_seed(1)))
    grey = digits.mean(1, keepdim=True).expand_as(digits)
    tinted = grey * torch.tensor([1.0, 0.98, 0.94])[:, None, None]
    upside = 1 - grey
    plain, pale, dark = (
        domain.distance(found, domain.features_by(framework, x)) for x in (grey, tinted, upside)
    )
    assert plain.median() < 1 and pale.median() < 1 and dark.min() > 1


def test_what_cannot_be_calibrated_is_one_sentence(tmp_path, folder):
    checkpoints.write(tmp_path, FRAMEWORKS["gan"](config_of("gan")), {})
    with pytest.raises(UserError, match="no encoder"):
        domain.calibrate(tmp_path, (str(folder),), (str(folder),))
    checkpoints.write(tmp_path, FRAMEWORKS["faae"](config_of("faae")), {})
    with pytest.raises(UserError, match="at least 100 images"):
        domain.calibrate(tmp_path, (str(folder),), (str(folder),))
