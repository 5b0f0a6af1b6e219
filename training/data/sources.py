"""Images of folders, zips and torchvision datasets, as uint8 tensors."""

import io
import itertools
import os
import sys
import zipfile
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from PIL import Image

from training.data.labels import CLASSES, ImageSet, with_attributes, with_classes
from training.errors import UserError, choose

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".gif", ".ppm")
UNREADABLE_SHARE = 0.01


def load(
    sources: tuple[str, ...],
    image_size: int,
    crop: str = "center",
    attributes: str = "",
    root: str = "data",
    train: bool = True,
) -> ImageSet:
    """All images of `sources` (folders, zips, or a torchvision name) at `image_size` px. Classes
    take turns, so that the first images, however many, are spread evenly over them.

    Raises UserError when a source does not exist, has no image, or when more than 1 % of the files
    are unreadable; fewer are left out and listed on stderr.
    """
    if not sources:
        raise UserError("Give --data: a folder of images, zip files, or a torchvision dataset.")
    found = _in_turn([each for source in sources for each in _openers(source, root, train)])
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        arrays = list(pool.map(lambda item: _read(item.open, image_size, crop), found))
    unreadable = tuple(s.name for s, a in zip(found, arrays, strict=True) if a is None)
    if len(unreadable) > UNREADABLE_SHARE * len(found):
        raise UserError(
            f"{len(unreadable)} of {len(found)} files are no readable images, more than 1 %; "
            f"remove or mend them first: {', '.join(unreadable[:5])}"
            f"{', …' if len(unreadable) > 5 else ''}."
        )
    if unreadable:
        print(f"Left out {len(unreadable)} unreadable: {', '.join(unreadable)}", file=sys.stderr)
    read = [source for source, array in zip(found, arrays, strict=True) if array is not None]
    pixels = np.stack([array for array in arrays if array is not None])
    images = torch.from_numpy(pixels).permute(0, 3, 1, 2).contiguous()
    image_set = ImageSet(images, [source.name for source in read], unreadable=unreadable)
    if attributes == CLASSES:
        return with_classes(image_set, [source.label for source in read])
    return with_attributes(image_set, attributes) if attributes else image_set


def count(sources: tuple[str, ...], root: str = "data") -> int:
    """Number of training images, readable or not; raises UserError."""
    return sum(len(_openers(source, root, train=True)) for source in sources)


class Source(NamedTuple):
    """An image to read; label: its folder, or its class in a known dataset."""

    name: str
    open: Callable[[], Image.Image]
    label: str


def _in_turn(sources: list[Source]) -> list[Source]:
    """The first image of every class, then the second, and so on."""
    turns = defaultdict(itertools.count)
    return sorted(sources, key=lambda source: next(turns[source.label]))


def _openers(source: str, root: str, train: bool) -> list[Source]:
    path = Path(source)
    if path.is_dir():
        files = sorted(p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES)
        openers = [Source(p.name, lambda p=p: Image.open(p), p.parent.name) for p in files]
    elif path.is_file():
        openers = _zip_openers(path)
    elif source == "digits":
        openers = _digit_openers(train)
    else:
        openers = _torchvision_openers(source, root, train)
    if not openers:
        raise UserError(f"'{source}' holds no images ({', '.join(SUFFIXES)}).")
    return openers


def _zip_openers(path: Path) -> list[Source]:
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile:
        raise UserError(f"'{path}' is no zip file of images; give a folder or a zip.") from None
    members = [Path(n) for n in archive.namelist() if n.lower().endswith(SUFFIXES)]
    return [
        Source(m.name, lambda m=m: Image.open(io.BytesIO(archive.read(str(m)))), m.parent.name)
        for m in members
    ]


def _digit_openers(train: bool) -> list[Source]:
    """scikit-learn's 1,797 digits of 8x8 pixels; every fifth is held out."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    pixels = np.round(digits.images * (255 / 16)).astype(np.uint8)
    return [
        Source(f"{i:04d}", lambda i=i: Image.fromarray(pixels[i]), str(digits.target[i]))
        for i in range(len(pixels))
        if (i % 5 != 4) == train
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


def _torchvision_openers(name: str, root: str, train: bool) -> list[Source]:
    choose("file, folder or dataset", name, ["digits", *TORCHVISION])
    from torchvision import datasets

    class_name, train_part, test_part = TORCHVISION[name]
    # ImageNet's licence allows no download by others
    download = {} if name == "imagenet" else {"download": True}
    try:
        part = train_part if train else test_part
        dataset = getattr(datasets, class_name)(root, **part, **download)
    except Exception as error:
        raise UserError(
            f"torchvision could not load '{name}' from '{root}': {str(error).splitlines()[0]} "
            "Download it there by hand, or give --data-root the folder that holds it."
        ) from error
    names = ("targets", "labels", "_labels")  # which of them depends on the dataset
    targets = next((getattr(dataset, name) for name in names if hasattr(dataset, name)), [])
    known = len(targets) == len(dataset)
    return [
        Source(f"{i:06d}", lambda i=i: dataset[i][0], str(int(targets[i])) if known else "")
        for i in range(len(dataset))
    ]


def _read(opener: Callable[[], Image.Image], size: int, crop: str) -> np.ndarray | None:
    """uint8 (size, size, 3), or None for an unreadable file."""
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
