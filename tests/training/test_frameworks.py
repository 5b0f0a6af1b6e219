"""Every registered system, by being registered."""

import numpy as np
import pytest
import torch

from tests.training.conftest import config_of
from training import checkpoints
from training.distributed import World
from training.errors import UserError
from training.frameworks import FRAMEWORKS, Batch
from training.frameworks.base import trainable
from training.run import Run, autocast_for

CPU = World(0, 1, torch.device("cpu"))
SYSTEMS = pytest.mark.parametrize("name", FRAMEWORKS)
SIZES = pytest.mark.parametrize("size", [32, 64])


def make(name: str, size: int = 32, **overrides):
    torch.manual_seed(0)
    return FRAMEWORKS[name](config_of(name, image_size=size, **overrides))


def batch_for(framework, step: int = 1) -> Batch:
    generator = torch.Generator().manual_seed(1)
    size = framework.config.image_size
    x = torch.rand(8, 3, size, size, generator=generator)
    return Batch(x, framework.prior.sample(8, 8, generator), generator, step)


@SYSTEMS
@SIZES
def test_a_phase_moves_exactly_its_players(name, size):
    framework = make(name, size)
    for phase in framework.phases():
        framework.zero_grad(set_to_none=True)
        trainable(framework, phase)
        phase.loss(batch_for(framework))[0].backward()
        for player, network in framework.named_children():
            moved = [p.grad is not None and bool(p.grad.any()) for p in network.parameters()]
            # a bias in front of batch norm has no effect, so not every parameter need move
            assert any(moved) == (player in phase.players), (phase.name, player)


def softplus(v):
    return np.log1p(np.exp(-np.abs(v))) + np.maximum(v, 0)


def on_sphere(v):
    return v / np.linalg.norm(v, axis=1, keepdims=True)


def faae_losses(f, x, z):
    x_hat = f.G(z)
    real, fake = f.D(x).numpy(), f.D(x_hat).numpy()
    z_hat, z = on_sphere(f.E(x_hat).numpy()), z.numpy()
    error = ((z - z_hat) ** 2).sum(axis=1).mean()
    cycle = ((x_hat - f.G(torch.tensor(z_hat))).numpy() ** 2).mean()
    return {
        "regularisation": softplus(-real).mean() + softplus(fake).mean(),
        "re-encoding": f.config.alpha * error
        + f.config.lambda_adv * softplus(-fake).mean()
        + f.config.lambda_cycle * cycle,
    }


def faae_plus_losses(f, x, z):
    x_hat = f.G(torch.tensor(on_sphere(f.E(x).numpy())))
    levels = [
        (a.numpy(), b.numpy()) for a, b in zip(f.D.features(x), f.D.features(x_hat), strict=True)
    ]
    matching = np.mean([((a - b) ** 2).mean() / (a**2).mean() for a, b in levels])
    return faae_losses(f, x, z) | {"matching": f.config.lambda_features * matching}


def aae_losses(f, x, z):
    z_hat = torch.tensor(on_sphere(f.E(x).numpy()))
    real, fake = f.D(z).numpy(), f.D(z_hat).numpy()
    error = ((x - f.G(z_hat)).numpy() ** 2).mean()
    return {
        "regularisation": softplus(-real).mean() + softplus(fake).mean(),
        "reconstruction": f.config.alpha * error + f.config.lambda_adv * softplus(-fake).mean(),
    }


REFERENCES = {"faae": faae_losses, "faae-plus": faae_plus_losses, "aae": aae_losses}


@SYSTEMS
def test_the_loss_is_the_equation(name):
    framework = make(
        name, norm="none", alpha=3.0, lambda_adv=0.7, lambda_cycle=0.4, lambda_features=2.0
    )
    batch = batch_for(framework)
    with torch.no_grad():
        expected = REFERENCES[name](framework, batch.x, batch.z)
    assert {phase.name for phase in framework.phases()} == set(expected)
    for phase in framework.phases():
        assert phase.loss(batch)[0].item() == pytest.approx(expected[phase.name], rel=1e-5)


def advance(name, images, steps, **overrides):
    run = Run.of(config_of(name, **overrides), CPU, images)
    return run, [run.advance(autocast_for(run.config, CPU.device)) for _ in range(steps)]


@SYSTEMS
def test_two_seeded_runs_agree(name, images):
    (one, _), (two, _) = advance(name, images, 3), advance(name, images, 3)
    for a, b in zip(one.framework.parameters(), two.framework.parameters(), strict=True):
        assert torch.equal(a, b)
    other, _ = advance(name, images, 0, seed=1)
    assert not torch.equal(one.batch().z, other.batch().z)


@SYSTEMS
def test_fifty_steps_lower_the_error(name, images):
    _, terms = advance(name, images, 50, lambda_adv=0.0, schedule="constant", lr=3e-3)
    error = [next(t[k].item() for k in ("re-encoding", "reconstruction") if k in t) for t in terms]
    assert np.mean(error[-5:]) < 0.8 * np.mean(error[:5])


@SYSTEMS
@SIZES
def test_a_checkpoint_gives_the_same_outputs(name, size, tmp_path):
    framework = make(name, size).eval()
    checkpoints.write(tmp_path, framework, {})
    loaded, _ = checkpoints.read(tmp_path)
    batch = batch_for(framework)
    with torch.no_grad():
        assert torch.equal(framework.encode(batch.x), loaded.encode(batch.x))
        assert torch.equal(framework.decode(batch.z), loaded.decode(batch.z))
        assert framework.encode(batch.x).norm(dim=1).allclose(torch.ones(8))


def test_noise_on_what_is_re_encoded_is_seeded_and_bounded():
    framework = make("faae", encoder_noise=0.1)
    x_hat = torch.full((64, 3, 32, 32), 0.5)
    one, two = (framework.disturbed(x_hat, torch.Generator().manual_seed(3)) for _ in range(2))
    assert torch.equal(one, two)
    deviations = (one - x_hat).flatten(1).std(dim=1)
    assert deviations.min() < 0.03 and 0.07 < deviations.max() < 0.11


@pytest.mark.parametrize("norm", ["batch", "spectral"])
def test_a_discriminator_may_be_normalised(norm, images):
    run, _ = advance("faae", images, 2, d_norm=norm)
    assert run.finite()


def test_a_run_may_start_from_the_networks_of_a_checkpoint(images, tmp_path):
    former = make("faae", seed=1)
    checkpoints.write(tmp_path, former, {})
    run = Run.of(config_of("faae", start=str(tmp_path)), CPU, images)
    for a, b in zip(former.E.parameters(), run.framework.E.parameters(), strict=True):
        assert torch.equal(a, b)
    with pytest.raises(UserError, match="--width"):
        Run.of(config_of("faae", start=str(tmp_path), width=16), CPU, images)


def test_r1_is_the_squared_gradient():
    framework = make("faae", r1_gamma=2.0, r1_every=5)
    batch = batch_for(framework, step=5)
    loss, terms = framework.regularise(batch)
    x = batch.x.clone().requires_grad_(True)
    (gradient,) = torch.autograd.grad(framework.D(x).sum(), x)
    assert terms["R1"].item() == pytest.approx(gradient.square().sum().item() / 8, rel=1e-4)
    assert loss.item() == pytest.approx((terms["D"] + 5 * terms["R1"]).item(), rel=1e-4)
    assert "R1" not in framework.regularise(batch_for(framework, step=6))[1]


@pytest.mark.parametrize("policy", ["color", "translation", "cutout"])
def test_augmentation_changes_images_and_lets_gradients_through(policy):
    framework = make("faae", augment=(policy,))
    batch = batch_for(framework)
    x = batch.x.clone().requires_grad_(True)
    seen = framework.judge(x, torch.Generator().manual_seed(0))
    assert not torch.allclose(seen, framework.D(batch.x))
    (gradient,) = torch.autograd.grad(seen.sum(), x)
    assert gradient.flatten(1).any(dim=1).all()
