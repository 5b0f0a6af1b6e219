"""Paths against maths typed out again, on a generator whose geodesics are known."""

import math

import numpy as np
import pytest
import torch

from tests.training.codes.test_inversion import Tiny
from training.codes.geometry import lerp, slerp
from training.codes.paths import DIRECT, beyond, energy, geodesics, length, speed, through
from training.codes.priors import PRIORS
from training.errors import UserError


class Bent:
    """Draws codes of the plane as two flat images whose values are (a, b + a^3): straight lines
    in the images are bent in the codes."""

    prior = PRIORS["normal"](2)

    def decode(self, z):
        values = torch.stack([z[:, 0], z[:, 1] + z[:, 0] ** 3, 0 * z[:, 0]], dim=1)
        return values[:, :, None, None].expand(-1, -1, 2, 2)


def keys(count, size=16, seed=0):
    draw = torch.randn(count, size, generator=torch.Generator().manual_seed(seed))
    return torch.nn.functional.normalize(draw, dim=1)


@pytest.mark.parametrize("along", DIRECT.values(), ids=DIRECT)
def test_a_path_passes_its_keyframes_and_goes_beyond_the_last(along):
    z = keys(3)
    path = through(z, frames=5, along=along, reach=1.5)
    assert len(path) == 9 + beyond(5, 1.5) == 11
    torch.testing.assert_close(path[[0, 4, 8]], z)
    torch.testing.assert_close(path[10], along(z[1], z[2], 1.5))
    torch.testing.assert_close(path[1], along(z[0], z[1], 0.25))


def test_a_spherical_path_has_constant_angular_speed_beyond_its_end_too():
    path = through(keys(2), frames=9, along=slerp, reach=1.5)
    turns = (path[1:] * path[:-1]).sum(dim=1).acos()
    torch.testing.assert_close(turns, turns.mean().expand(12), atol=1e-3, rtol=0)
    torch.testing.assert_close(path.norm(dim=1), torch.ones(13))


def test_a_path_of_one_keyframe_is_refused():
    with pytest.raises(UserError, match="two or more"):
        through(keys(1), frames=5, along=lerp)


def test_length_and_energy_are_sums_over_root_mean_squares():
    images = torch.rand(2, 5, 3, 4, 4, generator=torch.Generator().manual_seed(0))
    steps = np.sqrt((np.diff(images.numpy(), axis=1) ** 2).mean(axis=(2, 3, 4)))
    np.testing.assert_allclose(speed(images), steps, rtol=1e-5)
    np.testing.assert_allclose(length(images), steps.sum(axis=1), rtol=1e-5)
    np.testing.assert_allclose(energy(images), (steps**2).sum(axis=1), rtol=1e-5)


def test_geodesics_become_straight_in_the_images():
    bent, ends = Bent(), torch.tensor([[-1.0, 0.5], [1.0, -0.5]])
    start = through(ends, frames=9, along=slerp)[None]
    fixed = torch.tensor([True, *[False] * 7, True])
    *_, (_, found) = geodesics(bent, start, fixed, steps=400, every=400)
    images = bent.decode(found[0])
    torch.testing.assert_close(found[0, [0, -1]], start[0, [0, -1]])
    straight = math.sqrt(((images[-1] - images[0]) ** 2).mean())
    assert length(images).item() == pytest.approx(straight, rel=1e-3)
    assert energy(images).item() == pytest.approx(straight**2 / 8, rel=1e-3)


@pytest.mark.parametrize("prior", ["sphere", "normal", "box"])
@pytest.mark.parametrize("lr", [0.02, 5.0])
def test_a_geodesic_never_has_more_energy_and_keeps_keyframes_and_support(prior, lr, monkeypatch):
    monkeypatch.setattr("training.codes.paths.LR", lr)  # of 5 nothing gets better
    tiny = Tiny(PRIORS[prior](8))
    z = tiny.prior.sample(6, torch.Generator().manual_seed(0))
    paths = [tiny.prior.project(through(each, 5, slerp)) for each in (z[:3], z[3:])]
    start = torch.stack(paths)
    fixed = torch.zeros(9, dtype=torch.bool)
    fixed[[0, 4, 8]] = True

    def energies(z):
        return energy(tiny.decode(z.flatten(0, 1)).unflatten(0, (2, 9)))

    before = last = energies(start)
    for _, found in geodesics(tiny, start, fixed, steps=30, every=10):
        assert (energies(found) <= last + 1e-7).all()
        last = energies(found)
        torch.testing.assert_close(found[:, fixed], start[:, fixed])
        flat = found.flatten(0, 1)
        torch.testing.assert_close(tiny.prior.project(flat), flat)
    assert lr > 1 or (last < before).all()


def test_a_path_between_equal_pictures_stays_where_it_is():
    tiny, z = Tiny(PRIORS["sphere"](8)), keys(1, size=8).expand(2, -1)
    start = through(z, 5, slerp)[None]
    fixed = torch.tensor([True, False, False, False, True])
    *_, (_, found) = geodesics(tiny, start, fixed, steps=5)
    assert length(tiny.decode(found[0])).item() == pytest.approx(0, abs=1e-5)
