"""Checkpoints: a directory of safetensors, JSON, a picture and a card. No pickle among them.

model.safetensors   the shipped networks, e.g. 'G.stem.weight'
config.json         format, framework, settings, where and how long it was trained
metrics.json        figures written by `evaluate --save`
latents.safetensors codes of labelled images, attribute directions, map coordinates (optional)
preview.png, README.md
"""

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import safetensors
import torch
from safetensors.torch import load_file, save
from torch import Tensor

from training.config import from_dict, to_dict
from training.errors import UserError
from training.frameworks import FRAMEWORKS, Framework

FORMAT = 1
OF_THE_MACHINE = ("out", "data_root", "device")  # settings that say nothing to another machine
WEIGHTS, CONFIG, METRICS, LATENTS = (
    "model.safetensors",
    "config.json",
    "metrics.json",
    "latents.safetensors",
)


class CheckpointError(UserError):
    """Names the checkpoint and what is wrong with it."""


def write_atomically(path: Path, write: Callable[[Path], None]) -> None:
    """`write` to a file beside `path`, then put it in its place: a crash or a full disk leaves
    the former file whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".part")
    try:
        write(temporary)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_json(path: Path, content: dict) -> None:
    text = json.dumps(content, indent=2) + "\n"
    write_atomically(path, lambda p: p.write_text(text, encoding="utf-8"))


def write(directory: Path, framework: Framework, trained: dict) -> None:
    """The shipped networks and config.json; `trained` are the facts of the training."""
    state = {
        f"{name}.{key}": tensor
        for name in framework.shipped
        for key, tensor in getattr(framework, name).state_dict().items()
    }
    if framework.config.half:
        state = {k: t.half() if t.is_floating_point() else t for k, t in state.items()}
    blob = save({key: tensor.cpu().contiguous() for key, tensor in state.items()})
    write_atomically(directory / WEIGHTS, lambda p: p.write_bytes(blob))
    settings = to_dict(framework.config)
    for name in OF_THE_MACHINE:
        del settings[name]
    write_json(
        directory / CONFIG,
        {
            "format": FORMAT,
            "framework": framework.id,
            "weights_sha256": hashlib.sha256(blob).hexdigest(),
            "trained": trained,
            "settings": settings,
        },
    )


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
        framework = FRAMEWORKS[content["framework"]](from_dict(content["settings"]))
        state = safetensors.torch.load(blob)
        missing, unexpected = framework.load_state_dict(state, strict=False)
    except (UserError, KeyError, RuntimeError, TypeError, safetensors.SafetensorError) as error:
        raise CheckpointError(
            f"Checkpoint '{directory}' does not fit its settings: {str(error).splitlines()[0]}"
        ) from error
    if unexpected or any(key.split(".")[0] in framework.shipped for key in missing):
        raise CheckpointError(f"Checkpoint '{directory}' holds other networks than it says.")
    return framework.to(device).eval().requires_grad_(False), content


def copy_networks(directory: str | Path, framework: Framework) -> None:
    """The networks of a checkpoint into a framework that ships the same; raises CheckpointError."""
    former, _ = read(directory)
    try:
        for name in framework.shipped:
            getattr(framework, name).load_state_dict(getattr(former, name).state_dict())
    except (AttributeError, RuntimeError):
        raise CheckpointError(
            f"The networks of '{directory}' are not of the shape that this run asks for; give "
            "its --width, --latent-size, --image-size and --norm, or another --start."
        ) from None


@dataclass(frozen=True)
class Latents:
    """What a checkpoint knows of labelled images. N images, A attributes, codes of n numbers.

    codes (N, n) and labels (N, A) bool; names: A; directions (A, n): one standard deviation of
    the codes along each attribute; auc (A,): ROC AUC of the direction on held-out images;
    map (N, 2): UMAP coordinates, or None.
    """

    codes: Tensor
    labels: Tensor
    names: tuple[str, ...]
    directions: Tensor
    auc: Tensor
    map: Tensor | None = None


def write_latents(directory: str | Path, latents: Latents) -> None:
    tensors = {
        "codes": latents.codes.half(),
        "labels": latents.labels.to(torch.uint8),
        "directions": latents.directions.half(),
        "auc": latents.auc.float(),
    }
    if latents.map is not None:
        tensors["map"] = latents.map.half()
    tensors = {key: tensor.cpu().contiguous() for key, tensor in tensors.items()}
    blob = save(tensors, metadata={"names": json.dumps(latents.names)})
    write_atomically(Path(directory) / LATENTS, lambda p: p.write_bytes(blob))


def read_latents(directory: str | Path) -> Latents | None:
    """The latents of a checkpoint, None where it has none; raises CheckpointError."""
    path = Path(directory) / LATENTS
    if not path.is_file():
        return None
    try:
        with safetensors.safe_open(path, "pt") as file:
            names = tuple(json.loads(file.metadata()["names"]))
        tensors = load_file(path)
        return Latents(
            codes=tensors["codes"].float(),
            labels=tensors["labels"].bool(),
            names=names,
            directions=tensors["directions"].float(),
            auc=tensors["auc"],
            map=tensors["map"].float() if "map" in tensors else None,
        )
    except (safetensors.SafetensorError, KeyError, ValueError, TypeError):
        raise CheckpointError(f"Checkpoint '{directory}': {LATENTS} is damaged.") from None


def write_map(directory: str | Path, coordinates: Tensor) -> None:
    """Adds map coordinates (N, 2) to the latents of a checkpoint."""
    latents = read_latents(directory)
    if latents is None:
        raise CheckpointError(f"Checkpoint '{directory}' has no {LATENTS} to map.")
    write_latents(directory, replace(latents, map=coordinates))


def read_metrics(directory: str | Path) -> dict:
    """The figures of metrics.json, {} where there are none; raises CheckpointError."""
    path = Path(directory) / METRICS
    if not path.is_file():
        return {}
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        raise CheckpointError(f"Checkpoint '{directory}': {METRICS} is damaged.") from None
