"""Codes of labelled images in a checkpoint, with attribute directions and a map."""

import json
from dataclasses import dataclass, fields, replace
from pathlib import Path

import safetensors
import torch
from safetensors.torch import load_file, save
from torch import Tensor

from training.checkpoints.files import CheckpointError, write_atomically
from training.checkpoints.packing import pack, unpack
from training.checkpoints.weights import LATENTS, read_config
from training.codes.directions import Directions, find_directions
from training.data import ImageSet
from training.data.batches import in_batches
from training.frameworks import Framework


@dataclass(frozen=True)
class Latents:
    """Codes of labelled images. N images, A attributes, codes of n numbers.

    codes (N, n); labels: bool (N, A); names: of the attributes; directions: by method, such as
    'mean'; map: UMAP coordinates (N, 2), or None.
    """

    codes: Tensor
    labels: Tensor
    names: tuple[str, ...]
    directions: dict[str, Directions]
    map: Tensor | None = None


def write_latents(directory: str | Path, latents: Latents) -> None:
    """Writes latents.safetensors: codes in 8 bits, directions and map in half precision."""
    tensors = pack({"codes": latents.codes}, "int8")
    tensors["labels"] = latents.labels.to(torch.uint8)
    for method, directions in latents.directions.items():
        tensors |= {f"{method}.{name}": each.half() for name, each in vars(directions).items()}
    if latents.map is not None:
        tensors["map"] = latents.map.half()
    tensors = {key: tensor.cpu().contiguous() for key, tensor in tensors.items()}
    metadata = {"names": latents.names, "methods": [*latents.directions]}
    blob = save(tensors, metadata={key: json.dumps(value) for key, value in metadata.items()})
    write_atomically(Path(directory) / LATENTS, lambda p: p.write_bytes(blob))


def read_latents(directory: str | Path) -> Latents | None:
    """The latents of a checkpoint, None if it has none; raises CheckpointError.

    A file of an early version has no directions: `python -m training directions` finds them.
    """
    path = Path(directory) / LATENTS
    if not path.is_file():
        return None
    try:
        with safetensors.safe_open(path, "pt") as file:
            metadata = {key: json.loads(value) for key, value in file.metadata().items()}
        tensors = {key: tensor.float() for key, tensor in unpack(load_file(path)).items()}
        figures = [each.name for each in fields(Directions)]
        return Latents(
            codes=tensors["codes"],
            labels=tensors["labels"].bool(),
            names=tuple(metadata["names"]),
            directions={
                method: Directions(*[tensors[f"{method}.{name}"] for name in figures])
                for method in metadata.get("methods", [])
            },
            map=tensors.get("map"),
        )
    except (safetensors.SafetensorError, AttributeError, KeyError, ValueError, TypeError):
        raise CheckpointError(f"Checkpoint '{directory}': {LATENTS} is damaged.") from None


def labelled_latents(directory: str | Path) -> Latents:
    """The latents of a checkpoint; raises CheckpointError, also if it has none."""
    read_config(Path(directory))
    latents = read_latents(directory)
    if latents is None:
        raise CheckpointError(
            f"Checkpoint '{directory}' has no codes of labelled images; "
            "train with --attributes to get them."
        )
    return latents


@torch.no_grad()
def encode_all(framework: Framework, images: Tensor, batch_size: int = 256) -> Tensor:
    """uint8 (N, 3, H, W) -> codes (N, n) on the CPU."""
    device = next(framework.parameters()).device
    batches = in_batches(images, batch_size, device)
    return torch.cat([framework.encode(x).float().cpu() for x in batches])


def describe(framework: Framework, images: ImageSet) -> Latents:
    """At most `keep_codes` codes of the labelled images, with directions found from all of them."""
    labels, kept = images.labels[images.labelled], framework.config.keep_codes
    codes = encode_all(framework, images.images[images.labelled])
    directions = find_directions(codes, labels)
    return Latents(codes[:kept], labels[:kept], images.attributes, directions)


def find_anew(directory: str | Path) -> Latents:
    """Finds a checkpoint's directions again and writes them; raises CheckpointError."""
    latents = labelled_latents(directory)
    latents = replace(latents, directions=find_directions(latents.codes, latents.labels))
    write_latents(directory, latents)
    return latents
