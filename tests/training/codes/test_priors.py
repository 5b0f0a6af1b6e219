"""What every prior promises, and what is particular to some."""

import gc
from weakref import ref

import pytest
import torch
from torch import nn
from torch.nn.functional import normalize

from training.codes.priors import (
    PRIORS,
    Box,
    Mixture,
    Normal,
    OneHot,
    PushedForward,
    Sphere,
    SwissRoll,
    Switches,
    joint,
)
from training.codes.typical import distance
from training.errors import UserError

ALL = [
    *(kind(2) for kind in PRIORS.values()),
    OneHot(5),
    Switches(3),
    joint(Sphere(6), OneHot(4)),
]


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("prior", ALL, ids=str)
def test_draws_are_seeded_and_on_the_support(prior):
    z = prior.sample(50, generator())
    assert z.shape == (50, prior.size) and z.dtype == torch.float32
    assert torch.equal(z, prior.sample(50, generator()))
    assert not torch.equal(z, prior.sample(50, generator(1)))
    torch.testing.assert_close(prior.project(z), z)
    far = 3 * torch.randn(50, prior.size, generator=generator())
    for back in (prior.project(far), prior.squash(far)):
        torch.testing.assert_close(prior.project(back), back)


@pytest.mark.parametrize("prior", ALL, ids=str)
def test_descent_goes_on_wherever_a_step_has_led(prior):
    z = prior.project(3 * torch.randn(50, prior.size, generator=generator()))
    h = prior.unsquash(z).requires_grad_(True)
    torch.testing.assert_close(prior.squash(h), z, atol=0.011, rtol=0)
    torch.sin(3 * prior.squash(h)).sum().backward()
    assert (h.grad != 0).all()


@pytest.mark.parametrize("prior", ALL, ids=str)
def test_a_network_can_be_led_from_anywhere_to_the_support(prior):
    h = (3 * torch.randn(50, prior.size, generator=generator())).requires_grad_(True)
    torch.sin(prior.squash(h)).sum().backward()  # a plain sum would be constant for classes
    assert (h.grad != 0).any(dim=1).all()


def test_each_part_of_a_code_has_its_scale():
    prior = joint(Sphere(9), Switches(2))
    assert prior.scale.tolist() == [3] * 9 + [1] * 2
    assert prior.scale_on("meta").is_meta and Sphere(9).scale_on("meta") == 3


@pytest.mark.parametrize("prior", [Sphere(8), Normal(8), Mixture(2)], ids=str)
def test_less_spread_is_nearer_to_the_middle(prior):
    wide, narrow = (prior.sample(400, generator(), spread) for spread in (1.0, 0.2))
    assert narrow.var(dim=0).sum() < wide.var(dim=0).sum()


@pytest.mark.parametrize("prior", [Mixture(2), SwissRoll(2)], ids=str)
def test_a_class_has_its_own_part_of_the_plane(prior):
    classes = torch.arange(10).repeat(100)
    z = prior.sample_of(classes, generator())
    assert (prior.class_of(z) == classes).float().mean() > 0.95
    with pytest.raises(UserError, match="--latent-size 2"):
        type(prior)(3)


def test_the_nearest_distribution_over_classes():
    z = torch.tensor([[0.2, 0.3, 0.5], [5.0, 0.0, 0.0], [0.6, 0.6, -4.0]])
    expected = torch.tensor([[0.2, 0.3, 0.5], [1.0, 0.0, 0.0], [0.5, 0.5, 0.0]])
    torch.testing.assert_close(OneHot(3).project(z), expected)


@pytest.mark.parametrize("prior", ALL, ids=str)
def test_half_of_what_a_prior_draws_is_nearer_than_one(prior):
    off = distance(prior, prior.sample(400, generator(5)))
    assert off.median() == pytest.approx(1, abs=0.25)


def test_what_is_drawn_of_a_prior_does_not_keep_its_network():
    prior = PushedForward(4, Normal(4), nn.Linear(4, 4))
    kept = ref(prior.network)
    assert distance(prior, torch.zeros(1, 4)) > 0
    del prior
    gc.collect()
    assert kept() is None


def test_codes_of_another_norm_or_shape_are_far_from_a_prior():
    draw = torch.randn(1, 256, generator=generator())
    spike = torch.eye(256)[:1]
    assert distance(Normal(256), 1.5 * draw) > 3 < distance(Box(256), torch.zeros(1, 256))
    assert distance(Sphere(256), spike) > 3 and distance(Mixture(2), torch.zeros(1, 2)) > 3
    assert distance(joint(Normal(8), OneHot(4)), torch.full((1, 12), 9.0)) > 3


@pytest.mark.parametrize("prior", ALL, ids=str)
def test_descent_brings_codes_nearer_to_a_prior(prior):
    h = prior.unsquash(prior.project(3 * torch.randn(20, prior.size, generator=generator())))
    far = distance(prior, prior.squash(h))
    for _ in range(20):
        h = h.detach().requires_grad_(True)
        (gradient,) = torch.autograd.grad(distance(prior, prior.squash(h)).square().sum(), h)
        assert gradient.isfinite().all()
        h = h - 0.02 * normalize(gradient, dim=1)
    assert distance(prior, prior.squash(h)).mean() < far.mean()


def test_each_part_of_a_code_is_interpolated_as_its_prior_has_it():
    prior, evenly = joint(Normal(64), Switches(3)), torch.full((4, 1, 1), 1 / 4)
    codes = prior.sample(4, generator())[:, None]  # (4, 1, 67)
    style, labels = prior.split(prior.between(codes, evenly))
    norms = codes[..., :64].norm(dim=-1)
    assert style.norm() == pytest.approx(float(norms.mean()), rel=1e-5)
    torch.testing.assert_close(labels, codes[..., 64:].mean(dim=0))
    plane = Mixture(2).sample(4, generator())[:, None]
    torch.testing.assert_close(Mixture(2).between(plane, evenly), plane.mean(dim=0))
    assert Sphere(8).between(codes[..., :8], evenly).norm() == pytest.approx(1, rel=1e-5)
