"""Interruption, faults, and more than one process."""

import ast
import errno
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from inspect import getsource
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from tests.training import two_processes
from tests.training.conftest import config_of, draw
from training import checkpoints, distributed, log, loop, run
from training.errors import UserError
from training.frameworks import FRAMEWORKS
from training.run import STATE, Stopped

HERE = Path(__file__).parent
FIT = ["fit", "faae", "--preset", "small", "--precision", "fp32"]
NETS = ["--width", "4", "--d-width", "4", "--latent-size", "8", "--batch-size", "8"]
OFTEN = ["--log-every", "2", "--checkpoint-minutes", "0", "--device", "cpu"]


@pytest.mark.parametrize("module", [loop, run, log, distributed], ids=lambda m: m.__name__)
def test_the_loop_knows_no_framework_by_name(module):
    tree = ast.walk(ast.parse(getsource(module)))
    words = {node.value for node in tree if isinstance(node, ast.Constant)}
    words = {*words, *vars(module)} - {"inverse"}  # a schedule of the learning rate too
    assert not words & {*FRAMEWORKS, *(system.__name__ for system in FRAMEWORKS.values())}


def weights(directory: Path) -> dict[str, torch.Tensor]:
    return load_file(directory / "model.safetensors")


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
    one, two = weights(whole), weights(killed)
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


def test_a_shipped_checkpoint_is_not_written_over(folder, tmp_path):
    checkpoints.write(tmp_path / "run", FRAMEWORKS["aae"](config_of("aae")), {})
    before = weights(tmp_path / "run")
    config = config_of("aae", data=(str(folder),), out=str(tmp_path / "run"), epochs=1)
    with pytest.raises(UserError, match="holds a checkpoint: give another --out"):
        loop.fit(config)
    with pytest.raises(UserError, match="holds no run to resume"):
        loop.fit(config, resume=True)
    assert all(torch.equal(before[key], each) for key, each in weights(tmp_path / "run").items())


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
    (root / "pictures").mkdir()
    for index in range(16):
        draw(index).save(root / "pictures" / f"{index:02d}.png")
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


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("faae", {"epochs": 0.01}, "--epochs 0.01 is less than one step, of which an epoch has 2"),
        ("aae-cluster", {"batch_size": 1}, "needs two images a process: give --batch-size 2"),
        ("faae", {"start": "nowhere"}, "'nowhere' has no config.json"),
        ("faae", {"device": "mps"}, "--device mps: PyTorch sees no such GPU here"),
    ],
)
def test_what_cannot_train_is_said_before_anything_is_written(
    name, given, message, finished, tmp_path
):
    out = tmp_path / "new"
    with pytest.raises(UserError, match=message):
        loop.fit(config_of(name, data=finished["data"], out=str(out), **given))
    assert not out.exists()


def test_resume_refuses_a_state_of_other_networks(folder, tmp_path):
    out = tmp_path / "run"
    settings = {"data": (str(folder),), "out": str(out)}
    loop.fit(config_of("faae", **settings, epochs=1))
    state = torch.load(out / STATE, weights_only=True)
    del state["framework"]["D.head.bias"]
    torch.save(state, out / STATE)
    with pytest.raises(UserError, match="of an earlier version.*--start"):
        loop.fit(config_of("faae", **settings, epochs=2), resume=True)


@pytest.mark.parametrize("name", ["faae", "aae"])
def test_a_loss_that_is_not_finite_stops_with_the_last_good_checkpoint(name, folder, tmp_path):
    out = tmp_path / "run"
    settings = {"data": (str(folder),), "out": str(out), "log_every": 1, "checkpoint_minutes": 0}
    loop.fit(config_of(name, **settings, epochs=1))
    before = weights(out)
    state = torch.load(out / STATE, weights_only=True)
    state["framework"]["G.stem.weight"].fill_(float("nan"))
    torch.save(state, out / STATE)
    with pytest.raises(Stopped, match="not finite.*last good checkpoint is kept"):
        loop.fit(config_of(name, **settings, epochs=2), resume=True)
    assert all(torch.equal(before[key], value) for key, value in weights(out).items())


def test_a_full_disk_stops_with_the_last_good_checkpoint(folder, tmp_path, monkeypatch):
    out = tmp_path / "run"
    settings = {"data": (str(folder),), "out": str(out), "log_every": 1, "checkpoint_minutes": 0}
    loop.fit(config_of("aae", **settings, epochs=1))
    before = {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}

    def full(path, _):
        Path.open(path, "wb").close()  # a full disk still takes the name
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(Stopped, match="No space left.*last good checkpoint is kept"):
        loop.fit(config_of("aae", **settings, epochs=2), resume=True)
    assert before == {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}


def test_curves_that_cannot_be_written_end_no_run(folder, tmp_path, monkeypatch, capsys):
    class Full:
        def add_scalar(self, *figure):
            raise OSError(errno.ENOSPC, "No space left on device")

        add_image = close = add_scalar

    monkeypatch.setattr(log, "curves", lambda *about: Full())
    loop.fit(config_of("aae", data=(str(folder),), out=str(tmp_path / "run"), epochs=1))
    said = "No more curves are written: No space left on device."
    assert capsys.readouterr().err.count(said) == 1


def run_processes(out: Path, script: str, *arguments: str) -> list:
    """A script in two processes under torchrun; what each recorded. Everything stays on the
    loopback address: a test machine's own host name need not resolve."""
    command = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2"]
    command += ["--rdzv-backend", "c10d", "--rdzv-endpoint", "127.0.0.1:0"]
    command += ["--local-addr", "127.0.0.1", HERE / script, out, *arguments]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(HERE.parents[1])}
    if sys.platform == "linux":
        environment["GLOO_SOCKET_IFNAME"] = "lo"
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return [json.loads((out / f"{rank}.json").read_text()) for rank in range(2)]


def test_two_processes_equal_one_with_the_double_batch(tmp_path):
    first, second = run_processes(tmp_path, "two_processes.py")
    with distributed.joined("cpu") as world:
        single = two_processes.record(world)
    assert first["weights"] == second["weights"]  # a digest after every step
    noise = [tuple(drawn) for each in (first, second) for drawn in each["noise"]]
    assert len(set(noise)) == 10  # of each process its own, as of each step
    for step, seen in enumerate(single["indices"]):
        halves = [set(each["indices"][step]) for each in (first, second)]
        assert not halves[0] & halves[1]
        assert halves[0] | halves[1] == set(seen)
    for step, terms in enumerate(single["terms"]):
        for name, value in terms.items():
            mean = (first["terms"][step][name] + second["terms"][step][name]) / 2
            assert mean == pytest.approx(value, rel=1e-3), (step, name)


def test_no_process_waits_for_a_first_one_that_has_stopped(folder, tmp_path):
    first, second = run_processes(tmp_path, "stopped_leader.py", str(folder))
    assert first == "The disk is full."
    assert second == "The first process has stopped; it says why."


def test_checkpoint_of_a_run_has_what_the_app_needs(folder, tmp_path):
    table = tmp_path / "table.csv"
    rows = [f"{i:02d}.png,{i % 2},{int(i < 30)}" for i in range(40)]
    table.write_text("\n".join(["file_name,Odd,Early", *rows]))
    out = tmp_path / "run"
    loop.fit(config_of("faae", data=(str(folder),), out=str(out), epochs=1, attributes=str(table)))
    assert {p.name for p in out.iterdir()} >= {
        "model.safetensors",
        "config.json",
        "preview.png",
        "README.md",
        "latents.safetensors",
    }
    latents = checkpoints.read_latents(out)
    assert latents.names == ("Odd", "Early")
    assert latents.codes.shape == (40, 8)
    assert all(each.vectors.shape == (2, 8) for each in latents.directions.values())
    assert (latents.labels.sum(0) == torch.tensor([20, 30])).all()
    mapped = replace(latents, map=torch.rand(40, 2))
    checkpoints.write_latents(out, mapped)
    again = {"data": (str(folder),), "out": str(out), "epochs": 1, "attributes": str(table)}
    loop.fit(config_of("faae", **again), resume=True)
    assert torch.equal(checkpoints.read_latents(out).map, mapped.map)
    loop.fit(config_of("faae", **again, keep_codes=10), resume=True)
    assert checkpoints.read_latents(out).codes.shape == (10, 8)
    with pytest.raises(UserError, match="up to 40 images; it keeps the codes of 10"):
        checkpoints.find_anew(out)
    assert [*checkpoints.find_anew(out, force=True).directions] == [*latents.directions]


def test_a_run_does_not_write_among_its_own_images(tmp_path):
    config = config_of("faae", data=(str(tmp_path),), out=str(tmp_path / "run"))
    with pytest.raises(UserError, match="give a folder outside of it"):
        loop.fit(config)
    assert not any(tmp_path.iterdir())
