"""Labels of images: a dataset's own classes, or attributes from a table."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from training.config import Config
from training.data.batches import LABELS, stream
from training.errors import UserError, choose

if TYPE_CHECKING:
    import pandas

CLASSES = "classes"  # in place of a table: the labels are the data's own classes


@dataclass(frozen=True)
class ImageSet:
    """Images with their labels, where there are any.

    images: uint8 (N, 3, H, W); names: N file names; labels: bool (N, A), or None without labels;
    attributes: the names of the A labels; labelled: bool (N,), whether the labels of an image are
    known; unreadable: names of the files that were left out.
    """

    images: Tensor
    names: list[str]
    labels: Tensor | None = None
    attributes: tuple[str, ...] = ()
    labelled: Tensor | None = None
    unreadable: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.images)


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


def with_attributes(image_set: ImageSet, table: str) -> ImageSet:
    """The set with the labels of a CSV (column `file_name`, then 0/1 columns) or of CelebA's own
    `list_attr_celeba.txt` (a count, a line of names, then rows of -1/1)."""
    frame = _read_table(Path(table))
    labelled = torch.tensor([name in frame.index for name in image_set.names])
    if not labelled.any():
        raise UserError(f"No file name of '{table}' occurs among the images of --data.")
    labels = torch.tensor(frame.reindex(image_set.names, fill_value=False).to_numpy())
    return replace(image_set, labels=labels, attributes=tuple(frame.columns), labelled=labelled)


def _read_table(path: Path) -> "pandas.DataFrame":
    """bool, a row for each file name, a column for each attribute."""
    import pandas
    from pandas.api.types import is_integer_dtype

    if not path.is_file():
        raise UserError(f"There is no attribute table '{path}'; give --attributes a file.")
    is_csv = path.suffix == ".csv"
    layout = {} if is_csv else {"sep": r"\s+", "skiprows": 1}
    try:
        frame = pandas.read_csv(
            path, index_col=0, converters={0: str}, keep_default_na=False, **layout
        )
    except ValueError:  # rows of different lengths, or no text
        frame = pandas.DataFrame()
    named = frame.index.name == ("file_name" if is_csv else None)
    if frame.empty or not named or not all(map(is_integer_dtype, frame.dtypes)):
        first = "a first column file_name" if is_csv else "a count, then a line of names"
        raise UserError(
            f"'{path}' is no attribute table: it needs {first}, and in each row a file name and "
            "one whole number for each attribute."
        )
    return frame[~frame.index.duplicated(keep="last")] > 0


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
    """bool (N,): `count` of the `labelled` images, spread evenly over the classes (N, A)."""
    order = torch.randperm(len(labels), generator=stream(seed, LABELS, 0))
    order = order[labelled[order]]
    rank = (labels[order].cumsum(0) * labels[order]).amax(dim=1)  # place within its class
    kept = torch.zeros_like(labelled)
    kept[order[rank.argsort(stable=True)[:count]]] = True
    return kept
