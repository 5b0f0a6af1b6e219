"""Checkpoints: a folder of safetensors, JSON, a picture and a card, without pickled code.

model.safetensors   the shipped networks, e.g. 'G.stem.weight'
config.json         format, framework, settings, hardware and duration of the training
metrics.json        figures of `evaluate --save`
latents.safetensors codes of labelled images in 8 bits, attribute directions, map coordinates
                    (optional)
preview.png, README.md
"""

import hashlib
import json
import math
from dataclasses import asdict
from pathlib import Path

import safetensors
import torch
from safetensors.torch import save

from training.checkpoints.files import CheckpointError, read_json, write_atomically, write_json
from training.checkpoints.packing import pack, unpack
from training.config import Config
from training.errors import UserError, flag
from training.frameworks import FRAMEWORKS, Framework, read_settings
from training.networks.nested import grow

FORMAT = 1
OF_THE_MACHINE, PATHS = ("out", "data_root", "device"), {"attributes", "start", "first_stage"}
OF_CODES = ("prior", "latent_size", "labels")
FILES = ("model.safetensors", "config.json", "metrics.json", "latents.safetensors")
WEIGHTS, CONFIG, METRICS, LATENTS = FILES


def portable(config: Config) -> dict:
    """The settings that hold on any machine, with files by name only."""
    settings = asdict(config)
    for name in OF_THE_MACHINE:
        del settings[name]
    for name in PATHS & settings.keys():
        settings[name] = Path(settings[name]).name
    return {**settings, "data": tuple(Path(source).name for source in config.data)}


def write(directory: Path, framework: Framework, trained: dict) -> None:
    """Writes the shipped networks and config.json; `trained`: facts of the training."""
    every = framework.state_dict().items()
    state = {key: tensor for key, tensor in every if key.split(".")[0] in framework.shipped}
    blob = save(pack(state, framework.config.store))
    write_atomically(directory / WEIGHTS, lambda p: p.write_bytes(blob))
    content = {
        "format": FORMAT,
        "framework": framework.id,
        "weights_sha256": hashlib.sha256(blob).hexdigest(),
        "trained": trained,
        "settings": portable(framework.config),
    }
    write_json(directory / CONFIG, content)


def read_config(directory: Path) -> dict:
    """config.json, checked; raises CheckpointError."""
    for name in (CONFIG, WEIGHTS):
        if not (directory / name).is_file():
            raise CheckpointError(f"Checkpoint '{directory}' has no {name}.")
    try:
        content = json.loads((directory / CONFIG).read_text(encoding="utf-8"))
        version, framework = content["format"], content["framework"]
    except (ValueError, KeyError, TypeError):
        raise CheckpointError(f"Checkpoint '{directory}': {CONFIG} is damaged.") from None
    if version != FORMAT:
        raise CheckpointError(
            f"Checkpoint '{directory}' is of format {version}; this version reads {FORMAT}."
        )
    if framework not in FRAMEWORKS:
        raise CheckpointError(
            f"Checkpoint '{directory}' is of framework '{framework}'; "
            f"known are: {', '.join(FRAMEWORKS)}."
        )
    return content


def read(directory: str | Path, device: torch.device | str = "cpu") -> tuple[Framework, dict]:
    """The framework in evaluation mode and its config.json; raises CheckpointError."""
    directory = Path(directory)
    content = read_config(directory)
    blob = (directory / WEIGHTS).read_bytes()
    if hashlib.sha256(blob).hexdigest() != content.get("weights_sha256"):
        raise CheckpointError(f"Checkpoint '{directory}': {WEIGHTS} is damaged or was exchanged.")
    try:
        framework = FRAMEWORKS[content["framework"]](read_settings(content["settings"]))
        state = unpack(safetensors.torch.load(blob))
        missing, unexpected = framework.load_state_dict(state, strict=False)
    except (UserError, KeyError, RuntimeError, TypeError, safetensors.SafetensorError) as error:
        raise CheckpointError(
            f"Checkpoint '{directory}' does not fit its settings: {str(error).splitlines()[0]}"
        ) from error
    if unexpected or any(key.split(".")[0] in framework.shipped for key in missing):
        raise CheckpointError(f"Checkpoint '{directory}' holds other networks than its {CONFIG}.")
    return framework.to(device).eval().requires_grad_(False), content


def copy_networks(
    directory: str | Path,
    framework: Framework,
    names: tuple[str, ...],
    kinds: tuple[str, ...] = tuple(FRAMEWORKS),
) -> dict:
    """Copies the networks `names` of a checkpoint, of a system in `kinds`, into a framework that
    has them too, or nested ones for larger images. Returns the facts of the checkpoint's training.
    Raises CheckpointError."""
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
    except (AttributeError, RuntimeError):
        raise CheckpointError(
            f"The networks of '{directory}' ({content['framework']}) differ from this run's: give "
            "its --image-size, --nets, --width and --norm, or another checkpoint."
        ) from None
    return content["trained"]


def images_seen(trained: dict) -> int:
    """Images seen by a checkpoint with these facts, and by those that it started from."""
    return trained.get("images_seen", 0) + trained.get("images_seen_before", 0)


def read_metrics(directory: str | Path) -> dict:
    """The content of metrics.json, {} if there is none; raises CheckpointError."""
    return read_json(Path(directory) / METRICS)
