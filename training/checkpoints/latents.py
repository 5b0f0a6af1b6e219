"""Codes of labelled images in a checkpoint, with attribute directions and a map."""

import json
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from itertools import compress
from pathlib import Path

import safetensors
import torch
from safetensors.torch import load_file, save
from torch import Tensor
from tqdm import tqdm

from training.checkpoints.files import CheckpointError, reading, write_atomically
from training.checkpoints.packing import pack, shapes, unpack
from training.checkpoints.schema import Names
from training.checkpoints.weights import LATENTS, read_config
from training.codes.directions import Directions, find_directions
from training.data import ImageSet
from training.data.batches import in_batches
from training.frameworks import Framework

BATCH = 64  # images encoded at once: few, as others' encoders may be large
FIGURES = tuple(each.name for each in fields(Directions))


@dataclass(frozen=True)
class Latents:
    """Codes of images. N images, of which the first M are labelled, A attributes, codes of n
    numbers.

    codes (N, n); labels: bool (M, A); names: of the attributes, which may be none; directions: by
    method, such as 'mean'; map: UMAP coordinates (N, 2), or None.
    """

    codes: Tensor
    labels: Tensor
    names: tuple[str, ...]
    directions: dict[str, Directions]
    map: Tensor | None = None

    @property
    def labelled(self) -> Tensor:
        """The codes (M, n) of the labelled images."""
        return self.codes[: len(self.labels)]

    def attributes_of(self, index: int) -> list[str]:
        """The names of the attributes that an image has; none where it is not labelled."""
        return [*compress(self.names, self.labels[index : index + 1].flatten())]


def write_latents(directory: str | Path, latents: Latents) -> None:
    """Writes latents.safetensors: codes in 8 bits, directions in half precision."""
    tensors = pack({"codes": latents.codes}, "int8")
    tensors["labels"] = latents.labels.to(torch.uint8)
    for method, directions in latents.directions.items():
        tensors |= {f"{method}.{name}": each.half() for name, each in vars(directions).items()}
    if latents.map is not None:
        tensors["map"] = latents.map.float()
    tensors = {key: tensor.cpu().contiguous() for key, tensor in tensors.items()}
    metadata = {"names": latents.names, "methods": [*latents.directions]}
    blob = save(tensors, metadata={key: json.dumps(value) for key, value in metadata.items()})
    write_atomically(Path(directory) / LATENTS, lambda p: p.write_bytes(blob))


def read_latents(directory: str | Path, size: int | None = None) -> Latents | None:
    """The latents of a checkpoint whose codes have `size` numbers, None if it has none; raises
    CheckpointError.

    A file of an early version has no directions: `python -m training directions` finds them.
    """
    path = Path(directory) / LATENTS
    if not path.is_file():
        return None
    with reading(path):
        with safetensors.safe_open(path, "pt") as file:
            about = Names.model_validate(file.metadata())
        _check_shapes(path, about, size)
        tensors = {key: tensor.float() for key, tensor in unpack(load_file(path)).items()}
    for key, tensor in tensors.items():
        # Where the images do not suffice, directions are NaN, and their figures may be infinite
        vectors = key.endswith(".vectors")
        if (vectors and tensor.isinf().any()) or ("." not in key and not tensor.isfinite().all()):
            raise CheckpointError(f"Checkpoint '{directory}': {key} in {LATENTS} is not finite.")
    if not tensors["labels"].eq(tensors["labels"].bool()).all():
        raise CheckpointError(f"Checkpoint '{directory}': labels in {LATENTS} are not all 0 or 1.")
    return Latents(
        codes=tensors["codes"],
        labels=tensors["labels"].bool(),
        names=tuple(about.names),
        directions={
            method: Directions(*[tensors[f"{method}.{name}"] for name in FIGURES])
            for method in about.methods
        },
        map=tensors.get("map"),
    )


def _check_shapes(path: Path, about: Names, size: int | None) -> None:
    """CheckpointError where the tensors of latents.safetensors do not fit each other."""
    found = shapes(path)
    count, n = (*found.get("codes", ()), 0, 0)[:2]
    attributes, (labelled, *_) = len(about.names), (*found.get("labels", ()), 0)
    labels = min(labelled, count), attributes
    wanted = {"codes": (count, size or n), "labels": labels, "map": (count, 2)}
    if "map" not in found:
        del wanted["map"]
    for method in about.methods:
        wanted |= {f"{method}.{name}": (attributes,) for name in FIGURES}
        wanted[f"{method}.vectors"] = (attributes, size or n)
    for key, shape in wanted.items():
        if found.get(key) != shape or not all(wanted["codes"]):
            raise CheckpointError(
                f"Checkpoint '{path.parent}': {key} in {LATENTS} is {found.get(key, 'missing')}, "
                f"not {shape}."
            )


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
def encode_all(
    encode: Callable[[Tensor], Tensor], images: Tensor, device: torch.device | str = "cpu"
) -> Tensor:
    """uint8 (N, 3, H, W) -> codes (N, n) on the CPU, by an encoder on `device`; progress is shown
    on a terminal."""
    batches, total = in_batches(images, BATCH, device), -(-len(images) // BATCH)
    bar = tqdm(batches, desc="Encoding", total=total, disable=None, leave=False)
    return torch.cat([encode(x).float().cpu() for x in bar])


def describe(framework: Framework, images: ImageSet) -> Latents:
    """At most `keep_codes` codes of the labelled images, with directions found from all of them."""
    labels, kept = images.labels[images.labelled], framework.config.keep_codes
    codes = encode_all(framework.encode, images.images[images.labelled], framework.device)
    directions = find_directions(codes, labels)
    return Latents(codes[:kept], labels[:kept], images.attributes, directions)


def find_anew(directory: str | Path, force: bool = False) -> Latents:
    """Finds a checkpoint's directions in the codes that it keeps, and writes them. Raises
    CheckpointError, without `force` also where a run has found them in more."""
    latents = labelled_latents(directory)
    seen = read_config(Path(directory))["trained"].get("training_images", 0)
    if latents.directions and len(latents.labels) < seen and not force:
        raise CheckpointError(
            f"'{directory}' has directions that its run found in up to {seen:,} images; it keeps "
            f"the codes of {len(latents.labels):,}, which give worse ones: add --force for those."
        )
    latents = replace(latents, directions=find_directions(latents.labelled, latents.labels))
    write_latents(directory, latents)
    return latents
