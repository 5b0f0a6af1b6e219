"""Checkpoints: a directory of safetensors, JSON, a picture and a card. No pickle among them.

model.safetensors   the shipped networks, e.g. 'G.stem.weight'
config.json         format, framework, settings, where and how long it was trained
metrics.json        figures written by `evaluate --save`
latents.safetensors codes of labelled images in 8 bits, attribute directions, map coordinates
                    (optional)
preview.png, README.md
"""

import hashlib
import json
import math
import os
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from pathlib import Path

import safetensors
import torch
from safetensors.torch import load_file, save
from torch import Tensor
from torch.nn.functional import normalize

from training.config import Config, flag, from_dict, to_dict
from training.errors import UserError
from training.frameworks import FRAMEWORKS, Framework
from training.nested_networks import grow
from training.storage import pack, unpack

FORMAT = 1
OF_THE_MACHINE, FILES = ("out", "data_root", "device"), ("attributes", "start", "first_stage")
OF_CODES = ("prior", "latent_size", "labels")
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


def portable(config: Config) -> dict:
    """The settings without what says nothing to another machine: files by their names alone."""
    settings = to_dict(config)
    for name in OF_THE_MACHINE:
        del settings[name]
    for name in FILES:
        settings[name] = Path(settings[name]).name
    return {**settings, "data": tuple(Path(source).name for source in config.data)}


def write(directory: Path, framework: Framework, trained: dict) -> None:
    """The shipped networks and config.json; `trained` are the facts of the training."""
    state = {
        f"{name}.{key}": tensor
        for name in framework.shipped
        for key, tensor in getattr(framework, name).state_dict().items()
    }
    blob = save(pack(state, framework.config.store))
    write_atomically(directory / WEIGHTS, lambda p: p.write_bytes(blob))
    write_json(
        directory / CONFIG,
        {
            "format": FORMAT,
            "framework": framework.id,
            "weights_sha256": hashlib.sha256(blob).hexdigest(),
            "trained": trained,
            "settings": portable(framework.config),
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
        state = unpack(safetensors.torch.load(blob))
        missing, unexpected = framework.load_state_dict(state, strict=False)
    except (UserError, KeyError, RuntimeError, TypeError, safetensors.SafetensorError) as error:
        raise CheckpointError(
            f"Checkpoint '{directory}' does not fit its settings: {str(error).splitlines()[0]}"
        ) from error
    if unexpected or any(key.split(".")[0] in framework.shipped for key in missing):
        raise CheckpointError(f"Checkpoint '{directory}' holds other networks than it says.")
    return framework.to(device).eval().requires_grad_(False), content


def copy_networks(
    directory: str | Path,
    framework: Framework,
    names: tuple[str, ...],
    kinds: tuple[str, ...] = tuple(FRAMEWORKS),
) -> dict:
    """Networks of a checkpoint, of a system among `kinds`, into a framework that has the same, or
    nested ones for larger images; the facts of how it was trained. Raises CheckpointError."""
    former, content = read(directory)
    if former.id not in kinds:
        raise CheckpointError(
            f"'{directory}' is a checkpoint of {former.id}: give one of {' or '.join(kinds)}."
        )
    differing = [n for n in OF_CODES if getattr(former.config, n) != getattr(framework.config, n)]
    if differing:
        given = " and ".join(f"{flag(n)} {_words(getattr(former.config, n))}" for n in differing)
        raise CheckpointError(f"The codes of '{directory}' are of another kind: give its {given}.")
    doublings = int(math.log2(framework.config.image_size / former.config.image_size))
    try:
        for name in names:
            grow(getattr(framework, name), getattr(former, name), doublings)
    except (AttributeError, RuntimeError):
        raise CheckpointError(
            f"The networks of '{directory}' ({content['framework']}) are not those that this run "
            "asks for: give its --image-size, --nets, --width and --norm, or another checkpoint."
        ) from None
    return content["trained"]


def images_seen(trained: dict) -> int:
    """By a checkpoint of these facts, and by those that it started from."""
    return trained.get("images_seen", 0) + trained.get("images_seen_before", 0)


def _words(value) -> str:
    return " ".join(value) if isinstance(value, tuple) else str(value)


@dataclass(frozen=True)
class Directions:
    """A direction an attribute, found by one method. A attributes, codes of n numbers.

    vectors (A, n): one standard deviation of the codes along each; auc and cohens_d (A,): ROC AUC
    and Cohen's d of held-out codes' scores along it; random_d (A,): what |d| of 95 % of random
    directions stays below. NaN where the images cannot tell.
    """

    vectors: Tensor
    auc: Tensor
    cohens_d: Tensor
    random_d: Tensor

    @property
    def correlations(self) -> Tensor:
        """(A, A): the cosines between the directions."""
        units = normalize(self.vectors, dim=1)
        return units @ units.T


@dataclass(frozen=True)
class Latents:
    """What a checkpoint knows of labelled images. N images, A attributes, codes of n numbers.

    codes (N, n) and labels (N, A) bool; names: A; directions: by method, as 'mean'; map (N, 2):
    UMAP coordinates, or None.
    """

    codes: Tensor
    labels: Tensor
    names: tuple[str, ...]
    directions: dict[str, Directions]
    map: Tensor | None = None


def write_latents(directory: str | Path, latents: Latents) -> None:
    tensors = pack({"codes": latents.codes}, "int8")
    tensors["labels"] = latents.labels.to(torch.uint8)
    for method, directions in latents.directions.items():
        tensors |= {f"{method}.{name}": each.half() for name, each in vars(directions).items()}
    if latents.map is not None:
        tensors["map"] = latents.map.half()
    tensors = {key: tensor.cpu().contiguous() for key, tensor in tensors.items()}
    words = {"names": latents.names, "methods": [*latents.directions]}
    blob = save(tensors, metadata={key: json.dumps(value) for key, value in words.items()})
    write_atomically(Path(directory) / LATENTS, lambda p: p.write_bytes(blob))


def read_latents(directory: str | Path) -> Latents | None:
    """The latents of a checkpoint, None where it has none; raises CheckpointError.

    A file of before there were several methods comes without directions, for
    `python -m training directions` to find.
    """
    path = Path(directory) / LATENTS
    if not path.is_file():
        return None
    try:
        with safetensors.safe_open(path, "pt") as file:
            words = {key: json.loads(value) for key, value in file.metadata().items()}
        tensors = {key: tensor.float() for key, tensor in unpack(load_file(path)).items()}
        figures = [each.name for each in fields(Directions)]
        return Latents(
            codes=tensors["codes"],
            labels=tensors["labels"].bool(),
            names=tuple(words["names"]),
            directions={
                method: Directions(*[tensors[f"{method}.{name}"] for name in figures])
                for method in words.get("methods", [])
            },
            map=tensors.get("map"),
        )
    except (safetensors.SafetensorError, AttributeError, KeyError, ValueError, TypeError):
        raise CheckpointError(f"Checkpoint '{directory}': {LATENTS} is damaged.") from None


def write_map(directory: str | Path, coordinates: Tensor) -> None:
    """Adds map coordinates (N, 2) to the latents of a checkpoint."""
    latents = read_latents(directory)
    if latents is None:
        raise CheckpointError(f"Checkpoint '{directory}' has no {LATENTS} to map.")
    write_latents(directory, replace(latents, map=coordinates))


def read_metrics(directory: str | Path) -> dict:
    """The figures of metrics.json, {} where there are none; raises CheckpointError."""
    return read_json(Path(directory) / METRICS)


def read_json(path: Path) -> dict:
    """What `write_json` wrote, {} where there is nothing; raises CheckpointError."""
    if not path.is_file():
        return {}
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        raise CheckpointError(f"Checkpoint '{path.parent}': {path.name} is damaged.") from None
