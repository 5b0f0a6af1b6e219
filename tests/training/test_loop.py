"""What the loop refuses, and how it stops; what it leaves."""

import ast
import errno
import sys
from contextlib import suppress
from dataclasses import replace
from inspect import getsource
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from tests.training.conftest import config_of
from training import checkpoints, distributed, log, loop, run
from training.checkpoints import STATE
from training.errors import UserError
from training.frameworks import FRAMEWORKS
from training.run import Run
from training.stopped import Stopped


@pytest.mark.parametrize("module", [loop, run, log, distributed], ids=lambda m: m.__name__)
def test_the_loop_knows_no_framework_by_name(module):
    tree = ast.walk(ast.parse(getsource(module)))
    words = {node.value for node in tree if isinstance(node, ast.Constant)}
    words = {*words, *vars(module)} - {"inverse"}  # a schedule of the learning rate too
    assert not words & {*FRAMEWORKS, *(system.__name__ for system in FRAMEWORKS.values())}


def weights(directory: Path) -> dict[str, torch.Tensor]:
    return load_file(directory / "model.safetensors")


@pytest.mark.parametrize("given", [{}, {"framework": "aae"}, {"out": "run"}])
def test_settings_without_a_system_or_a_folder_are_refused(given):
    with pytest.raises(UserError, match="`training.config.resolve` gives both"):
        loop.fit(FRAMEWORKS["aae"].Options(data=("nowhere",), **given))


def test_a_shipped_checkpoint_is_not_written_over(folder, tmp_path):
    checkpoints.write(tmp_path / "run", FRAMEWORKS["aae"](config_of("aae")), {})
    before = weights(tmp_path / "run")
    config = config_of("aae", data=(str(folder),), out=str(tmp_path / "run"), epochs=1)
    with pytest.raises(UserError, match="holds a checkpoint: give another --out"):
        loop.fit(config)
    with pytest.raises(UserError, match="holds no run to resume"):
        loop.fit(config, resume=True)
    assert all(torch.equal(before[key], each) for key, each in weights(tmp_path / "run").items())


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("faae", {"epochs": 0.01}, "--epochs 0.01 is less than one step, of which an epoch has 5"),
        ("aae-cluster", {"batch_size": 1}, "needs two images a process: give --batch-size 2"),
        ("faae", {"morphs": 0.4}, "--morphs times the --batch-size of each process has to be 4"),
        ("wae", {"batch_size": 1, "norm": "none"}, "a --batch-size of two images a process"),
        ("faae", {"start": "nowhere"}, "'nowhere' has no config.json"),
        ("faae", {"device": "mps"}, "--device mps: PyTorch sees no such GPU here"),
    ],
)
def test_what_cannot_train_is_said_before_anything_is_written(
    name, given, message, folder, tmp_path
):
    out = tmp_path / "new"
    with pytest.raises(UserError, match=message):
        loop.fit(config_of(name, data=(str(folder),), out=str(out), **given))
    assert not out.exists()


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

    monkeypatch.setattr(log, "curves", lambda *about: {"terms": Full(), "measured": Full()})
    loop.fit(config_of("aae", data=(str(folder),), out=str(tmp_path / "run"), epochs=1))
    said = "No more curves are written: No space left on device."
    assert capsys.readouterr().err.count(said) == 1


def test_curves_that_are_not_written_are_told_beside_the_progress(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    assert log.curves(tmp_path, 0) == {}
    assert "tensorboard is not installed" in capsys.readouterr().err


def test_curves_are_whole_where_a_run_is_resumed(folder, tmp_path):
    events = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    settings = {"data": (str(folder),), "out": str(tmp_path / "run"), "log_every": 1}
    failed = []

    def watch(run):
        if run.images_seen == 80 and not failed:
            failed.append(run)
            raise MemoryError
        return {"seen": run.images_seen}

    for epochs in (1, 2, 2, 2):  # the second time stops, the last two are at their end already
        config = config_of("aae", **settings, epochs=epochs)
        with suppress(Stopped):
            loop.fit(config, resume=(tmp_path / "run" / STATE).is_file(), watch=watch)
    assert failed
    terms, measured = (
        events.EventAccumulator(str(tmp_path / "run" / "tensorboard" / part)).Reload()
        for part in (".", "measured")
    )
    assert measured.Tags()["scalars"] == ["figures/seen"]
    for found in (terms, measured):
        for tag in found.Tags()["scalars"]:
            assert [each.step for each in found.Scalars(tag)] == [*range(8, 81, 8)], tag
    assert [each.step for each in measured.Images("preview")] == [40, 80]


def test_too_little_memory_stops_with_what_to_do(folder, tmp_path, monkeypatch):
    out, advance = tmp_path / "run", Run.advance

    def full(run, autocast):
        if run.step == 2:
            torch.empty(2**60, dtype=torch.uint8)
        return advance(run, autocast)

    monkeypatch.setattr(Run, "advance", full)
    often = {"log_every": 1, "checkpoint_minutes": 0}
    with pytest.raises(Stopped, match="smaller --batch-size or --width; the last good checkpoint"):
        loop.fit(config_of("aae", data=(str(folder),), out=str(out), **often))
    assert checkpoints.read_config(out)["trained"]["images_seen"] == 16


def test_networks_that_the_memory_does_not_hold_are_one_sentence(folder, tmp_path, monkeypatch):
    def full(*_):
        raise torch.OutOfMemoryError("CUDA out of memory.")

    monkeypatch.setattr(run, "PhaseOptimizer", full)
    with pytest.raises(Stopped, match="smaller --batch-size or --width; no checkpoint had been"):
        loop.fit(config_of("aae", data=(str(folder),), out=str(tmp_path / "run")))
    assert not (tmp_path / "run").exists()


def test_figures_that_cannot_be_measured_take_no_training_with_them(folder, tmp_path):
    seen, config = [], config_of("aae", data=(str(folder),), out=str(tmp_path / "run"), epochs=1)

    def watch(run):
        seen.append(run.images_seen)
        if len(seen) == 1:
            raise MemoryError
        return {}

    with pytest.raises(Stopped, match="for the figures: free some, and resume the run"):
        loop.fit(config, watch=watch)
    assert checkpoints.read_config(tmp_path / "run")["trained"]["images_seen"] == 40
    loop.fit(config, resume=True, watch=watch)
    assert seen == [40, 40]


def test_a_run_that_is_short_of_memory_before_its_first_checkpoint_begins_again(folder, tmp_path):
    config = config_of("aae", data=(str(folder),), out=str(tmp_path), epochs=1, log_every=1)

    def watch(run):
        raise MemoryError

    with pytest.raises(Stopped, match="free some, and begin the run again; no checkpoint"):
        loop.fit(config, watch=watch)
    loop.fit(config)


def test_codes_that_the_memory_does_not_hold_are_found_by_resuming(folder, tmp_path, monkeypatch):
    (tmp_path / "table.csv").write_text("file_name,Odd\n00.png,0\n01.png,1\n")
    out, settings = tmp_path / "run", {"attributes": str(tmp_path / "table.csv"), "epochs": 1}
    config = config_of("faae", data=(str(folder),), out=str(out), **settings)

    def full(*_):
        raise torch.OutOfMemoryError("CUDA out of memory.")

    with monkeypatch.context() as patch, pytest.raises(Stopped, match="codes: free some, and res"):
        patch.setattr(loop, "describe", full)
        loop.fit(config)
    loop.fit(config, resume=True)
    assert checkpoints.read_latents(out).names == ("Odd",)


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
