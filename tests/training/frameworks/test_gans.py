"""What is particular to the systems around GANs: two stages, penalties, the papers' networks."""

import copy
from dataclasses import replace

import pytest
import torch

from tests.training.conftest import config_of
from tests.training.frameworks.test_frameworks import CPU, batch_for, make
from training import checkpoints, loop, losses
from training.config import PRESETS, resolve
from training.errors import UserError
from training.frameworks import FRAMEWORKS
from training.run import Run, autocast_for

STANDING = [name for name, system in FRAMEWORKS.items() if system.first_stages]


@pytest.fixture(params=STANDING)
def stage(request, tmp_path):
    """A system that stands on another, and the checkpoint of such a one."""
    former = make(FRAMEWORKS[request.param].first_stages[0])
    with torch.no_grad():
        for parameter in former.parameters():
            parameter += 0.01  # not what a run's own seed would make
    checkpoints.write(tmp_path, former, {})
    return request.param, tmp_path


def test_the_first_stage_is_taken_and_never_changes(stage, images):
    name, directory = stage
    former, _ = checkpoints.read(directory)
    config = config_of(name, first_stage=str(directory), ema=0.9)
    run = Run(config, CPU, images)
    before = copy.deepcopy(run.framework.state_dict())
    for _ in range(3):
        run.advance(autocast_for(config, CPU.device))
    for framework in (run.framework, run.best):
        for key, value in framework.G.state_dict().items():
            assert torch.equal(value, former.G.state_dict()[key]), key
    assert not run.framework.G.training
    moved = {
        k.split(".")[0] for k, v in run.framework.state_dict().items() if (v != before[k]).any()
    }
    assert moved == {name for phase in run.framework.phases() for name in phase.networks}
    assert "G" not in moved


def test_a_first_stage_that_does_not_fit_is_named(stage, images, tmp_path):
    name, directory = stage

    def refused(match: str, **settings):
        with pytest.raises(UserError, match=match):
            Run(config_of(name, **{"first_stage": str(directory), **settings}), CPU, images)

    refused("--width", width=8)
    refused("--latent-size 8", latent_size=4)
    refused("--prior", prior="normal" if config_of(name).prior == "sphere" else "sphere")
    other = tmp_path / "other"
    checkpoints.write(other, make("alae"), {})
    refused(
        f"checkpoint of alae: give one of {FRAMEWORKS[name].first_stages[0]}",
        first_stage=str(other),
    )


def test_a_first_stage_is_asked_for_or_refused(tmp_path):
    with pytest.raises(UserError, match="--first-stage the checkpoint of gan"):
        loop.fit(config_of("aegan", out=str(tmp_path / "run")))
    with pytest.raises(UserError, match="faae has no option first_stage; it has: .*morphs"):
        config_of("faae", first_stage="x")


def test_the_gradient_penalty_holds_a_slope_at_one():
    real, fake = torch.randn(2, 6, 5)
    for slope in (0.0, 1.0, 3.0):
        weight = torch.zeros(5)
        weight[2] = slope
        penalty = losses.gradient_penalty(
            lambda v, w=weight: v @ w, real, fake, torch.Generator().manual_seed(0)
        )
        assert penalty.item() == pytest.approx((slope - 1) ** 2, abs=1e-6)


def test_the_gradient_penalty_is_taken_between_real_and_fake():
    seen = []

    def critic(v):
        seen.append(v.detach())
        return v.square().flatten(1).sum(dim=1)

    real, fake = torch.zeros(64, 3, 4, 4), torch.ones(64, 3, 4, 4)
    penalty = losses.gradient_penalty(critic, real, fake, torch.Generator().manual_seed(0))
    share = seen[0][:, 0, 0, 0]
    assert torch.equal(seen[0], share[:, None, None, None].expand_as(real))
    assert 0 <= share.min() < 0.1 and 0.9 < share.max() <= 1
    expected = (2 * share * 48**0.5 - 1).square().mean()  # the gradient is 2 v
    assert penalty.item() == pytest.approx(expected.item(), rel=1e-4)


@pytest.mark.parametrize("name", ["gan", "aaae"])
def test_a_critic_feels_its_penalty(name):
    phase, loss = (0, {"gan_loss": "wasserstein"}) if name == "gan" else (2, {})
    framework, stronger = (make(name, lambda_gp=weight, **loss) for weight in (0.0, 10.0))
    without, terms = framework.phases()[phase].loss(batch_for(framework))
    given, _ = stronger.phases()[phase].loss(batch_for(stronger))
    assert given.item() == pytest.approx((without + 10 * terms["penalty"]).item(), rel=1e-4)


def test_a_critic_is_penalised_between_the_images_that_it_sees():
    framework, seen = make("gan", gan_loss="wasserstein", augment=("cutout",)), []
    framework.D.register_forward_pre_hook(lambda _, given: seen.append(given[0].detach()))
    framework.criticise(batch_for(framework))
    x, x_hat, v = seen
    assert torch.equal(v, v.clamp(torch.minimum(x, x_hat), torch.maximum(x, x_hat)))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"pairing": True}, "^--pairing goes with --gan-loss softplus: leave one of them out.$"),
        ({"r2_gamma": 0.1}, "^--r2-gamma goes with --gan-loss softplus: leave one of them out.$"),
        ({"d_features": True}, "^--d-features goes with --gan-loss softplus"),
        ({"d_norm": "batch"}, "at each image alone, .*: give --d-norm none or spectral.$"),
    ],
)
def test_what_a_critic_cannot_have_is_refused(given, said):
    gan = FRAMEWORKS["gan"]
    gan.check(config_of("gan", **{**given, "d_features": False}))
    with pytest.raises(UserError, match=said):
        gan.check(config_of("gan", gan_loss="wasserstein", **given))


@pytest.mark.parametrize("preset", PRESETS)
def test_a_critic_goes_with_every_common_preset(preset):
    gan = FRAMEWORKS["gan"]
    gan.check(resolve(gan, preset, {"gan_loss": "wasserstein", "width": 4, "d_width": 4}))


def test_r1_of_patches_is_of_their_mean():
    framework = make("aaae", r1_gamma=2.0, r1_every=4)
    batch = batch_for(framework, step=8)
    x = batch.x.clone().requires_grad_(True)
    (gradient,) = torch.autograd.grad(framework.D(x).flatten(1).mean(dim=1).sum(), x)
    _, terms = framework.discriminate(batch)
    assert terms["R1"].item() == pytest.approx(gradient.square().sum().item() / 8, rel=1e-4)


@pytest.mark.parametrize("critic_steps", [1, 2, 3])
def test_r1_is_as_strong_on_average_however_seldom_the_discriminator_moves(images, critic_steps):
    settings = {"critic_steps": critic_steps, "r1_gamma": 2.0, "r1_every": 4}
    run = Run(config_of("aaae", **settings), CPU, images)
    played = [run.advance(autocast_for(run.config, CPU.device)) for _ in range(8 * critic_steps)]
    assert ["R1" in terms for terms in played if "D" in terms] == 2 * [True, False, False, False]
    loss, terms = run.framework.discriminate(batch_for(run.framework, step=0))
    assert loss.item() == pytest.approx((terms["D"] + 4 * terms["R1"]).item(), rel=1e-4)


def test_some_phases_wait_for_their_step(images):
    run = Run(config_of("gan", gan_loss="wasserstein", critic_steps=3), CPU, images)
    played = [set(run.advance(autocast_for(run.config, CPU.device))) for _ in range(4)]
    assert ["G" in terms for terms in played] == [True, False, False, True]
    assert all("penalty" in terms for terms in played)


@pytest.mark.parametrize(("name", "network"), [("aaae", "A"), ("alae", "F")])
def test_what_an_approximator_draws_follows_its_weights(name, network):
    framework = make(name)
    copied = copy.deepcopy(framework)  # as the moving average does
    with torch.no_grad():
        for weights in getattr(copied, network).layers[-1].parameters():
            weights.neg_()
    one, two = (f.prior.sample(4, torch.Generator().manual_seed(0)) for f in (framework, copied))
    torch.testing.assert_close(two, -one)
    assert framework.prior != copied.prior and framework.prior == framework.prior


def test_codes_of_alae_are_standardised():
    w = make("alae").prior.sample(64, torch.Generator().manual_seed(0))
    torch.testing.assert_close(w.mean(dim=0), torch.zeros(8), atol=1e-5, rtol=0)
    torch.testing.assert_close(w.var(dim=0, unbiased=False), torch.ones(8), atol=1e-2, rtol=0)


def test_codes_of_fake_images_leave_batch_norms_statistics_alone():
    framework = make("soft-intro-vae")
    before = copy.deepcopy(framework.G.state_dict())
    x = framework.decode_fake(torch.randn(4, 8))
    assert framework.G.training and x.requires_grad
    for name, value in framework.G.state_dict().items():
        assert torch.equal(value, before[name]), name


@pytest.mark.parametrize("name", ["bigan", "alice"])
def test_normed_codes_have_the_mean_and_the_variance_of_the_prior(name):
    framework = make(name, prior="normal", code_norm="batch", latent_size=16)
    codes = framework.encode(batch_for(framework).x)
    torch.testing.assert_close(codes.mean(0), torch.zeros(16), atol=1e-4, rtol=0)
    torch.testing.assert_close(codes.var(0, correction=0), torch.ones(16), atol=0.05, rtol=0)


def test_alice_draws_in_training_what_it_draws_afterwards():
    framework = make("alice")
    batch = batch_for(framework)
    batch = replace(batch, z=3 * batch.z)  # far from the codes of images
    for module in framework.G.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = None  # the mean of all that it has seen
    framework.discriminate(batch)
    _, terms = framework.match(batch)
    framework.G.eval()
    again = losses.pixel_error(batch.x, framework.decode(framework.encode(batch.x)))
    assert again.item() == pytest.approx(terms["cycle"].item(), rel=3e-4)


def test_labels_that_are_not_known_are_read_from_the_image():
    framework = make("icgan")
    batch = batch_for(framework)
    y_hat = 1 - 0.9 * batch.y  # the opposite of what is known
    y = framework.completed(batch, y_hat)
    assert torch.equal(y[batch.labelled], batch.y[batch.labelled])
    assert torch.equal(y[~batch.labelled], 1 - batch.y[~batch.labelled])


# Multiplications' weights of the tables, by hand: kernel area x in x out, a layer each
AEGAN_G = 100 * 8192 + 25 * (512 * 256 + 256 * 128 + 128 * 64 + 64 * 3)
AEGAN_D = 25 * (3 * 64 + 64 * 128 + 128 * 256 + 256 * 512) + 8192
AEGAN_E = AEGAN_D - 8192 + 8192 * 100
AEGAN_PAIRS = 25 * (3 * 64 + 64 * 128 + 128 * 256 + 356 * 512 + 2 * 512 * 512) + 512
AAAE_E = 16 * (3 * 64 + 64 * 128 + 128 * 256 + 256 * 512 + 512 * 1024) + 4096 * 128
AAAE_G = 128 * 4096 + 16 * (1024 * 512 + 512 * 256 + 256 * 128 + 128 * 64) + 9 * 64 * 3
AAAE_D = 16 * (3 * 64 + 64 * 128 + 128 * 256 + 256 * 512) + 9 * 512
AAAE_A = 64 * 512 + 2 * 512 * 512 + 512 * 128
AAAE_D_C = 128 * 512 + 2 * 512 * 512 + 512


@pytest.mark.parametrize(
    ("name", "preset", "weights"),
    [
        ("gan", "aegan", {"G": AEGAN_G, "D": AEGAN_D}),
        ("aegan", "aegan", {"G": AEGAN_G, "E": AEGAN_E}),
        ("bigan", "aegan", {"G": AEGAN_G, "E": AEGAN_E, "D": AEGAN_PAIRS}),
        (
            "aaae",
            "aaae",
            {"E": AAAE_E, "G": AAAE_G, "D": AAAE_D, "A": AAAE_A, "D_c": AAAE_D_C},
        ),
    ],
)
def test_a_papers_preset_has_the_networks_of_its_tables(name, preset, weights):
    with torch.device("meta"):
        framework = FRAMEWORKS[name](resolve(FRAMEWORKS[name], preset, {}))
    for name, network in framework.named_children():
        kernels = [p for p in network.parameters() if p.ndim > 1]
        assert sum(p.numel() for p in kernels) == weights[name], name


@pytest.mark.parametrize("nets", ["aegan", "aaae", "nested", "residual"])
@pytest.mark.parametrize("name", ["faae", "bigan", "aaae"])
def test_other_networks_serve_every_system_at_every_size(nets, name):
    for size in (32, 128):
        framework = make(name, size, nets=nets, d_norm="batch")
        for phase in framework.phases():
            assert phase.loss(batch_for(framework))[0].isfinite()
