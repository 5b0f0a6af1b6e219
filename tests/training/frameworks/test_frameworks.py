"""Every registered system, by being registered."""

import contextlib
import math
from dataclasses import replace

import pytest
import torch
from torch.nn.functional import interpolate

from tests.training.conftest import config_of, heeded
from tests.training.references import REFERENCES
from training import checkpoints, losses
from training.distributed import World
from training.errors import UserError
from training.frameworks import FRAMEWORKS, Batch
from training.frameworks.base import trainable
from training.run import PhaseOptimizer, Run, autocast_for

CPU = World(0, 1, torch.device("cpu"))
SYSTEMS = pytest.mark.parametrize("name", FRAMEWORKS)
SIZES = pytest.mark.parametrize("size", [32, 64])
OPTIONS = [  # that change what a system minimises
    ("faae", {"lambda_composites": 9.0}),
    ("wae", {"penalty": "adversarial"}),
    ("soft-intro-vae", {"gamma_r": 0.5, "beta_rec": 0.3, "beta_kl": 2.0}),
    ("gan", {"gan_loss": "wasserstein"}),
    ("aegan", {"pixel_loss": "squared"}),
    ("bigan", {"stochastic": True, "prior": "sphere"}),
    ("bigan", {"code_norm": "batch"}),
    ("alice", {"stochastic": True}),
    *((each, {"pairing": True}) for each in FRAMEWORKS if heeded(FRAMEWORKS[each], {"pairing": 1})),
]


def make(name: str, size: int = 32, **overrides):
    torch.manual_seed(0)
    return FRAMEWORKS[name](config_of(name, image_size=size, **overrides))


def batch_for(framework, step: int = 1) -> Batch:
    generator = torch.Generator().manual_seed(1)
    size = framework.config.image_size
    x = torch.rand(8, 3, size, size, generator=generator)
    z = framework.prior.sample(8, generator)
    if not framework.needs_labels:
        return Batch(x, z, generator, step)
    y = torch.eye(len(framework.config.labels))[torch.arange(8) % len(framework.config.labels)]
    return Batch(x, z, generator, step, y, labelled=torch.arange(8) % 2 == 0)


@SYSTEMS
@SIZES
def test_a_phase_trains_exactly_its_networks(name, size):
    framework = make(name, size)
    for phase in framework.phases():
        framework.zero_grad(set_to_none=True)
        trainable(framework, phase)
        phase.loss(batch_for(framework))[0].backward()
        for name, network in framework.named_children():
            moved = [p.grad is not None and bool(p.grad.any()) for p in network.parameters()]
            # a bias in front of batch norm has no effect, so not every parameter need move
            assert any(moved) == (name in phase.networks), (phase.name, name)


@pytest.mark.parametrize(("name", "options"), [*((name, {}) for name in FRAMEWORKS), *OPTIONS])
def test_the_loss_is_the_equation(name, options):
    weights = {"alpha": 3.0, "lambda_adv": 0.7, "lambda_cycle": 0.4}
    weights |= {"lambda_pixel": 20.0, "lambda_code": 0.9, "encoder_noise": 0.0}
    weights |= {"lambda_kl": 0.6, "lambda_mmd": 5.0, "lambda_gp": 0.0, "r1_gamma": 0.0}
    framework = make(name, norm="none", **heeded(FRAMEWORKS[name], weights), **options)
    batch = batch_for(framework)
    assert name in REFERENCES, "re-type the objective of a new system in tests/training/references"
    with torch.no_grad():
        expected = REFERENCES[name](framework, batch)
    assert {phase.name for phase in framework.phases()} == set(expected)
    for phase in framework.phases():
        assert phase.loss(batch)[0].item() == pytest.approx(expected[phase.name], rel=1e-5)


def advance(name, images, steps, **overrides):
    run = Run(config_of(name, **overrides), CPU, images)
    return run, [run.advance(autocast_for(run.config, CPU.device)) for _ in range(steps)]


@SYSTEMS
def test_two_seeded_runs_agree(name, images):
    (one, _), (two, _) = advance(name, images, 3), advance(name, images, 3)
    for a, b in zip(one.framework.parameters(), two.framework.parameters(), strict=True):
        assert torch.equal(a, b)
    other, _ = advance(name, images, 0, seed=1)
    assert not torch.equal(one.batch().z, other.batch().z)


@SYSTEMS
def test_fifty_steps_of_a_phase_lower_its_loss(name):
    for index in range(len(make(name).phases())):
        framework = make(name, **heeded(FRAMEWORKS[name], {"r1_gamma": 0.0}))
        optimizer = PhaseOptimizer(framework, framework.phases()[index], CPU)
        losses = []
        for _ in range(50):
            # the same batch every time, with the same numbers still to draw
            losses.append(optimizer.phase.loss(batch_for(framework))[0].item())
            optimizer.step(batch_for(framework), rate=3.0, autocast=contextlib.nullcontext)
        assert min(losses[-5:]) < losses[0], optimizer.phase.name


@SYSTEMS
@SIZES
def test_a_checkpoint_gives_the_same_outputs(name, size, tmp_path):
    framework = make(name, size).eval()
    checkpoints.write(tmp_path, framework, {})
    loaded, _ = checkpoints.read(tmp_path)
    batch = batch_for(framework)
    with torch.no_grad():
        assert torch.equal(framework.decode(batch.z), loaded.decode(batch.z))
        if not framework.encodes:
            with pytest.raises(UserError, match="no encoder"):
                loaded.encode(batch.x)
            return
        assert torch.equal(framework.encode(batch.x), loaded.encode(batch.x))
        z_hat = framework.encode(batch.x)
        torch.testing.assert_close(framework.prior.project(z_hat), z_hat)


def test_composites_train_the_encoder_alone():
    """Without batch norm, by which images have to do with each other."""

    def gradients(weight):
        framework = make("faae", norm="none", lambda_composites=weight)
        phase = framework.phases()[1]
        trainable(framework, phase)
        phase.loss(batch_for(framework))[0].backward()
        return [[each.grad for each in net.parameters()] for net in (framework.G, framework.E)]

    (G, E), (G_with, E_with) = gradients(0.0), gradients(9.0)
    for a, b in zip(G, G_with, strict=True):
        torch.testing.assert_close(a, b)
    assert not any(torch.allclose(a, b) for a, b in zip(E, E_with, strict=True))


def test_noise_on_what_is_re_encoded_is_seeded_and_bounded():
    framework = make("faae", encoder_noise=0.1)
    x_hat = torch.full((64, 3, 32, 32), 0.5)
    one, two = (framework.disturbed(x_hat, torch.Generator().manual_seed(3)) for _ in range(2))
    assert torch.equal(one, two)
    deviations = (one - x_hat).flatten(1).std(dim=1)
    assert deviations.min() < 0.03 and 0.07 < deviations.max() < 0.11


@pytest.mark.parametrize("prior", ["sphere", "normal"])
def test_a_share_of_what_is_drawn_lies_between_the_codes_of_images(prior):
    framework = make("faae", morphs=0.5, prior=prior)
    batch = batch_for(framework)
    before = {name: value.clone() for name, value in framework.E.state_dict().items()}
    z, between, (kind,) = framework.codes(batch)
    assert torch.equal(z, batch.z[4:])
    for name, value in framework.E.state_dict().items():
        assert torch.equal(value, before[name]), name
    corners = framework.eval().encode(batch.x[:4])
    weights = between @ torch.linalg.pinv(corners)  # up to the norm
    assert weights.min() > -1e-4
    torch.testing.assert_close(weights @ corners, between, rtol=1e-3, atol=1e-4)
    norms, of_corners = between.norm(dim=1), corners.norm(dim=1)
    assert of_corners.min() - 1e-4 <= norms.min() and norms.max() <= of_corners.max() + 1e-4
    assert kind[:4].eq(0).all() and kind[4:, 0].eq(1).all()
    shares = weights / weights.sum(dim=1, keepdim=True)
    evenness = (1 - shares.square().sum(dim=1)) / 0.75
    torch.testing.assert_close(kind[4:, 1], evenness, rtol=1e-3, atol=1e-3)


def test_the_discriminator_is_conditioned_on_interpolation():
    class Conditioned(torch.nn.Module):
        def forward(self, x, y):
            assert x.shape[0] == y.shape[0] == 8
            return 20 * y[:, 0]

    framework = make("faae", morphs=0.5)
    framework.D = Conditioned()  # 0 for 4 of 8 images, 20 for the four of interpolated codes
    _, terms = framework.re_encode(batch_for(framework))
    assert terms["fooling"].item() == pytest.approx(4 / 8 * math.log(2))
    _, terms = framework.regularise(batch_for(framework))
    assert terms["D"].item() == pytest.approx(4 / 8 * 2 * math.log(2) + 4 / 8 * 20, rel=1e-4)


def test_each_process_has_as_many_images_as_a_step_needs():
    morphs, mmd = config_of("faae", morphs=0.5), config_of("wae", norm="none")  # of 8
    FRAMEWORKS["faae"].check(morphs)
    with pytest.raises(UserError, match="--morphs times the --batch-size of each process"):
        FRAMEWORKS["faae"].check(morphs, processes=2)
    FRAMEWORKS["wae"].check(mmd, processes=4)
    with pytest.raises(UserError, match="two images a process or more"):
        FRAMEWORKS["wae"].check(mmd, processes=8)
    normalised = config_of("aae-labels", labels=())  # those of the data, which come later
    FRAMEWORKS["aae-labels"].check(normalised, processes=4)
    with pytest.raises(UserError, match="Batch normalisation .* --batch-size 16 or more"):
        FRAMEWORKS["aae-labels"].check(normalised, processes=8)


@pytest.mark.parametrize("norm", ["batch", "spectral"])
def test_a_discriminator_may_be_normalised(norm, images):
    run, _ = advance("faae", images, 2, d_norm=norm)
    assert run.finite()


def test_a_run_may_start_from_the_networks_of_a_checkpoint(images, tmp_path):
    former = make("faae", seed=1)
    checkpoints.write(tmp_path, former, {"images_seen": 70, "images_seen_before": 7})
    run = Run(config_of("faae", start=str(tmp_path)), CPU, images)
    assert run.facts()["images_seen_before"] == 77
    for a, b in zip(former.E.parameters(), run.framework.E.parameters(), strict=True):
        assert torch.equal(a, b)
    with pytest.raises(UserError, match="--width"):
        Run(config_of("faae", start=str(tmp_path), width=16), CPU, images)
    torch.save({"framework": former.state_dict()}, tmp_path / "state.pt")
    with pytest.raises(UserError, match="another D"):
        Run(config_of("faae", start=str(tmp_path), d_width=8), CPU, images)


@pytest.mark.parametrize(
    ("nets", "doublings"), [("nested", 1), ("nested", 2), ("residual", 0), ("residual", 1)]
)
def test_networks_that_have_grown_are_at_first_as_they_were(tmp_path, nets, doublings):
    former = make("faae", seed=1).eval()
    checkpoints.write(tmp_path, former, {"images_seen": 70})
    size, width = 32 << doublings, former.config.width >> doublings
    grown = make("faae", size, nets=nets, width=width)
    assert checkpoints.copy_networks(tmp_path, grown, grown.shipped)["trained"]["images_seen"] == 70
    grown.eval()
    x, z = batch_for(former).x, batch_for(former).z
    assert torch.allclose(grown.encode(interpolate(x, size)), former.encode(x), atol=1e-5)
    logits = former.decode(z).logit()
    for _ in range(doublings):
        logits = interpolate(logits, scale_factor=2, mode="bilinear")
    assert torch.allclose(grown.decode(z), logits.sigmoid(), atol=1e-5)
    with pytest.raises(UserError, match="--width"):
        another = make("faae", size, nets=nets, width=width + 1)
        checkpoints.copy_networks(tmp_path, another, another.shipped)


def test_a_run_grows_from_the_folder_of_another_with_a_new_discriminator(images, tmp_path):
    former = make("bigan", code_norm="batch", seed=1)  # E ends in batch norm on the codes
    checkpoints.write(tmp_path, former, {"images_seen": 70})
    torch.save({"framework": former.state_dict()}, tmp_path / "state.pt")
    larger = replace(images, images=images.images.repeat(1, 1, 2, 2))
    options = {"image_size": 64, "nets": "nested", "width": former.config.width // 2}
    config = config_of("bigan", code_norm="batch", start=str(tmp_path), **options)
    run = Run(config, CPU, larger)
    x, z = batch_for(former).x, batch_for(former).z
    former.eval(), run.framework.eval()
    enlarged = interpolate(former.decode(z).logit(), scale_factor=2, mode="bilinear")
    assert torch.allclose(run.framework.decode(z), enlarged.sigmoid(), atol=1e-5)
    codes = run.framework.encode(interpolate(x, 64))
    assert torch.allclose(codes, former.encode(x), atol=1e-4)


def test_a_run_becomes_deeper_and_keeps_its_discriminator(images, tmp_path):
    former = make("faae", nets="nested", seed=1)
    checkpoints.write(tmp_path, former, {})
    torch.save({"framework": former.state_dict()}, tmp_path / "state.pt")
    deeper = Run(config_of("faae", start=str(tmp_path), nets="residual"), CPU, images).framework
    z = batch_for(former).z
    assert torch.equal(deeper.D.head.weight, former.D.head.weight)
    assert torch.allclose(deeper.eval().decode(z), former.eval().decode(z))
    checkpoints.write(tmp_path, deeper, {})
    torch.save({"framework": deeper.state_dict()}, tmp_path / "state.pt")
    with pytest.raises(UserError, match="give its --nets residual"):
        Run(config_of("faae", start=str(tmp_path), nets="nested"), CPU, images)


def test_what_a_run_does_not_train_is_the_moving_average_of_the_run_it_starts_from(
    images, tmp_path
):
    averaged, last = make("faae"), make("faae")
    for parameter in last.parameters():
        parameter.data += 1
    checkpoints.write(tmp_path, averaged, {})
    torch.save({"framework": last.state_dict()}, tmp_path / "state.pt")
    alone = Run(config_of("faae", start=str(tmp_path), train=("D",)), CPU, images).framework
    both = Run(config_of("faae", start=str(tmp_path)), CPU, images).framework
    for framework, expected in ((alone, averaged), (both, last)):
        assert torch.equal(framework.G.stem.weight, expected.G.stem.weight)
        assert torch.equal(framework.D.head.weight, last.D.head.weight)


def test_a_first_stage_is_of_the_same_size(images, tmp_path):
    checkpoints.write(tmp_path, make("faae"), {})
    options = {"image_size": 64, "nets": "nested", "width": make("faae").config.width // 2}
    with pytest.raises(UserError, match="give --image-size 32"):
        Run(config_of("indomain", first_stage=str(tmp_path), **options), CPU, images)


def test_what_a_network_has_grown_by_can_learn():
    grown = make("faae", 64, nets="nested")
    _, re_encoding = grown.phases()
    re_encoding.loss(batch_for(grown))[0].backward()
    assert all(network.detail.weight.grad.any() for network in (grown.G, grown.E))


def test_a_clustering_starts_as_sure_of_its_clusters_as_it_is_told():
    sure = {}
    for scale in (1.0, 5.0):
        framework = make("aae-cluster", logit_scale=scale)
        _, y_hat = framework.prior.split(framework.posterior(batch_for(framework)))
        sure[scale] = y_hat.amax(dim=1).mean().item()
    assert sure[1.0] < 0.5 < 0.65 < sure[5.0]


def test_r1_is_the_squared_gradient():
    framework = make("faae", r1_gamma=2.0, r1_every=5)
    batch = batch_for(framework, step=5)
    loss, terms = framework.regularise(batch)
    x = batch.x.clone().requires_grad_(True)
    (gradient,) = torch.autograd.grad(framework.D(x).sum(), x)
    assert terms["R1"].item() == pytest.approx(gradient.square().sum().item() / 8, rel=1e-4)
    assert loss.item() == pytest.approx((terms["D"] + 5 * terms["R1"]).item(), rel=1e-4)
    assert "R1" not in framework.regularise(batch_for(framework, step=6))[1]


@pytest.mark.parametrize("morphs", [0.0, 0.5])
def test_r2_is_that_of_fake_images(morphs):
    how = {"r1_gamma": 0.0, "r2_gamma": 2.0, "r1_every": 5, "norm": "none"}
    framework = make("faae-plus", morphs=morphs, **how)
    loss, terms = framework.regularise(batch_for(framework, step=5))
    _, codes, kind = framework.all_codes(batch_for(framework))
    x_hat = framework.G(codes).detach().requires_grad_(True)  # two for each image
    (gradient,) = torch.autograd.grad(framework.D(x_hat, *kind).sum(), x_hat)
    assert terms["R2"].item() == pytest.approx(gradient.square().sum().item() / 16, rel=1e-4)
    assert loss.item() == pytest.approx((terms["D"] + 5 * terms["R2"]).item(), rel=1e-4)
    assert {*terms} == {"D", "R2"}
    assert "R2" not in framework.regularise(batch_for(framework, step=6))[1]


def test_a_share_of_the_re_encoding_error_trains_g_and_all_of_it_trains_e():
    gradients = {}
    for share in (1.0, 0.25):
        alone = {"lambda_pixel": 0.0, "lambda_adv": 0.0, "alpha_share": share}
        framework = make("faae-plus", morphs=0.0, norm="none", **alone)
        loss, _ = framework.re_encode(batch_for(framework))
        weights = [framework.G.stem.weight, framework.E.head.weight]
        gradients[share] = torch.autograd.grad(loss, weights)
    (g, e), (part_of_g, all_of_e) = gradients.values()
    assert torch.allclose(part_of_g, g / 4, rtol=1e-4) and g.abs().max() > 0
    assert torch.equal(e, all_of_e)


def test_each_image_is_paired_with_as_many_others():
    real, fake = torch.tensor([0.0, 2.0]), torch.tensor([1.0, -1.0, 3.0, 0.0])
    ahead = torch.tensor([-1.0, 1.0, -1.0, 2.0])
    expected = torch.nn.functional.softplus(-ahead).mean()
    assert losses.pairing_loss(real, fake) == expected
    patches = (logits[:, None, None].expand(-1, 4, 4) for logits in (real, fake))
    assert losses.pairing_loss(*patches) == pytest.approx(expected.item())
    fooled = torch.nn.functional.softplus(ahead).mean()
    assert losses.pairing_loss(fake, real) == pytest.approx(fooled.item())
