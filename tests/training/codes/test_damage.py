"""Damages do what they say, and inversion through them finds codes of what was there before."""

import numpy as np
import pytest
import torch

from tests.training.codes.test_inversion import Tiny
from training.codes.damage import BOX, Blur, LowResolution, Noise, Region, boxed
from training.codes.inversion import refine
from training.codes.priors import PRIORS
from training.errors import UserError
from training.measure.metrics import psnr

SIDE = 16
DAMAGES = [Blur(8.0), Noise(10.0), LowResolution(4.0), Region(boxed(BOX, SIDE))]


def pictures(count=3, side=SIDE):
    """Smooth images with an edge, (count, 3, side, side)."""
    t = torch.linspace(0, 3, side)
    phase = torch.arange(count * 3).view(count, 3, 1, 1)
    waves = 0.5 + 0.3 * torch.sin(t[None, None, None] + t[:, None] + phase)
    return torch.where(torch.arange(side) > side // 2, waves, 1 - waves)


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda each: type(each).__name__)
def test_a_damage_keeps_the_shape_and_has_gradients(damage):
    x = pictures().requires_grad_(True)
    y = damage(x)
    assert y.shape == x.shape
    (gradient,) = torch.autograd.grad(y.square().sum(), [x])
    assert gradient.isfinite().all() and gradient.any()
    put = damage.put_on(x.detach(), seed=1)
    assert torch.equal(put, damage.put_on(x.detach(), seed=1))
    assert torch.allclose(255 * put, (255 * put).round(), atol=1e-4) and not torch.equal(put, x)


def test_a_blur_is_scipys_gaussian_filter():
    from scipy.ndimage import gaussian_filter

    x = pictures(1)
    expected = gaussian_filter(x[0].numpy(), (0, 1.6, 1.6), mode="mirror", truncate=3.2)
    np.testing.assert_allclose(Blur(10.0)(x)[0].numpy(), expected, atol=2e-3)


def test_noise_has_the_deviation_that_it_says():
    x = torch.full((1, 3, 64, 64), 0.5)
    assert (Noise(10.0).put_on(x) - x).std().item() == pytest.approx(0.1, rel=0.03)


def test_low_resolution_is_means_of_cells():
    x = pictures(1)
    cells = LowResolution(4.0)(x)
    assert cells[0, 0, :4, 4:8].unique().item() == pytest.approx(x[0, 0, :4, 4:8].mean().item())


@pytest.mark.parametrize("strength", range(1, 9))
def test_low_resolution_of_what_has_it_already_changes_nothing(strength):
    cells = LowResolution(strength)(pictures(1))
    torch.testing.assert_close(LowResolution(strength)(cells), cells)


@pytest.mark.parametrize("strength", [1e-25, 0.001, 1.0])
def test_low_resolution_is_never_higher_than_the_picture(strength):
    x = pictures(1)
    torch.testing.assert_close(LowResolution(strength)(x), x)


def test_a_region_is_painted_out_and_all_else_comes_back_as_it_was():
    damage, x = Region(boxed((0.25, 0.5, 0.5, 0.25), SIDE)), pictures()
    inside = torch.zeros(SIDE, SIDE, dtype=torch.bool)
    inside[8:12, 4:12] = True
    y = damage.put_on(x)
    assert (y[..., inside] - 0.5).abs().max() < 0.01
    restored = damage.restored(y, x)
    torch.testing.assert_close(restored[..., ~inside], y[..., ~inside])
    torch.testing.assert_close(restored[..., inside], x[..., inside], atol=0.02, rtol=0)


@pytest.mark.parametrize("side", [4, 32, 64])
def test_a_thin_box_keeps_a_pixel_at_every_size(side):
    assert boxed((0.52, 0.5, 0.0157, 0.1), side).any()
    assert boxed((0.999, 0.999, 0.001, 0.001), side).sum() == 1
    assert not boxed((0.5, 0.5, 0, 0.5), side).any() and not boxed((1, 1, 0.5, 0.5), side).any()


@pytest.mark.parametrize("mask", [torch.zeros(4, 4).bool(), torch.ones(4, 4).bool()])
def test_a_region_of_nothing_or_everything_is_refused(mask):
    with pytest.raises(UserError, match=r"^[A-Z].*: .*\.$"):
        Region(mask)


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda each: type(each).__name__)
def test_the_right_image_restores_better_than_each_plain_method(damage):
    x = pictures()
    y = damage.put_on(x)
    restored = psnr(damage.restored(y, x), x)
    for name, plain in damage.plain.items():
        found = plain(y)
        assert found.shape == x.shape and (psnr(found, x) < restored).all(), name


@pytest.mark.parametrize("damage", [Blur(12.0), LowResolution(2.0), Region(boxed(BOX, 8))])
def test_inversion_through_a_damage_finds_the_codes(damage):
    tiny = Tiny(PRIORS["sphere"](12))
    x, z = tiny.images()
    noise = torch.randn(z.shape, generator=torch.Generator().manual_seed(3))
    start = tiny.prior.project(z + 0.2 / tiny.prior.scale * noise)
    error = (refine(tiny, damage(x), start, steps=100, damage=damage) - z).norm()
    assert error < 0.25 * (start - z).norm()
    assert error < 0.25 * (refine(tiny, damage(x), start, steps=100) - z).norm()
