"""Whatever stands in place of a checkpoint's files: it is read as before, or one sentence names it,
and neither takes memory that its weights do not need."""

import contextlib
import hashlib
import json
import os
import resource
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file

from explorer.engine import Model
from tests.training.conftest import config_of
from training import checkpoints
from training.checkpoints import CheckpointError, Directions, Latents
from training.checkpoints.files import reading, write_json
from training.frameworks import FRAMEWORKS

FIGURES = {"mse": 0.1, "frechet": 2}
MEASURED = {"images": 4, "data": ["x.zip"], "refined": {"steps": 1, "images": 4}, "features": "f"}
NESTED = "[" * 9000 + "]" * 9000
ODD = ["[]", "null", '"text"', "3", "NaN", "", "\xff", NESTED, '{"figures": ' + NESTED + "}"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)
FILES = ("config.json", "metrics.json")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A checkpoint with all of its files."""
    folder = tmp_path_factory.mktemp("set") / "faae"
    checkpoints.write(folder, FRAMEWORKS["faae"](config_of("faae")), {"images_seen": 8})
    digest = checkpoints.read_config(folder)["weights_sha256"]
    write_json(folder / "metrics.json", {"figures": FIGURES, **MEASURED, "weights_sha256": digest})
    mean = Directions(torch.randn(2, 8), *torch.rand(3, 2))
    codes, labels = torch.randn(6, 8), torch.rand(6, 2) > 0.5
    checkpoints.write_latents(
        folder, Latents(codes, labels, ("A", "B"), {"mean": mean}, torch.randn(6, 2))
    )
    return folder


def test_a_number_that_would_be_refused_is_not_written(tmp_path):
    write_json(tmp_path / "metrics.json", FIGURES)
    with pytest.raises(CheckpointError, match="metrics.json is not written, as a figure is not"):
        write_json(tmp_path / "metrics.json", {"mse": float("nan")})
    assert json.loads((tmp_path / "metrics.json").read_text()) == FIGURES


@pytest.fixture
def copy(whole, tmp_path):
    return shutil.copytree(whole, tmp_path / "set" / "faae")


def load(folder):
    """Everything that the page reads of it; a sentence names the folder."""
    try:
        return Model(folder, "set/faae")
    except CheckpointError as error:
        said = str(error)
        assert str(folder) in said and "\n" not in said
        assert len(said.replace(str(folder), "")) < 600
        raise


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("text", ODD, ids=lambda text: text[:12])
def test_another_file_in_its_place_is_named(name, text, copy):
    (copy / name).write_text(text, encoding="latin-1")
    with pytest.raises(CheckpointError, match=f"{name} is damaged"):
        load(copy)


PLACES = {
    name: [(name, *path) for path in paths]
    for name, paths in {
        "config.json": [(), ("format",), ("framework",), ("weights_sha256",), ("trained",)],
        "metrics.json": [(), ("figures",), ("figures", "mse"), ("refined",), ("data",)],
    }.items()
}
SETTINGS = [("config.json", "settings", name) for name in vars(config_of("faae"))]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from([*sum(PLACES.values(), []), *SETTINGS]), JSON)
def test_any_json_in_place_of_a_part_is_read_or_named(whole, place, value):
    name, *path = place
    text = (whole / name).read_text()
    content = part = {"root": json.loads(text)}
    for key in ("root", *path)[:-1]:
        part = part[key]
    part[("root", *path)[-1]] = value
    (whole / name).write_text(json.dumps(content["root"]))
    try:
        load(whole)
    except CheckpointError:
        pass
    finally:
        (whole / name).write_text(text)


@contextlib.contextmanager
def little_memory() -> Iterator[None]:
    """Asserts that the process never takes 100 MB more than before."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")  # Linux: the peak from now on
    before = peak_kb()
    yield
    assert peak_kb() - before < 100_000


def peak_kb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def edit(folder, **changes):
    content = json.loads((folder / "config.json").read_text())
    content["settings"] |= changes
    (folder / "config.json").write_text(json.dumps(content))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"width": 3000}, "--width must be at most 2048"),
        ({"width": 2000}, "does not fit its settings: G.stem.weight is"),
        ({"latent_size": 150_000}, "--latent-size must be at most 16384"),
        ({"latent_size": 16_000, "prior": "normal"}, "does not fit its settings"),
        ({"image_size": 128}, "holds other networks than its config.json"),
        ({"image_size": 2**20}, "no value for --image-size '1048576'; choose from: 32, 64, 128"),
        ({"nets": "nested", "image_size": 128, "width": 2048}, "holds other networks"),
        ({"d_width": 1500}, None),  # D is not shipped
    ],
)
def test_settings_that_do_not_fit_cost_no_memory(copy, changes, message):
    edit(copy, **changes)
    with little_memory():
        if message:
            with pytest.raises(CheckpointError, match=message):
                load(copy)
        else:
            assert load(copy).framework == "faae"


def weights_with(folder, change):
    """Other weights, which config.json names."""
    path = folder / "model.safetensors"
    state = load_file(path)
    change(state)
    save_file(state, path)
    content = json.loads((folder / "config.json").read_text())
    content["weights_sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    (folder / "config.json").write_text(json.dumps(content))


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_not_finite_are_refused(copy, value):
    weights_with(copy, lambda state: state["G.stem.bias"].fill_(value))
    with pytest.raises(CheckpointError, match="G.stem.bias in model.safetensors is not of finite"):
        load(copy)


@pytest.mark.parametrize("kind", [torch.int8, torch.int64, torch.bool, torch.complex64])
def test_weights_of_another_type_are_refused(copy, kind):
    weights_with(copy, lambda state: state.update({"G.stem.bias": torch.ones(512).to(kind)}))
    with pytest.raises(CheckpointError, match="G.stem.bias|does not fit|is damaged"):
        load(copy)


def one_more(name, rows=False):
    def change(tensors, names):
        tensor = tensors[name]
        tensors[name] = torch.cat([tensor, tensor[:1] if rows else tensor[:, :1]], 0 if rows else 1)

    return change


LATENTS = {
    "more names than labels": lambda tensors, names: names.append("C"),
    "a name twice": lambda tensors, names: names.__setitem__(1, "A"),
    "a name twice, labels of one": lambda tensors, names: (
        names.__setitem__(1, "A"),
        tensors.update({key: tensors[key][:, :1] for key in ["labels"]}),
        tensors.update({key: each[:1] for key, each in tensors.items() if "mean." in key}),
    ),
    "labels of 7": lambda tensors, names: tensors.update(labels=torch.full((6, 2), 7.0)),
    "a numeric name": lambda tensors, names: names.__setitem__(1, 7),
    "a nested name": lambda tensors, names: names.__setitem__(1, [["A"]]),
    "no names": lambda tensors, names: names.clear(),
    "a map of three columns": one_more("map"),
    "a map of more points": one_more("map", rows=True),
    "codes of another length": one_more("codes"),
    "more labels": one_more("labels", rows=True),
    "directions of more attributes": one_more("mean.vectors", rows=True),
    "no codes": lambda tensors, names: [tensors.pop(key) for key in ("codes", "codes.scale")],
    "a direction missing": lambda tensors, names: tensors.pop("mean.auc"),
    "codes that are not finite": lambda tensors, names: tensors["codes.scale"].fill_(torch.nan),
    "a map that is not finite": lambda tensors, names: tensors["map"].fill_(torch.inf),
}


@pytest.mark.parametrize("fault", LATENTS)
def test_latents_that_do_not_fit_are_refused(copy, fault):
    path = copy / "latents.safetensors"
    tensors, names = load_file(path), ["A", "B"]
    LATENTS[fault](tensors, names)
    about = {"names": json.dumps(names), "methods": '["mean"]'}
    save_file({key: each.contiguous() for key, each in tensors.items()}, path, about)
    with pytest.raises(CheckpointError, match="latents.safetensors"):
        load(copy)


def test_directions_may_be_unknown(copy):
    latents = checkpoints.read_latents(copy)
    unknown = replace(latents.directions["mean"], auc=torch.full((2,), torch.nan))
    checkpoints.write_latents(copy, replace(latents, directions={"mean": unknown}))
    assert load(copy).latents.directions["mean"].auc.isnan().all()


def test_a_folder_in_place_of_figures_is_named(copy):
    (copy / "metrics.json").unlink()
    (copy / "metrics.json").mkdir()
    with pytest.raises(CheckpointError, match="metrics.json cannot be read: "):
        load(copy)


@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "latents.safetensors"])
def test_a_folder_in_place_of_a_file_is_no_file(name, copy):
    (copy / name).unlink()
    (copy / name).mkdir()
    if name == "latents.safetensors":
        assert load(copy).latents is None
    else:
        with pytest.raises(CheckpointError, match=f"has no {name}"):
            load(copy)


@pytest.mark.parametrize(("steps", "seen"), [(0, 1), (1, 1), (2, 2), (3, 2)])
def test_a_stop_between_the_files_leaves_a_checkpoint(steps, seen, tmp_path, monkeypatch):
    """Weights, config.json and the weights' last move are one atomic step each."""
    network, replace, done = FRAMEWORKS["faae"](config_of("faae")), os.replace, []

    def stop(source, target):
        if len(done) == steps:
            raise KeyboardInterrupt
        done.append(replace(source, target))

    def train_and_write(images_seen):
        with torch.no_grad():
            network.G.stem.bias.add_(1)
        checkpoints.write(tmp_path, network, {"images_seen": images_seen})

    def check(images_seen):
        read, content = checkpoints.read(tmp_path)
        assert content["trained"]["images_seen"] == images_seen
        return torch.equal(read.G.stem.bias, network.G.stem.bias)

    train_and_write(1)
    monkeypatch.setattr(os, "replace", stop)
    with contextlib.suppress(KeyboardInterrupt):
        train_and_write(2)
    assert check(seen) == (seen == 2)
    monkeypatch.setattr(os, "replace", replace)
    train_and_write(3)
    assert check(3)
    assert {path.name for path in tmp_path.iterdir()} == {"config.json", "model.safetensors"}


def test_what_the_reader_of_weights_says_of_a_file_is_told(tmp_path):
    path, said = tmp_path / "model.safetensors", "cannot be read: No such file or directory: .*\\.$"
    with pytest.raises(CheckpointError, match=said), reading(path):
        load_file(path)
