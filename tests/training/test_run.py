"""One training's parts, where they differ from PyTorch's own."""

from contextlib import nullcontext
from dataclasses import replace
from functools import partialmethod

import pytest
import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from tests.training.conftest import config_of
from training.distributed import World
from training.errors import UserError
from training.frameworks import FRAMEWORKS
from training.precision import resolved
from training.run import Average, PhaseOptimizer, Run, autocast_for
from training.stopped import Stopped

CPU = World(0, 1, torch.device("cpu"))


def test_the_moving_average_is_pytorchs_but_short_at_first():
    framework = FRAMEWORKS["faae"](config_of("faae", ema=0.3))
    mine = Average(framework)

    def towards(averaged, current, count):
        decay = min(0.3, int(count) / (10 + int(count)))
        get_ema_multi_avg_fn(decay)(averaged, current, count)

    reference = AveragedModel(framework, multi_avg_fn=towards, use_buffers=True)
    assert mine.state_dict().keys() == reference.state_dict().keys()
    for _ in range(8):
        with torch.no_grad():
            for tensor in (*framework.parameters(), *framework.buffers()):
                tensor.add_(1)
        mine.update_parameters(framework)
        reference.update_parameters(framework)
    theirs = reference.state_dict()
    for name, value in mine.state_dict().items():
        assert torch.equal(value, theirs[name]) or name.endswith("num_batches_tracked")


@pytest.mark.parametrize(("native", "chosen"), [(True, "bf16"), (False, "fp32")])
def test_a_gpu_that_emulates_bf16_computes_in_fp32(native, chosen, monkeypatch):
    monkeypatch.setattr(torch.cuda, "device", nullcontext)
    monkeypatch.setattr(
        torch.cuda,
        "is_bf16_supported",
        lambda including_emulation=True: including_emulation or native,
    )
    assert resolved("auto", torch.device("cuda")) == chosen


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@pytest.mark.parametrize("name", ["faae", "aae"])
def test_no_step_makes_a_gpu_wait(name, images):
    device = torch.device("cuda")
    config = config_of(name, ema=0.9, r1_gamma=0.1, r1_every=2, precision="bf16")
    run, autocast = Run(config, World(0, 1, device), images), autocast_for(config, device)
    run.advance(autocast)
    torch.cuda.set_sync_debug_mode("error")
    try:
        for _ in range(2 * run.batches.steps_per_epoch):
            run.advance(autocast)
    finally:
        torch.cuda.set_sync_debug_mode("default")


@pytest.mark.parametrize("name", ["faae", "alae"])
def test_compiled_networks_train_alike_and_are_stored_alike(name, images, monkeypatch):
    without_compiler = partialmethod(torch.nn.Module.compile, backend="aot_eager")
    monkeypatch.setattr(torch.nn.Module, "compile", without_compiler)
    terms, keys = [], []
    for compiled in (False, True):
        config = config_of(name, ema=0.9, r1_gamma=0.1, r1_every=2, compile=compiled)
        run = Run(config, CPU, images)
        steps = [run.advance(autocast_for(config, torch.device("cpu"))) for _ in range(3)]
        terms.append([{name: float(term) for name, term in step.items()} for step in steps])
        keys.append(run.state()["framework"].keys())
    assert keys[0] == keys[1]
    for eager, compiled in zip(*terms, strict=True):
        assert compiled == pytest.approx(eager, rel=1e-3)


@pytest.mark.parametrize("name", ["D", "E"])
def test_a_network_that_is_not_to_learn_stands_still_in_all(name, images):
    config = config_of("faae", train=(name,), morphs=0.5)
    run = Run(config, CPU, images)
    before = {key: value.clone() for key, value in run.framework.state_dict().items()}
    for _ in range(2):
        run.advance(autocast_for(config, torch.device("cpu")))
    after = run.framework.state_dict().items()
    assert {key.split(".")[0] for key, value in after if not value.equal(before[key])} == {name}


def test_what_is_to_learn_must_be_one_of_the_networks(images):
    with pytest.raises(UserError, match="faae to train 'A'; choose from: D, G, E"):
        Run(config_of("faae", train=("A",)), CPU, images)


def test_statistics_that_are_not_finite_are_not_saved(images, tmp_path):
    run = Run(config_of("aae", out=str(tmp_path / "run")), CPU, images)
    next(run.framework.G.buffers()).fill_(torch.inf)
    with pytest.raises(Stopped, match="not finite at step 0; no checkpoint had been written yet"):
        run.save()
    assert not (tmp_path / "run").exists()


def test_weights_that_cannot_be_stored_stop_a_run(images, tmp_path):
    run = Run(config_of("aae", out=str(tmp_path), store="half"), CPU, images)
    run.save()
    torch.nn.init.constant_(run.framework.G.stem.bias, 1e5)
    with pytest.raises(Stopped, match="with --store float32; the last good checkpoint is kept in"):
        run.save()


def test_a_run_names_the_gpu_that_it_uses(images, monkeypatch):
    run = Run(config_of("aae"), CPU, images)
    run.world = World(0, 1, torch.device("cuda:1"))
    monkeypatch.setattr(torch.cuda, "get_device_name", str)
    assert run.facts()["hardware"] == "1 x cuda:1"


def test_phases_name_their_figures_apart(images):
    run = Run(config_of("aae"), CPU, images)
    alike = [replace(phase, loss=run.framework.regularise) for phase in run.framework.phases()]
    run.phases = [PhaseOptimizer(run.framework, phase, CPU) for phase in alike[:1] * 2]
    with pytest.raises(TypeError, match="two phases name a figure alike: D"):
        run.advance(autocast_for(run.config, CPU.device))
