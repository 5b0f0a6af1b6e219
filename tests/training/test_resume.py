"""Interruption: what a resumed run goes on with, and what it refuses."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from tests.training.conftest import config_of, draw_into
from training import checkpoints, loop
from training.checkpoints import STATE
from training.errors import UserError
from training.run import Run
from training.stopped import Stopped

FIT = ["fit", "faae", "--preset", "small", "--precision", "fp32"]
NETS = ["--width", "4", "--d-width", "4", "--latent-size", "8", "--batch-size", "8"]
OFTEN = ["--log-every", "2", "--checkpoint-minutes", "0", "--device", "cpu"]


def stamp(path: Path) -> int:
    """When a file was written last; 0 before the first time."""
    return path.stat().st_mtime_ns if path.is_file() else 0


def command(*arguments: str | Path) -> list:
    """Training in a process of its own, so that nothing that other tests have loaded or set has a
    part in how numbers are rounded."""
    return [sys.executable, "-m", "training", *arguments]


def test_a_killed_and_resumed_run_is_bit_identical(folder, tmp_path):
    common = [*FIT, *NETS, *OFTEN, "--data", str(folder), "--epochs", "8"]
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    subprocess.run(command(*common, "--out", whole), check=True)
    for resume in ([], ["--resume"]):
        before = stamp(killed / STATE)
        begun = command(*common, "--out", killed, *resume)
        process = subprocess.Popen(begun, stderr=subprocess.DEVNULL)
        while stamp(killed / STATE) == before:
            assert process.poll() is None
            if (killed / "config.json").is_file():
                checkpoints.read(killed)  # whole at any moment
            time.sleep(0.1)  # the run needs the cores, too
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert torch.load(killed / STATE, weights_only=True)["step"] < 40
    subprocess.run(command(*common, "--out", killed, "--resume"), check=True)
    one, two = (load_file(run / "model.safetensors") for run in (whole, killed))
    assert one.keys() == two.keys()
    assert all(torch.equal(one[key], two[key]) for key in one)


def test_a_run_is_resumed_without_what_it_began_with(folder, tmp_path):
    first, then = tmp_path / "first", tmp_path / "then"
    given = {"data": (str(folder),), "start": str(first)}
    loop.fit(config_of("aae", data=given["data"], out=str(first), epochs=1))
    loop.fit(config_of("aae", **given, out=str(then), epochs=1))
    shutil.rmtree(first)
    loop.fit(config_of("aae", **given, out=str(then), epochs=2), resume=True)
    trained = checkpoints.read_config(then)["trained"]
    assert (trained["images_seen_before"], trained["images_seen"]) == (40, 80)


def test_resume_refuses_other_settings(folder, tmp_path):
    config = config_of("aae", data=(str(folder),), out=str(tmp_path / "run"), epochs=1)
    loop.fit(config)
    with pytest.raises(UserError, match="holds a run: add --resume"):
        loop.fit(config)
    other = config_of("aae", data=(str(folder),), out=str(tmp_path / "run"), epochs=1, lr=0.5)
    with pytest.raises(UserError, match="lr = 0.0003, not 0.5"):
        loop.fit(other, resume=True)


def test_a_resumed_run_may_be_stored_and_licensed_otherwise(folder, tmp_path):
    out, settings = tmp_path / "run", {"data": (str(folder),), "epochs": 1}
    loop.fit(config_of("aae", **settings, out=str(out)))
    before = (out / "model.safetensors").stat().st_size
    changed = {"store": "half", "licence": "CC0"}
    loop.fit(config_of("aae", **settings, out=str(out), **changed), resume=True)
    assert changed.items() <= checkpoints.read_config(out)["settings"].items()
    assert "licence: CC0" in (out / "README.md").read_text()
    assert (out / "model.safetensors").stat().st_size < 0.6 * before


STATES = {
    "cut": lambda path, state: path.write_bytes(path.read_bytes()[:-500]),
    "a flipped byte": lambda path, state: flip(path),
    "empty": lambda path, state: path.write_bytes(b""),
    "text": lambda path, state: path.write_text("[]"),
    "a list": lambda path, state: torch.save([1], path),
    "no step": lambda path, state: torch.save({**state, "step": -1}, path),
    "no networks": lambda path, state: torch.save({**state, "framework": None}, path),
    "one optimiser": lambda path, state: torch.save(
        {**state, "optimizers": state["optimizers"][:1]}, path
    ),
    "others' optimisers": lambda path, state: torch.save(
        {**state, "optimizers": state["optimizers"][::-1]}, path
    ),
    **{
        f"without {part}": lambda path, state, part=part: torch.save(
            {name: each for name, each in state.items() if name != part}, path
        )
        for part in ("config", "step", "seconds", "framework", "averaged", "optimizers")
    },
}


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> dict:
    """Settings of a run that has come to its end."""
    root = tmp_path_factory.mktemp("finished")
    draw_into(root / "pictures", 16)
    settings = {"data": (str(root / "pictures"),), "out": str(root / "run")}
    loop.fit(config_of("faae", **settings, epochs=1))
    return settings


@pytest.mark.parametrize("fault", STATES)
def test_a_damaged_state_is_one_sentence(fault, finished, tmp_path):
    out = Path(shutil.copytree(finished["out"], tmp_path / "run"))
    STATES[fault](out / STATE, torch.load(out / STATE, weights_only=True))
    files = {path.name for path in out.rglob("*")}
    with pytest.raises(UserError, match="state.pt' is damaged: put a whole copy"):
        loop.fit(config_of("faae", data=finished["data"], out=str(out), epochs=2), resume=True)
    assert {path.name for path in out.rglob("*")} == files
    if not re.search("network|framework|cut|byte|empty|text|list", fault):
        return  # --start needs the networks alone
    other = config_of("faae", data=finished["data"], out=str(tmp_path / "new"), start=str(out))
    with pytest.raises(UserError, match="state.pt' is damaged: put a whole copy"):
        loop.fit(other)
    assert not (tmp_path / "new").exists()


def test_a_sound_state_is_not_called_damaged_where_memory_is_short(finished, monkeypatch):
    def full(*_, **__):
        return torch.empty(2**60, dtype=torch.uint8)

    monkeypatch.setattr(torch, "load", full)
    with pytest.raises(UserError, match="state.pt' cannot be read: there is too little memory"):
        loop.fit(config_of("faae", **finished, epochs=2), resume=True)


def test_weights_too_large_for_half_precision_are_kept_by_resuming(folder, tmp_path, monkeypatch):
    settings = {"data": (str(folder),), "out": str(tmp_path / "run"), "epochs": 1}
    grown = Run.advance

    def grow(run, autocast):
        torch.nn.init.constant_(run.framework.G.stem.bias, 1e5)
        return grown(run, autocast)

    with monkeypatch.context() as patch, pytest.raises(Stopped, match="no checkpoint") as said:
        patch.setattr(Run, "advance", grow)
        loop.fit(config_of("aae", **settings, store="half"))
    assert "too large for --store half: resume the run with --store float32;" in str(said.value)
    loop.fit(config_of("aae", **settings, store="float32"), resume=True)
    assert checkpoints.read_config(tmp_path / "run")["trained"]["images_seen"] == 40


def test_resume_refuses_more_steps_than_it_has(finished, tmp_path):
    out = Path(shutil.copytree(finished["out"], tmp_path / "run"))
    state = torch.load(out / STATE, weights_only=True)
    torch.save({**state, "step": 10**9}, out / STATE)
    with pytest.raises(UserError, match="has made 1000000000 steps, more than the 4 of --epochs 2"):
        loop.fit(config_of("faae", data=finished["data"], out=str(out), epochs=2), resume=True)


def test_resume_refuses_other_images(finished, tmp_path):
    out = Path(shutil.copytree(finished["out"], tmp_path / "run"))
    pictures = Path(shutil.copytree(finished["data"][0], tmp_path / "pictures"))
    config = config_of("faae", data=(str(pictures),), out=str(out), epochs=2)
    former = torch.load(out / STATE, weights_only=True)
    torch.save({**former, "config": checkpoints.portable(config)}, out / STATE)
    (pictures / "00.png").rename(pictures / "0.png")
    with pytest.raises(UserError, match="was trained on 16 images, of other names; give the same"):
        loop.fit(config, resume=True)
    (pictures / "0.png").unlink()
    with pytest.raises(UserError, match="was trained on 16 images, not 15; give the same --data"):
        loop.fit(config, resume=True)
    former = torch.load(out / STATE, weights_only=True)
    del former["images"]  # an earlier version stored none
    torch.save(former, out / STATE)
    loop.fit(config, resume=True)


def test_resume_refuses_a_state_of_other_networks(folder, tmp_path):
    out = tmp_path / "run"
    settings = {"data": (str(folder),), "out": str(out)}
    loop.fit(config_of("faae", **settings, epochs=1))
    state = torch.load(out / STATE, weights_only=True)
    del state["framework"]["D.head.bias"]
    torch.save(state, out / STATE)
    with pytest.raises(UserError, match="of an earlier version.*--start"):
        loop.fit(config_of("faae", **settings, epochs=2), resume=True)
