"""Attributes taught by a few pictures, against cases with a known answer."""

import pytest
import torch
from torch.nn.functional import normalize

from training.codes.directions import METHODS
from training.codes.teaching import FOLDS, cosines, dealt, interval, orthogonal, teach
from training.errors import UserError

SIZE = 16


def draw(count: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(count, SIZE, generator=torch.Generator().manual_seed(seed))


def taught(count: int, apart: torch.Tensor | None = None, seed: int = 1) -> tuple:
    """Lessons of `count` pictures each, of which those with the attribute lie ahead by 6 along the
    first number, and the training codes, which have twice the spread there."""
    training = draw(500)
    training[:, 0] *= 2
    z, has = draw(2 * count, seed), torch.arange(2 * count) < count
    z[has, 0] += 6
    return teach(z, has, training, dict.fromkeys(METHODS, apart)), training


@pytest.mark.parametrize("method", METHODS)
def test_few_pictures_teach_a_direction_of_one_deviation_of_the_training_codes(method):
    lessons, training = taught(12)
    lesson = lessons[method]
    unit = normalize(lesson.vector, dim=0)
    assert unit.argmax() == 0 and unit[0] > 0.5
    assert lesson.vector.norm() == pytest.approx((training @ unit).std().item(), rel=1e-4)
    assert lesson.auc > 0.8 and lesson.low > 0.5 and lesson.high <= 1
    assert lesson.cohens_d > 1 and lesson.random_d > 0


@pytest.mark.parametrize("method", METHODS)
def test_pictures_told_apart_by_chance_are_not_praised(method):
    """Each picture is left out of what scores it: a fit of 10 pictures in 16 numbers would
    separate any of them."""
    has, training = torch.arange(10) < 5, draw(500)
    lessons = [teach(draw(10, 100 + seed), has, training)[method] for seed in range(12)]
    assert 0.25 < sum(each.auc for each in lessons) / 12 < 0.65
    assert sum(each.low < 0.5 < each.high for each in lessons) >= 11


@pytest.mark.parametrize("given", [2, 3, 25])
def test_every_part_leaves_some_of_each_kind_and_has_its_share(given):
    has = torch.arange(50) < given
    for seed in range(20):
        order = torch.randperm(50, generator=torch.Generator().manual_seed(seed))
        parts = dealt(has, order)
        assert len(parts) == FOLDS and torch.cat(parts).sort().values.tolist() == [*range(50)]
        counts = torch.tensor([[len(part), has[part].sum()] for part in parts])
        assert (counts.amax(dim=0) - counts.amin(dim=0) <= 1).all()
        assert counts[:, 1].max() < given


@pytest.mark.parametrize("method", METHODS)
def test_two_pictures_of_one_kind_among_many_others_teach(method):
    z, has = draw(50, seed=1), torch.arange(50) < 2
    z[has, 0] += 12
    for seed in range(20):
        assert teach(z, has, draw(500), seed=seed)[method].auc > 0.9


@pytest.mark.parametrize("method", METHODS)
def test_any_number_of_directions_is_projected_out(method):
    third = torch.eye(SIZE)[2]
    apart = torch.stack([torch.eye(SIZE)[1] + 0.2 * torch.eye(SIZE)[0], third, 2 * third])
    lesson = taught(12, apart)[0][method]
    assert cosines(lesson.vector, apart).abs().max() < 1e-4
    assert lesson.auc > 0.85  # what is left still separates
    with pytest.raises(UserError, match="projected out"):
        taught(12, torch.eye(SIZE))


def test_a_vector_without_dependent_directions_is_orthogonal_to_them():
    a, b = draw(2)
    rest = orthogonal(draw(1, seed=3)[0], torch.stack([a, b, a + b]))
    assert (rest @ a).abs() < 1e-4 and (rest @ b).abs() < 1e-4
    assert torch.equal(orthogonal(a, None), a)


@pytest.mark.parametrize(
    ("given", "lacking", "said"),
    [(2, 0, "not 2 and 0"), (1, 0, "not 1 and 0"), (1, 1, "at least 2"), (1, 9, "not 1 and 9")],
)
def test_one_picture_or_one_class_teaches_nothing(given, lacking, said):
    z = draw(given + lacking)
    with pytest.raises(UserError, match=said) as refused:
        teach(z, torch.arange(len(z)) < given, draw(50))
    assert str(refused.value).count(". ") == 0


def test_equal_pictures_teach_nothing():
    z = draw(2).repeat(3, 1)
    with pytest.raises(UserError, match="given more than once"):
        teach(z + 1e-6 * draw(6), torch.arange(6) % 2 == 0, draw(50))


def test_equal_pictures_are_found_among_many_whose_codes_lie_far_from_the_origin():
    has, training = torch.arange(40) < 20, draw(50) + 30
    for seed in range(5):
        z = draw(40, seed) + 30
        z[39] = z[0] + 1e-5
        with pytest.raises(UserError, match="given more than once"):
            teach(z, has, training)


def test_the_interval_ends_where_the_auc_is_too_far_and_has_a_width_for_few():
    """An AUC of 0.7 of 40 and 60 pictures, by twice Hanley and McNeil's variance."""
    low, high = interval(0.7, 40, 60)
    for end in (low, high):
        a, more = end, 49
        variance = a * (1 - a) * (1 + more * ((1 - a) / (2 - a) + a / (1 + a))) / 2400
        assert abs(end - 0.7) == pytest.approx(1.96 * (2 * variance) ** 0.5, abs=1e-3)
    low, high = interval(1.0, 5, 5)
    assert 0.4 < low < 0.7 and high == 1
    assert interval(0.0, 5, 5) == pytest.approx((0, 1 - low), abs=1e-3)
    for auc in (0, 0.99999, 1):
        assert interval(auc, 20_000, 20_000) == pytest.approx((auc, auc), abs=1e-3)
