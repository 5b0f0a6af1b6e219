"""What an encoder of a generator's images is trained on beside them."""

import pytest
import torch

from training.composites import composites
from training.measure.metrics import mse


def some(count: int, size: int = 32) -> torch.Tensor:
    """Smooth images, as a generator's are."""
    coarse = torch.rand(count, 3, 5, 5, generator=torch.Generator().manual_seed(0))
    return torch.nn.functional.interpolate(coarse, (size, size), mode="bilinear")


@pytest.mark.parametrize("size", [32, 64, 128])
def test_each_image_becomes_another_one_by_the_numbers_of_a_seed(size):
    x = some(16, size)
    y, again, other = (composites(x, torch.Generator().manual_seed(seed)) for seed in (1, 1, 2))
    assert torch.equal(y, again)
    assert y.shape == x.shape and y.min() >= 0 and y.max() <= 1
    assert mse(x, y).min() > 1e-4 and mse(y, other).min() > 1e-4


def test_composites_are_nearest_to_their_own_image_and_then_to_what_is_mixed_in():
    """So an encoder has something to find; on images of noise it would learn nothing."""
    x = some(256)
    y = composites(x, torch.Generator().manual_seed(1))
    own, other, unrelated = (mse(x.roll(by, 0), y).mean() for by in (0, 1, 2))
    assert own < 0.7 * unrelated and other < 0.95 * unrelated


def test_composites_are_as_exact_in_bf16_as_in_fp32():
    x, seed = some(16), torch.Generator().manual_seed
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(composites(x, seed(1)), composites(x, seed(1)))
        in_bf16 = composites(x, seed(1))
    assert torch.equal(in_bf16, composites(x, seed(1)))
