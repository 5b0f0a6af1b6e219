"""Checkpoints: a folder of safetensors, JSON, a picture and a card, without pickled code.

model.safetensors   the shipped networks, e.g. 'G.stem.weight'; while config.json is replaced,
                    those that it names may stand beside them in model.DIGEST.next
config.json         format, framework, settings, hardware and duration of the training
metrics.json        figures of `evaluate --save`
latents.safetensors codes of labelled images in 8 bits, attribute directions, map coordinates
                    (optional)
preview.png, README.md
"""

import hashlib
import math
import os
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors.torch import load, save
from torch import Tensor

from training.checkpoints.files import (
    CheckpointError,
    read_json,
    reading,
    write_atomically,
    write_json,
)
from training.checkpoints.packing import pack, shapes, unpack
from training.checkpoints.schema import Content, Metrics
from training.config import Config
from training.errors import QUOTED, UserError, first_line, flag
from training.frameworks import FRAMEWORKS, Framework, read_settings
from training.networks.nested import grow

FORMAT = 1
OF_THE_MACHINE, PATHS = ("out", "data_root", "device"), {"attributes", "start", "first_stage"}
OF_CODES = ("prior", "latent_size", "labels")
OF_NETWORKS = ("image_size", "nets", "width", "norm", "code_norm")  # settings that shape them
OF_NETWORKS += ("stochastic", "noise_size", "clusters")
FILES = ("model.safetensors", "config.json", "metrics.json", "latents.safetensors")
WEIGHTS, CONFIG, METRICS, LATENTS = FILES


def portable(config: Config) -> dict:
    """The settings that hold on any machine, with files by name only."""
    settings = asdict(config)
    for name in OF_THE_MACHINE:
        del settings[name]
    for name in PATHS & settings.keys():
        settings[name] = _named(settings[name])
    return {**settings, "data": tuple(map(_named, config.data))}


def _named(path: str) -> str:
    """A file by its name alone, where that is no UTF-8 with its bytes written out."""
    return Path(path).name.encode("utf-8", "backslashreplace").decode()


def write(directory: Path, framework: Framework, trained: dict) -> None:
    """Writes the shipped networks and config.json; `trained`: facts of the training. At any moment
    the weights that config.json names are there, in their place or beside it. Latents of former
    weights go. Raises CheckpointError, before anything is written, for numbers that `read` would
    refuse."""
    every, store = framework.state_dict().items(), framework.config.store
    state = {key: tensor for key, tensor in every if key.split(".")[0] in framework.shipped}
    packed = pack(state, store)
    for key, tensor in packed.items():
        if not tensor.isfinite().all():
            raise CheckpointError(
                f"{key} is not of finite numbers."
                if store == "float32"
                else f"{key} has numbers too large for --store {store}: resume the run with "
                "--store float32."
            )
    blob = save(packed)
    digest = hashlib.sha256(blob).hexdigest()
    write_atomically(directory / _beside(digest), lambda p: p.write_bytes(blob))
    content = {
        "format": FORMAT,
        "framework": framework.id,
        "weights_sha256": digest,
        "trained": trained,
        "settings": portable(framework.config),
    }
    path = directory / WEIGHTS
    same = path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == digest
    write_json(directory / CONFIG, content)
    if not same:
        (directory / LATENTS).unlink(missing_ok=True)
    os.replace(directory / _beside(digest), directory / WEIGHTS)
    for left in directory.glob(_beside("*")):  # by a stop in between
        left.unlink(missing_ok=True)


def _beside(digest: str) -> str:
    """Name of the file of weights that have not taken their place yet."""
    return f"model.{digest[:12]}.next"


def read_config(directory: Path) -> dict:
    """config.json, checked, of a checkpoint with weights; raises CheckpointError."""
    path = directory / CONFIG
    if not path.is_file():
        raise CheckpointError(f"Checkpoint '{directory}' has no {CONFIG}.")
    with reading(path):
        content = Content.model_validate_json(path.read_bytes()).model_dump()
    version, framework = content["format"], content["framework"]
    if version != FORMAT:
        raise CheckpointError(
            f"Checkpoint '{directory}' is of format {version}; this version reads {FORMAT}."
        )
    if framework not in FRAMEWORKS:
        raise CheckpointError(
            f"Checkpoint '{directory}' is of framework '{framework:.{QUOTED}}'; "
            f"known are: {', '.join(FRAMEWORKS)}."
        )
    if not weights_of(directory, content).is_file():
        raise CheckpointError(f"Checkpoint '{directory}' has no {WEIGHTS}.")
    return content


def weights_of(directory: Path, content: dict) -> Path:
    """The file of the weights that config.json names, before or after they took their place."""
    beside = directory / _beside(content["weights_sha256"])
    return beside if beside.is_file() else directory / WEIGHTS


def read(directory: str | Path, device: torch.device | str = "cpu") -> tuple[Framework, dict]:
    """The framework in evaluation mode, with its shipped networks alone, and its config.json;
    raises CheckpointError."""
    directory = Path(directory)
    content = read_config(directory)
    while True:
        path = weights_of(directory, content)
        try:
            framework = _networks(directory, content, path)
            return framework.to(device).eval().requires_grad_(False), content
        except CheckpointError:
            tried, content = (content["weights_sha256"], path), read_config(directory)
            if tried == (content["weights_sha256"], weights_of(directory, content)):
                raise  # otherwise it was replaced while it was read


def _networks(directory: Path, content: dict, path: Path) -> Framework:
    """The shipped networks with the weights of a file, which takes memory once the two fit."""
    try:
        settings = read_settings({**content["settings"], "framework": content["framework"]})
        with torch.device("meta"):
            framework = FRAMEWORKS[content["framework"]](settings)
    except (UserError, KeyError, RuntimeError, TypeError, ValueError) as error:
        raise CheckpointError(
            f"Checkpoint '{directory}' does not fit its settings: {first_line(error)}"
        ) from error
    for name, _ in [*framework.named_children()]:
        if name not in framework.shipped:
            delattr(framework, name)
    framework.load_state_dict(_state(content, path, framework.state_dict()), assign=True)
    return framework


def _state(content: dict, path: Path, wanted: dict[str, Tensor]) -> dict[str, Tensor]:
    """The state dict of a file, with the keys, shapes and types of `wanted`, and finite."""
    name = f"Checkpoint '{path.parent}'"
    with reading(path):
        found = shapes(path)
        if found.keys() != wanted.keys():
            raise CheckpointError(f"{name} holds other networks than its {CONFIG}.")
        for key, tensor in wanted.items():
            if found[key] != tensor.shape:
                raise CheckpointError(
                    f"{name} does not fit its settings: {key} is {found[key]}, not "
                    f"{tuple(tensor.shape)}."
                )
        blob = path.read_bytes()
        if hashlib.sha256(blob).hexdigest() != content["weights_sha256"]:
            raise CheckpointError(f"{name}: {WEIGHTS} is damaged or was exchanged.")
        state = unpack(load(blob))
    for key, tensor in state.items():
        if tensor.dtype != wanted[key].dtype or not tensor.isfinite().all():
            raise CheckpointError(f"{name}: {key} in {WEIGHTS} is not of finite numbers.")
    return state


def copy_networks(
    directory: str | Path,
    framework: Framework,
    names: Iterable[str],
    kinds: tuple[str, ...] = tuple(FRAMEWORKS),
) -> dict:
    """Copies the networks `names` of a checkpoint, of a system in `kinds`, into a framework that
    has them too, or nested ones for larger images. Returns the checkpoint's config.json, with
    all settings. Raises CheckpointError."""
    former, content = read(directory)
    if former.id not in kinds:
        raise CheckpointError(
            f"'{directory}' is a checkpoint of {former.id}: give one of {' or '.join(kinds)}."
        )
    theirs, ours = vars(former.config), vars(framework.config)
    differing = [name for name in OF_CODES if theirs.get(name, ()) != ours.get(name, ())]
    if differing:
        words = {name: theirs.get(name, ()) for name in differing}
        words |= {name: " ".join(each) for name, each in words.items() if isinstance(each, tuple)}
        given = " and ".join(f"{flag(name)} {each}" for name, each in words.items())
        raise CheckpointError(f"The codes of '{directory}' are of another kind: give its {given}.")
    doublings = int(math.log2(framework.config.image_size / former.config.image_size))
    try:
        for name in names:
            grow(getattr(framework, name), getattr(former, name), doublings)
    except (AttributeError, RuntimeError, ValueError):
        differing = [name for name in OF_NETWORKS if theirs.get(name) != ours.get(name)]
        given = ", ".join(f"{flag(name)} {theirs[name]}" for name in differing if name in theirs)
        raise CheckpointError(
            f"The networks of '{directory}' ({content['framework']}) differ from this run's: give "
            f"{f'its {given}, or ' if given else ''}another checkpoint."
        ) from None
    return content | {"settings": asdict(former.config)}


def images_seen(trained: dict) -> int:
    """Images seen by a checkpoint with these facts, and by those that it started from."""
    return trained.get("images_seen", 0) + trained.get("images_seen_before", 0)


def read_metrics(directory: str | Path) -> dict:
    """The content of metrics.json, {} if there is none of these weights; raises CheckpointError."""
    directory = Path(directory)
    found = read_json(directory / METRICS, Metrics)
    if not found or not (directory / CONFIG).is_file():  # which a pair of networks has not
        return found
    return found if found["weights_sha256"] == read_config(directory)["weights_sha256"] else {}


def add_metrics(directory: str | Path, **parts: dict) -> None:
    """Adds parts to metrics.json, which has to be there; raises UserError."""
    measurement = read_metrics(directory)
    if not measurement:
        raise UserError("Measure the checkpoint first: `python -m training evaluate … --save`.")
    write_json(Path(directory) / METRICS, {**measurement, **parts})
