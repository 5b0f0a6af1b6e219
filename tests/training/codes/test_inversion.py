"""Recovery and refinement on a generator whose codes can be told from its pictures."""

import pytest
import torch

from tests.training.conftest import CHECKPOINTS, config_of
from training import checkpoints
from training.codes.inversion import (
    DRAWS,
    LOSSES,
    OBJECTIVES,
    Objective,
    domain_error,
    hybrid,
    inverse_curvature,
    recover,
    recovery,
    refine,
)
from training.codes.priors import PRIORS, OneHot, Switches, joint
from training.codes.typical import distance
from training.errors import UserError
from training.frameworks import FRAMEWORKS
from training.losses import laplacian_energy, sharpness_errors
from training.measure.evaluate import evaluate
from training.report.card import measured_on

SUPPORTS = [
    *(kind(2) for kind in PRIORS.values()),
    *(PRIORS[name](12) for name in ("sphere", "normal", "box")),
    OneHot(5),
    joint(PRIORS["normal"](4), Switches(3)),
    joint(PRIORS["box"](4), OneHot(4)),
    joint(PRIORS["sphere"](16), Switches(3)),
]


class Tiny:
    """A tiny generator: a random layer, so that every entry of a code shows in every pixel."""

    def __init__(self, prior):
        self.prior = prior
        draw = torch.randn(prior.size, 3 * 8 * 8, generator=torch.Generator().manual_seed(1))
        self.weights = draw / prior.size**0.5

    def decode(self, z):
        return (self.prior.scale / 2 * z @ self.weights).sigmoid().unflatten(1, (3, 8, 8))

    def images(self, count=6):
        """Images (count, 3, 8, 8) of codes from the prior, and the codes."""
        z = self.prior.sample(count, torch.Generator().manual_seed(2))
        return self.decode(z), z


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("prior", SUPPORTS, ids=str)
def test_recovery_finds_codes_on_the_support(prior, loss):
    tiny = Tiny(prior)
    x, z = tiny.images()
    found = recover(tiny, x, steps=150, starts=6, loss=loss)
    torch.testing.assert_close(prior.project(found), found)
    error = (prior.scale * (found - z)).abs().amax(dim=1)
    assert error.median() < 0.05  # a code at the wall of a box may be thrown back in the last steps


@pytest.mark.parametrize("prior", SUPPORTS, ids=str)
def test_refinement_comes_from_nearby_codes_to_the_codes(prior):
    tiny = Tiny(prior)
    x, z = tiny.images()
    noise = torch.randn(z.shape, generator=torch.Generator().manual_seed(3))
    start = prior.project(z + 0.2 / prior.scale * noise)
    found = refine(tiny, x, start, steps=150)
    torch.testing.assert_close(prior.project(found), found)
    assert (found - z).norm() < 0.2 * (start - z).norm()
    assert torch.equal(refine(tiny, x, start, steps=0), start)


def test_errors_are_in_the_scale_of_each_entry():
    prior = joint(PRIORS["sphere"](16), Switches(3))
    z = torch.full((1, 19), 0.25)
    torch.testing.assert_close(domain_error(Tiny(prior), z, z + 1 / prior.scale), torch.ones(1))


def test_all_steps_stay_on_the_support():
    for prior in SUPPORTS:
        tiny = Tiny(prior)
        x, _ = tiny.images()
        for _, codes in recovery(tiny, x, steps=20, starts=3):
            torch.testing.assert_close(prior.project(codes), codes)


@pytest.mark.parametrize("name", ["box", "sphere"])
def test_a_seed_decides_all(name):
    tiny = Tiny(PRIORS[name](12))
    x, z = tiny.images()
    first, again, other = (recover(tiny, x, steps=3, seed=seed) for seed in (0, 0, 1))
    assert torch.equal(first, again) and not torch.equal(first, other)
    assert torch.equal(refine(tiny, x, 3 * z), refine(tiny, x, 3 * z))


def test_more_starts_are_no_worse():
    tiny = Tiny(PRIORS["normal"](12))
    x, _ = tiny.images()
    errors = [
        (tiny.decode(recover(tiny, x, steps=2, starts=starts)) - x).square().flatten(1).mean(1)
        for starts in (1, 16)
    ]
    assert (errors[1] <= errors[0] + 1e-7).all() and errors[1].mean() < errors[0].mean()


@pytest.mark.parametrize("prior", SUPPORTS, ids=str)
def test_an_image_has_the_same_code_alone_and_in_a_batch(prior):
    tiny = Tiny(prior)
    x, _ = tiny.images()
    alone, together = (recover(tiny, each, steps=12, starts=3) for each in (x[2:3], x))
    assert alone.allclose(together[2:3], atol=1e-4)


def test_codes_stream_and_no_step_follows_when_closed():
    tiny = Tiny(PRIORS["sphere"](4))
    x, z = tiny.images()
    assert [step for step, _ in hybrid(tiny, x, z, steps=10, every=4)] == [4, 8, 10]
    assert [step for step, _ in recovery(tiny, x, steps=10, every=4)] == [0, 4, 8, 10]
    decoded = []
    tiny.decode = lambda z: decoded.append(z) or Tiny.decode(tiny, z)
    for stream in (hybrid(tiny, x, z, steps=10, every=4), recovery(tiny, x, steps=10, every=4)):
        next(stream), next(stream)
        asked = len(decoded)
        stream.close()
        assert list(stream) == [] and len(decoded) == asked


def test_recovery_begins_at_the_draws_of_least_loss():
    tiny = Tiny(PRIORS["normal"](4))
    x, _ = tiny.images()
    [(_, found)] = recovery(tiny, x, steps=0)
    draws = tiny.prior.sample(DRAWS, torch.Generator().manual_seed(0))
    errors = (tiny.decode(draws) - x[:, None]).square().flatten(2).mean(dim=2)  # (B, DRAWS)
    assert torch.equal(found, draws[errors.argmin(dim=1)])


def test_the_curvature_says_by_how_much_entries_show():
    tiny = Tiny(PRIORS["normal"](2))
    tiny.weights = tiny.weights * torch.tensor([[0.1], [1.0]])
    inverse = inverse_curvature(tiny, torch.device("cpu"))
    torch.testing.assert_close(inverse, inverse.mT)
    assert 5 < inverse[0, 0] / inverse[1, 1] < 1 / 0.1**2  # damped


def test_what_cannot_be_done_is_one_sentence():
    tiny = Tiny(PRIORS["sphere"](4))
    x, z = tiny.images()
    with pytest.raises(UserError, match="1 to 256 random codes, not at 0"):
        recover(tiny, x, starts=0)
    with pytest.raises(UserError, match="no loss 'l7'; choose from: squared, cross-entropy"):
        refine(tiny, x, z, loss="l7")


def test_an_image_that_is_white_but_for_rounding_has_a_cross_entropy():
    tiny, white = Tiny(PRIORS["normal"](4)), torch.ones(1, 3, 32, 32)
    found = Objective("cross-entropy", damage=lambda x: x + 1e-7)
    assert 0 <= found.of(tiny, white, torch.zeros(1, 4), white) < 2e-6


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_every_system_can_be_inverted(name):
    framework = FRAMEWORKS[name](config_of(name)).eval()
    z = framework.prior.sample(2, torch.Generator().manual_seed(2))
    with torch.no_grad():
        x = framework.decode(z)
    (_, first), *_, (_, last) = recovery(framework, x, steps=15, starts=2)
    with torch.no_grad():
        before, after = ((framework.decode(code) - x).square().mean() for code in (first, last))
    assert after < before


def test_a_system_without_an_encoder_is_measured_by_recovery(tmp_path, folder):
    checkpoints.write(tmp_path, FRAMEWORKS["gan"](config_of("gan")), {})
    measured = evaluate(tmp_path, (str(folder),), refine_steps=3, refine_images=5)
    figures = measured["figures"]
    assert {"mse_refined", "sharpness_refined", "frechet"} <= figures.keys()
    assert not {"mse", "reencoding_error", "morph_middle"} & figures.keys()
    assert "recovery from the 4 nearest of 256 samples in 3 steps on 5 of them" in measured_on(
        measured
    )


class Blurring(Tiny):
    """A tiny generator with an encoder, whose images cannot show all detail."""

    encodes = True

    def encode(self, x):
        x = x.clamp(0.01, 0.99).logit().flatten(1)
        solved = x @ torch.linalg.pinv(self.weights) * 2 / self.prior.scale
        return self.prior.project(0.8 * solved)  # off, as encoders are


def test_each_term_lowers_what_it_is_for():
    tiny = Blurring(PRIORS["normal"](12))
    x = torch.rand(4, 3, 8, 8, generator=torch.Generator().manual_seed(4))
    z = tiny.prior.sample(4, torch.Generator().manual_seed(5))
    lowered = {
        "prior_weight": lambda z: distance(tiny.prior, z).clamp_min(1),
        "domain_weight": lambda z: domain_error(tiny, z, tiny.encode(tiny.decode(z))),
        "sharpness_weight": lambda z: sharpness_errors(x, tiny.decode(z)),
    }
    plain = refine(tiny, x, z, steps=60)
    for term, measure in lowered.items():
        found = refine(tiny, x, z, steps=60, **{term: 1.0})
        assert measure(found).mean() < 0.9 * measure(plain).mean(), term


def test_an_objective_without_an_encoder_has_no_in_domain_term():
    tiny = Tiny(PRIORS["sphere"](12))
    tiny.encodes = False
    x, z = tiny.images()
    plain, other = (refine(tiny, x, 3 * z, steps=5, domain_weight=each) for each in (0, 1))
    assert torch.equal(plain, other)


def test_a_finished_objective_is_the_sum_of_its_terms():
    tiny = Blurring(PRIORS["normal"](12))
    x, z = tiny.images()[0].flip(0), 2 * tiny.images()[1]
    off = (distance(tiny.prior, z) - 1).clamp_min(0).square()
    parts = (tiny.decode(z) - x).square().flatten(1).mean(1), off
    parts += domain_error(tiny, z, tiny.encode(tiny.decode(z))), sharpness_errors(x, tiny.decode(z))
    weighed = sum(weight * part for weight, part in zip((1, 2, 3, 4), parts, strict=True))
    assert torch.allclose(Objective("squared", 2, 3, 4)(tiny, x, z), weighed)


def sharpened(framework):
    """Images sharper than it draws, and their codes."""
    with torch.no_grad():
        x = framework.decode(framework.prior.sample(8, torch.Generator().manual_seed(1)))
        x = (x + 0.5 * (x - x.roll(1, -1))).clamp(0, 1)
        return x, framework.encode(x)


def test_the_default_keeps_f_aae_sharp_and_the_plain_one_does_not():
    framework, _ = checkpoints.read(CHECKPOINTS / "celeba32/faae")
    x, z = sharpened(framework)
    ratio = []
    for objective in ("sharp", "plain"):
        x_hat = framework.decode(refine(framework, x, z, 30, **vars(OBJECTIVES[objective])))
        ratio.append(laplacian_energy(x_hat).mean() / laplacian_energy(x).mean())
    assert ratio[0] > 1.1 * ratio[1]
