"""Folders, zips and torchvision datasets to uint8 tensors, and batches out of them."""

import csv
import io
import os
import sys
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from training.errors import UserError, choose

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".gif", ".ppm")
UNREADABLE_SHARE = 0.01


@dataclass(frozen=True)
class ImageSet:
    """images: uint8 (N, 3, H, W); names: N file names; labels: bool (N, A) or None where no
    attribute table was given, with `attributes` their A names, and `labelled` (N,) bool: who
    stands in the table; unreadable: names left out."""

    images: Tensor
    names: list[str]
    labels: Tensor | None = None
    attributes: tuple[str, ...] = ()
    labelled: Tensor | None = None
    unreadable: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.images)


def load(
    sources: tuple[str, ...],
    image_size: int,
    crop: str = "center",
    attributes: str = "",
    root: str = "data",
    train: bool = True,
) -> ImageSet:
    """All images of `sources` (folders, zips, or one torchvision name) at `image_size` px.

    Raises UserError when a source does not exist, holds no image, or holds more than 1 % of
    files that are no readable images; up to that, they are left out, counted and named.
    """
    if not sources:
        raise UserError("Give --data: a folder of images, zip files, or a torchvision dataset.")
    found: list[tuple[str, Callable[[], Image.Image]]] = []
    for source in sources:
        found += _openers(source, root, train)
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        arrays = list(pool.map(lambda item: _read(item[1], image_size, crop), found))
    unreadable = tuple(name for (name, _), a in zip(found, arrays, strict=True) if a is None)
    if len(unreadable) > UNREADABLE_SHARE * len(found):
        raise UserError(
            f"{len(unreadable)} of {len(found)} files are no readable images, more than 1 %; "
            f"remove or mend them first: {', '.join(unreadable[:5])}"
            f"{', …' if len(unreadable) > 5 else ''}."
        )
    if unreadable:
        print(f"Left out {len(unreadable)} unreadable: {', '.join(unreadable)}", file=sys.stderr)
    kept = [a for a in arrays if a is not None]
    names = [name for (name, _), a in zip(found, arrays, strict=True) if a is not None]
    images = torch.from_numpy(np.stack(kept)).permute(0, 3, 1, 2).contiguous()
    image_set = ImageSet(images, names, unreadable=unreadable)
    return with_attributes(image_set, attributes) if attributes else image_set


def _openers(source: str, root: str, train: bool) -> list[tuple[str, Callable]]:
    path = Path(source)
    if path.is_dir():
        files = sorted(p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES)
        openers = [(p.name, lambda p=p: Image.open(p)) for p in files]
    elif path.is_file():
        openers = _zip_openers(path)
    else:
        openers = _torchvision_openers(source, root, train)
    if not openers:
        raise UserError(f"'{source}' holds no images ({', '.join(SUFFIXES)}).")
    return openers


def _zip_openers(path: Path) -> list[tuple[str, Callable]]:
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile:
        raise UserError(f"'{path}' is no zip file of images; give a folder or a zip.") from None
    members = [n for n in archive.namelist() if n.lower().endswith(SUFFIXES)]
    return [
        (Path(member).name, lambda m=member: Image.open(io.BytesIO(archive.read(m))))
        for member in members
    ]


# torchvision's class and the arguments that select its training or its test part
TORCHVISION = {
    "cifar10": ("CIFAR10", {"train": True}, {"train": False}),
    "celeba": ("CelebA", {"split": "train"}, {"split": "test"}),
    "mnist": ("MNIST", {"train": True}, {"train": False}),
    "fashion-mnist": ("FashionMNIST", {"train": True}, {"train": False}),
    "svhn": ("SVHN", {"split": "train"}, {"split": "test"}),
    "flowers102": ("Flowers102", {"split": "train"}, {"split": "test"}),
    "imagenet": ("ImageNet", {"split": "train"}, {"split": "val"}),
}


def _torchvision_openers(name: str, root: str, train: bool) -> list[tuple[str, Callable]]:
    choose("file, folder or dataset", name, list(TORCHVISION))
    from torchvision import datasets

    class_name, train_part, test_part = TORCHVISION[name]
    arguments = dict(train_part if train else test_part)
    if name != "imagenet":  # its licence lets nobody but its owners hand it out
        arguments["download"] = True
    try:
        dataset = getattr(datasets, class_name)(root, **arguments)
    except Exception as error:
        raise UserError(
            f"torchvision could not load '{name}' from '{root}': {str(error).splitlines()[0]} "
            "Download it there by hand, or give --data-root the folder that holds it."
        ) from error
    return [(f"{i:06d}", lambda i=i: dataset[i][0]) for i in range(len(dataset))]


def _read(opener: Callable[[], Image.Image], size: int, crop: str) -> np.ndarray | None:
    """uint8 (size, size, 3), or None when the file is no readable image."""
    try:
        with opener() as image:
            return np.asarray(resize(image.convert("RGB"), size, crop))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, zipfile.BadZipFile):
        return None


def resize(image: Image.Image, size: int, crop: str) -> Image.Image:
    """The middle square ('center', or of a side in px) or all of it, to `size` px by Lanczos."""
    if crop != "none":
        side = min(image.width, image.height, int(crop) if crop.isdigit() else 1 << 30)
        left, top = (image.width - side) // 2, (image.height - side) // 2
        image = image.crop((left, top, left + side, top + side))
    return image.resize((size, size), Image.Resampling.LANCZOS)


def with_attributes(image_set: ImageSet, table: str) -> ImageSet:
    """The set with the labels of a CSV (column `file_name`, then 0/1 columns) or of CelebA's own
    `list_attr_celeba.txt` (a count, a line of names, then rows of -1/1)."""
    names, rows = _read_table(Path(table))
    labels = torch.zeros(len(image_set), len(names), dtype=torch.bool)
    labelled = torch.zeros(len(image_set), dtype=torch.bool)
    for index, name in enumerate(image_set.names):
        if name in rows:
            labels[index] = torch.tensor(rows[name])
            labelled[index] = True
    if not labelled.any():
        raise UserError(f"No file name of '{table}' occurs among the images of --data.")
    return replace(image_set, labels=labels, attributes=names, labelled=labelled)


def _read_table(path: Path) -> tuple[tuple[str, ...], dict[str, list[bool]]]:
    if not path.is_file():
        raise UserError(f"There is no attribute table '{path}'; give --attributes a file.")
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".csv":
        header, *lines = csv.reader(io.StringIO(text))
        if header[:1] != ["file_name"]:
            raise UserError(f"The first column of '{path}' must be named file_name.")
        names = header[1:]
    else:
        _, header, *rest = text.splitlines()
        names, lines = header.split(), [line.split() for line in rest]
    try:
        rows = {line[0]: [int(v) > 0 for v in line[1:]] for line in lines if line}
        if any(len(row) != len(names) for row in rows.values()):
            raise ValueError
    except ValueError:
        raise UserError(f"Every row of '{path}' needs {len(names)} whole numbers.") from None
    return tuple(names), rows


ORDER, STEP = range(2)  # independent streams of random numbers


def stream(seed: int, kind: int, index: int, device: torch.device | str = "cpu"):
    """A torch.Generator for one step's numbers, or one epoch's order, and for nothing else: a run
    resumed anywhere goes on exactly, with no generator state to keep."""
    mixed = np.random.SeedSequence((seed, kind, index)).generate_state(1)[0]
    return torch.Generator(device).manual_seed(int(mixed))  # the CPU's reads 32 bits


def step_generator(seed: int, step: int, device: torch.device | str = "cpu") -> torch.Generator:
    """The source of all randomness of one step."""
    return stream(seed, STEP, step, device)


class Batches:
    """Shuffled batches of [0, 1] images from a uint8 set that lies on the device if it fits.

    With several processes, each sees its own share of a batch that is the same for all.
    """

    def __init__(self, images: Tensor, batch_size: int, flip: bool, seed: int, rank=0, world=1):
        if batch_size % world:
            raise UserError(f"--batch-size {batch_size} cannot be split over {world} processes.")
        if len(images) < batch_size:
            raise UserError(
                f"{len(images)} images do not fill one batch of {batch_size}; "
                "give more images or a smaller --batch-size."
            )
        self.images, self.batch_size, self.flip, self.seed = images, batch_size, flip, seed
        self.share = slice(rank, None, world)
        self.steps_per_epoch = len(images) // batch_size

    def indices(self, step: int) -> Tensor:
        """Which images this process sees at `step`: (batch_size / processes,)."""
        epoch, position = divmod(step, self.steps_per_epoch)
        if getattr(self, "_epoch", None) != epoch:
            shuffle = stream(self.seed, ORDER, epoch)
            self._epoch, self._order = epoch, torch.randperm(len(self.images), generator=shuffle)
        start = position * self.batch_size
        return self._order[start : start + self.batch_size][self.share]

    def at(self, step: int, generator: torch.Generator) -> Tensor:
        """Images (B, 3, H, W), float32 in [0, 1], channels last, on the generator's device."""
        index = self.indices(step).to(self.images.device, non_blocking=True)
        x = self.images[index].to(generator.device, non_blocking=True)
        mirrored = torch.rand(self.batch_size, generator=generator, device=generator.device)
        if self.flip:
            where = (mirrored[self.share] < 0.5)[:, None, None, None]
            x = torch.where(where, x.flip(3), x)
        return x.to(memory_format=torch.channels_last).float().div_(255)


def to_device(images: Tensor, device: torch.device) -> Tensor:
    """The uint8 images on the device if they leave it at least half of its free memory."""
    if device.type != "cuda":
        return images
    free, _ = torch.cuda.mem_get_info(device)
    return images.to(device) if images.nbytes < free / 2 else images.pin_memory()


def in_batches(images: Tensor, size: int, device: torch.device) -> Iterator[Tensor]:
    """uint8 (N, 3, H, W) as float batches in [0, 1], in order, for encoding and evaluation."""
    for chunk in images.split(size):
        yield chunk.to(device).float().div_(255)
