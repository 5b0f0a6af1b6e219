"""Labels of images: a dataset's own classes, or attributes from a table."""

import sys
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import torch
from pydantic import TypeAdapter, ValidationError
from torch import Tensor
from torch.nn.functional import one_hot

from training.config import Config
from training.data.batches import LABELS, stream
from training.errors import UserError, choose, quoted
from training.schema import LabelName, fault

CLASSES = "classes"  # in place of a table: the labels are the data's own classes
TOLD = 5  # names on the screen


@dataclass(frozen=True)
class ImageSet:
    """Images with their labels, where there are any.

    images: uint8 (N, 3, H, W); names: N paths in their source, with / between folders; labels: bool
    (N, A), or None without labels; attributes: the names of the A labels; labelled: bool (N,),
    whether the labels of an image are known; left_out: names of files, each with the reason.
    Raises UserError for a name of an attribute that a checkpoint cannot hold.
    """

    images: Tensor
    names: list[str]
    labels: Tensor | None = None
    attributes: tuple[str, ...] = ()
    labelled: Tensor | None = None
    left_out: tuple[tuple[str, str], ...] = ()

    def __post_init__(self):
        for name in self.attributes:
            try:
                TypeAdapter(LabelName).validate_python(name)
            except ValidationError as error:
                raise UserError(
                    f"No attribute or class can have the name {quoted(name)} "
                    f"({fault(error)[1]}): rename its column or folder."
                ) from None

    def __len__(self) -> int:
        return len(self.images)

    def without(self, indices: Set[int]) -> "ImageSet":
        """The set without these images."""
        kept = [index for index in range(len(self)) if index not in indices]
        labels, labelled = (None if x is None else x[kept] for x in (self.labels, self.labelled))
        names = [self.names[index] for index in kept]
        images = self.images[kept]
        return replace(self, images=images, names=names, labels=labels, labelled=labelled)

    def write_left_out(self, path: Path) -> None:
        """Lists the files that are left out, one a line with the reason; removes a former list."""
        if self.left_out:
            lines = "".join(f"{name}: {reason}\n" for name, reason in self.left_out)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(lines, "utf-8", errors="backslashreplace")
        else:
            path.unlink(missing_ok=True)


def tell_left_out(what: str, names: Sequence[str]) -> None:
    """Says on stderr that something is left out, where it is, with the first few names."""
    if len(names):
        more = ", …" if len(names) > TOLD else ""
        print(f"Left out {what}: {', '.join(names[:TOLD])}{more}", file=sys.stderr)


def with_classes(image_set: ImageSet, classes: list[str]) -> ImageSet:
    """The set with one label for each class; each image has exactly one."""
    names = sorted(set(classes))
    if len(names) < 2:
        raise UserError(
            f"--attributes {CLASSES} needs a folder a class, or a dataset that has classes."
        )
    index = torch.tensor([names.index(each) for each in classes])
    labels = one_hot(index, len(names)).bool()
    labelled = torch.ones(len(index), dtype=torch.bool)
    return replace(image_set, labels=labels, attributes=tuple(names), labelled=labelled)


class Labels(NamedTuple):
    """y: float (N, L), 0 or 1; labelled: bool (N,), whether the labels of an image are known."""

    y: Tensor
    labelled: Tensor


def labels_of(images: ImageSet, config: Config, device: torch.device | str = "cpu") -> Labels:
    """The labels named by `config.labels`, of which `config.labelled` images keep theirs."""
    columns = [images.attributes.index(name) for name in config.labels]
    labels, labelled = images.labels[:, columns], images.labelled
    if config.labelled:
        labelled = keep_labels(labels, labelled, config.labelled, config.seed)
    return Labels(labels.float().to(device), labelled.to(device))


def with_labels(config: Config, images: ImageSet, exclusive: bool) -> Config:
    """The configuration of a system that learns from labels, with their names filled in: by
    default all labels of the data. Raises UserError where the data lack a label, or, for
    `exclusive` labels, where an image does not have exactly one."""
    if images.labels is None:
        raise UserError(
            f"{config.framework} learns from labels: give --attributes a table, or 'classes' "
            "where the data have a folder a class."
        )
    for name in config.labels:
        choose("label", name, images.attributes)
    config = replace(config, labels=config.labels or images.attributes)
    labels = labels_of(images, config)
    if exclusive and not (labels.y[labels.labelled].sum(dim=1) == 1).all():
        raise UserError(
            f"{config.framework} takes classes, of which each image has exactly one: give "
            "--attributes classes, or --labels such that they are."
        )
    return config


def keep_labels(labels: Tensor, labelled: Tensor, count: int, seed: int) -> Tensor:
    """bool (N,): `count` of the `labelled` images, spread evenly over the classes (N, A), or over
    the combinations of labels that occur."""
    order = torch.randperm(len(labels), generator=stream(seed, LABELS, 0))
    order = order[labelled[order]]
    _, kind = labels[order].byte().unique(dim=0, return_inverse=True)
    together = kind.argsort(stable=True)  # those of a kind side by side
    counts = kind.bincount()
    first = (counts.cumsum(0) - counts)[kind[together]]
    rank = torch.empty_like(kind)
    rank[together] = torch.arange(len(kind)) - first  # place within its kind
    kept = torch.zeros_like(labelled)
    kept[order[rank.argsort(stable=True)[:count]]] = True
    return kept
