"""What the benchmark counts, times and compares."""

import json
import sys

import pytest
import torch
from torch.nn.functional import conv2d

from tests.training.conftest import TINY, config_of
from tests.training.test_main import call
from training.benchmark import pythae as rival
from training.benchmark import step as benchmark
from training.benchmark.step import Contest, FlopCount, Ratio, Turn
from training.config import PRESETS

CPU = torch.device("cpu")


@pytest.fixture
def tiny(monkeypatch):
    """A preset that takes no time."""
    monkeypatch.setitem(PRESETS, "tiny", {**TINY, "r1_gamma": 0.1, "r1_every": 1})
    monkeypatch.setitem(benchmark.PRODUCT_SIDE, "cpu", 8)


def test_operations_are_counted_forward_backward_and_through_a_gradient():
    x = torch.randn(2, 3, 8, 8, requires_grad=True)
    weight = torch.randn(5, 3, 3, 3, requires_grad=True)
    one = 2 * (2 * 8 * 8 * 5) * (3 * 3 * 3)  # a multiplication and an addition each
    with FlopCount() as forward:
        y = conv2d(x, weight, padding=1)
    assert forward.total == one
    with FlopCount() as backward:
        (gradient,) = torch.autograd.grad(y.square().sum(), x, create_graph=True)
    assert backward.total == one
    with FlopCount() as again:
        gradient.square().sum().backward()
    assert again.total >= 2 * one
    with FlopCount() as product:
        torch.randn(4, 5) @ torch.randn(5, 6)
    assert product.total == 2 * 4 * 5 * 6


def test_turns_alternate_and_are_compared_round_by_round(monkeypatch):
    clock, order = [0.0], []
    monkeypatch.setattr("time.process_time", lambda: clock[0])

    def turn(name: str, seconds: list[float]) -> Turn:
        def play():
            order.append(name)
            clock[0] += seconds.pop(0)

        return Turn(play, work=12)

    class Slowing(Contest):
        def enter(self, config):
            self.turns |= {"a": turn("a", [9, 1, 2, 3]), "b": turn("b", [9, 2, 4, 9])}
            self.ratios.append(Ratio("a over b", "a", "b", scale=10))

    monkeypatch.setattr(benchmark, "Contest", Slowing)
    result = benchmark.benchmark(["faae"], "small", "cpu", rounds=3, steps=1)
    assert order == ["a", "b"] * 4
    assert result["rates"]["a"] == {"median": 6, "lowest": 4, "highest": 12}
    assert result["ratios"]["a over b"] == {"median": 20, "lowest": 20, "highest": 30}


def test_pythaes_own_trainer_trains_our_networks():
    config = config_of("aae", lr=0.01)
    images = torch.randint(256, (2 * config.batch_size, 3, 32, 32), dtype=torch.uint8)
    trainer = rival.trainer(config, images, CPU)
    before = {name: value.clone() for name, value in trainer.model.named_parameters()}
    assert all(map(torch.isfinite, map(torch.tensor, trainer.train_step(epoch=1))))
    moved = {
        name.split(".")[1]
        for name, value in trainer.model.named_parameters()
        if not torch.equal(value, before[name])
    }
    assert moved == {"G", "E", "D"}


@pytest.mark.parametrize("installed", [True, False])
def test_the_command_measures_with_pythae_and_without(installed, tiny, monkeypatch, capsys):
    if not installed:
        monkeypatch.delitem(sys.modules, "training.benchmark.pythae")
        monkeypatch.delattr("training.benchmark.pythae")
        monkeypatch.setitem(sys.modules, "pythae.trainers", None)
    arguments = ["benchmark", "--preset", "tiny", "--rounds", "1", "--steps", "1"]
    threads = torch.get_num_threads()
    code, out, _ = call(monkeypatch, capsys, *arguments, "--json")
    result = json.loads(out)
    assert code == 0 and torch.get_num_threads() == threads
    assert all(row["median"] > 0 for part in ("rates", "ratios") for row in result[part].values())
    assert {"faae, share of its bound", "aae, share of its bound"} <= result["ratios"].keys()
    assert ("aae, ours over pythae's" in result["ratios"]) == installed
    assert (benchmark.NO_PYTHAE in result["notes"]) != installed
    assert all(name in benchmark.table(result) for name in (*result["rates"], *result["ratios"]))


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (["--frameworks", "gnome"], "no framework to measure 'gnome'; choose from: faae, "),
        (["--rounds", "0"], "--rounds must be greater than 0"),
        (["--preset", "huge"], "no preset 'huge'"),
        (["--device", "abacus"], "There is no device 'abacus'"),
    ],
)
def test_bad_input_gets_one_sentence(option, message, monkeypatch, capsys):
    code, _, err = call(monkeypatch, capsys, "benchmark", *option)
    assert code == 2
    assert message in err and err.count("\n") == 1
