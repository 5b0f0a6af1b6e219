"""Attribute directions against cases with a known answer, and how they are kept."""

import numpy as np
import pytest
import torch

from tests.training.conftest import config_of
from training import __main__ as command_line
from training import checkpoints
from training.codes import directions as attributes
from training.codes.directions import METHODS, cohens_d, find_directions
from training.data import ImageSet
from training.frameworks import FRAMEWORKS


def draw(count: int, size: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(count, size, generator=torch.Generator().manual_seed(seed))


@pytest.fixture(scope="module")
def noisy():
    """Codes whose second number follows the first and is louder, labels of the first and of a
    coin, and their directions."""
    codes = draw(600, 8)
    codes[:, 1] = 2 * codes[:, 0] + 3 * codes[:, 1]
    labels = torch.stack([codes[:, 0] > 0, draw(600, 1, seed=1)[:, 0] > 0], dim=1)
    return codes, labels, find_directions(codes, labels)


@pytest.mark.parametrize("method", METHODS)
def test_a_direction_finds_its_attribute_and_is_a_deviation_long(noisy, method):
    codes, _, found = noisy
    directions = found[method]
    unit = directions.vectors[0] / directions.vectors[0].norm()
    spread = (codes @ unit).std().item()
    assert directions.vectors[0].norm().item() == pytest.approx(spread, rel=0.05)
    assert directions.auc[0] > (0.75 if method == "mean" else 0.95)
    assert 0.35 < directions.auc[1] < 0.65  # a coin has no direction
    assert directions.cohens_d[0] > 1 and directions.cohens_d[1].abs() < directions.random_d[1]
    assert directions.correlations[0, 1] == pytest.approx(
        torch.cosine_similarity(*directions.vectors, dim=0).item(), abs=1e-5
    )


def test_boundaries_ignore_what_only_goes_along_and_the_mean_does_not(noisy):
    _, _, found = noisy
    units = {name: each.vectors[0] / each.vectors[0].norm() for name, each in found.items()}
    assert units["mean"][1] > 0.7
    assert units["logistic"][0] > 0.7 and units["svm"][0] > 0.7


def test_cohens_d_is_the_difference_in_pooled_deviations():
    scores, has = draw(50, 3), torch.arange(50) % 3 == 0
    scores[has] += 2
    a, b = scores[has].numpy(), scores[~has].numpy()
    pooled = np.sqrt(
        ((len(a) - 1) * a.var(0, ddof=1) + (len(b) - 1) * b.var(0, ddof=1)) / (len(a) + len(b) - 2)
    )
    expected = (a.mean(0) - b.mean(0)) / pooled
    np.testing.assert_allclose(cohens_d(scores, has).numpy(), expected, rtol=1e-5)


def test_scores_without_a_spread_or_too_few_have_no_d():
    has = torch.tensor([True, True, False, False])
    scores = torch.stack([has.float(), torch.zeros(4), torch.arange(4.0)], dim=1)
    d = cohens_d(scores, has)
    assert d[:2].isnan().all() and d[2].isfinite()
    assert cohens_d(scores[1:3], has[1:3]).isnan().all()


def test_random_directions_stay_below_what_chance_allows():
    labels = torch.arange(2000)[:, None] % 5 == 0  # says nothing of the codes
    found = find_directions(draw(2000, 64), labels)["mean"]
    chance = 1.96 * (1 / 80 + 1 / 320) ** 0.5  # of 400 held-out codes
    assert found.random_d.item() == pytest.approx(chance, rel=0.15)


def test_an_attribute_that_nobody_has_is_not_a_number():
    labels = torch.stack([torch.zeros(60).bool(), torch.arange(60) % 2 == 0], dim=1)
    for found in find_directions(draw(60, 4), labels).values():
        assert all(each[0].isnan().all() for each in vars(found).values())
        assert all(each[1].isfinite().all() for each in vars(found).values())


def test_a_checkpoint_of_one_method_gets_them_all_by_command(tmp_path, monkeypatch, capsys):
    checkpoints.write(tmp_path, FRAMEWORKS["aae"](config_of("aae")), {})
    monkeypatch.setattr("sys.argv", ["training", "directions", str(tmp_path)])
    assert command_line.main() == 2
    assert "train with --attributes" in capsys.readouterr().err
    codes, labels = draw(60, 8), draw(60, 2, seed=1) > 0
    old = checkpoints.Latents(codes, labels, ("A", "B"), {}, map=codes[:, :2])
    checkpoints.write_latents(tmp_path, old)
    assert command_line.main() == 0
    assert [line.split("AUC")[0].strip() for line in capsys.readouterr().out.splitlines()] == [
        method.title for method in METHODS.values()
    ]
    renewed = checkpoints.read_latents(tmp_path)
    assert list(renewed.directions) == list(METHODS)
    torch.testing.assert_close(renewed.map, old.map, atol=1e-2, rtol=0)
    again = attributes.find_directions(renewed.codes, renewed.labels)
    for method, each in renewed.directions.items():
        torch.testing.assert_close(each.vectors, again[method].vectors, atol=1e-2, rtol=0)
    assert checkpoints.read_latents(tmp_path).names == old.names


def test_a_checkpoint_keeps_as_many_codes_as_asked_for_with_the_directions_of_all():
    labels = torch.arange(40)[:, None] % 2 == 0
    pixels = torch.randint(256, (40, 3, 32, 32), generator=torch.Generator().manual_seed(0))
    names = [str(index) for index in range(40)]
    known = torch.ones(40, dtype=torch.bool)
    images = ImageSet(pixels.to(torch.uint8), names, labels, ("Even",), known)
    few, every = (
        checkpoints.describe(FRAMEWORKS["aae"](config_of("aae", keep_codes=kept)).eval(), images)
        for kept in (16, 64)
    )
    assert few.codes.shape == (16, 8) and every.codes.shape == (40, 8)
    assert torch.equal(few.labels, labels[:16]) and torch.equal(every.labels, labels)
    assert all(len(each.auc) == 1 for each in few.directions.values())
