"""Changes that leave a picture the same to people, and whether it is found again."""

import pytest
import torch

from training.measure.retrieval import CHANGES, DARK, found_again, with_sunglasses


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_changes_a_picture_and_is_the_same_each_time(name):
    x = torch.rand(3, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    once, again = (CHANGES[name](x, 0) for _ in range(2))
    assert torch.equal(once, again) and once.shape == x.shape
    assert once.min() >= 0 and once.max() <= 1 and (once - x).abs().mean() > 0.01


def test_sunglasses_lie_over_the_eyes_and_nowhere_else():
    dark = with_sunglasses(torch.ones(1, 3, 100, 100), 0)[0, 0] == DARK
    assert dark[51, 36] and dark[51, 63] and dark[51, 50]
    assert not dark[:40].any() and not dark[62:].any() and 0.03 < dark.float().mean() < 0.12


def test_a_picture_is_found_again_where_its_own_is_nearest():
    near = torch.tensor([[0.1, 0.5, 0.5], [0.4, 0.2, 0.1], [0.9, 0.8, 0.3]])
    assert found_again(near) == pytest.approx(2 / 3)
