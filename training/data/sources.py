"""Which images folders, zips and torchvision datasets hold, and what each is called."""

import hashlib
import os
import struct
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import numpy as np
from filelock import FileLock
from PIL import Image

from training.data.pictures import FORMATS, FORMATS_SAID, PictureError, check_file_size
from training.errors import UserError, choose, first_line

SUFFIXES = {suffix for suffix, kind in Image.registered_extensions().items() if kind in FORMATS}
# What systems put beside pictures, and nobody means; hidden files and folders are litter too.
LITTER = ("__macosx", "thumbs.db", "desktop.ini", "@eadir")
# What a damaged directory of a zip raises: it may ask for a version that there is not, or hold
# names in no encoding
DAMAGED = (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error)


class Item(NamedTuple):
    """An image to read.

    name: its path in the source, with / between folders; content: gives what `open_picture` takes,
    or raises PictureError or OSError; label: its folder, or its class in a known dataset.
    """

    name: str
    content: Callable[[], Path | bytes | Image.Image | np.ndarray]
    label: str


class Source(NamedTuple):
    """What a folder, a zip or a dataset holds: images, and the names of other files."""

    items: list[Item]
    others: list[str]


def find(source: str, root: str = "data", train: bool = True) -> Source:
    """The images of a folder, a zip, or a dataset by its name; raises UserError, also for none.

    Hidden files and what systems put beside pictures belong to no source. Linked folders are
    followed, each folder is taken once.
    """
    path = Path(source)
    if path.is_dir():
        found = _in_folder(path)
    elif path.is_file():
        found = _in_zip(path)
    elif source == "digits":
        found = Source(_digits(train), [])
    else:
        found = Source(_torchvision(source, root, train), [])
    if not found.items:
        raise UserError(f"'{source}' holds no images ({FORMATS_SAID}).")
    return found


def count(sources: tuple[str, ...], root: str = "data", train: bool = True) -> int:
    """Number of images, readable or not; raises UserError."""
    return sum(len(find(source, root, train).items) for source in sources)


def _source(files: Iterable[tuple[PurePosixPath, Callable]], folder: str = "") -> Source:
    """The files that are images by their suffix, and the others; `folder` holds all of them."""
    items, others = [], []
    for name, content in files:
        if name.suffix.lower() in SUFFIXES:
            items.append(Item(str(name), content, name.parent.name or folder))
        else:
            others.append(str(name))
    return Source(items, others)


def _is_litter(name: str) -> bool:
    """Whether it is the name of a file or a folder that belongs to no set of images."""
    return name.lower() in LITTER or (name.startswith(".") and name != "..")


def _in_folder(root: Path) -> Source:
    named = ((PurePosixPath(file.relative_to(root).as_posix()), file) for file in _files(root))
    return _source([(name, lambda file=file: file) for name, file in sorted(named)], root.name)


def _files(root: Path) -> Iterator[Path]:
    """The files of a folder and of those below it. Links come last: a folder that is also linked
    to, or a loop, is taken once and under its own name."""
    seen, folders, links = set(), [root], []
    while folders or links:
        folder = (folders or links).pop()
        real = folder.resolve()
        if real in seen:
            continue
        seen.add(real)
        for path in sorted(folder.iterdir(), reverse=True):
            if _is_litter(path.name):
                continue
            if path.is_dir():
                (links if path.is_symlink() else folders).append(path)
            else:
                yield path


def _in_zip(path: Path) -> Source:
    try:
        archive = zipfile.ZipFile(path)
    except DAMAGED:
        raise UserError(f"'{path}' is no zip file of images; give a folder or a zip.") from None
    files = []
    for member in archive.infolist():
        name = PurePosixPath(member.filename.replace("\\", "/"))  # as old programs of Windows do
        if not member.is_dir() and not any(map(_is_litter, name.parts)):
            files.append((name, lambda member=member: _read_member(archive, member)))
    return _source(files)


def _read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    name = member.filename
    if member.flag_bits & 1:
        raise PictureError(f"{name} is protected by a password: unpack the zip first.")
    check_file_size(member.file_size, name)
    try:
        with archive.open(member) as file:
            return file.read(member.file_size)  # no more, whatever it really holds
    except Exception:  # zipfile and the decompressors raise almost anything
        raise PictureError(f"{name} is damaged in the zip: pack it again.") from None


def _digits(train: bool) -> list[Item]:
    """scikit-learn's 1,797 digits of 8x8 pixels; every fifth is held out."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    pixels = np.round(digits.images * (255 / 16)).astype(np.uint8)
    return [
        Item(f"{i:04d}", lambda i=i: pixels[i], str(digits.target[i]))
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


def _lock(root: str) -> Path:
    """A file for the processes of a user that use a folder, which itself may not be written."""
    name = hashlib.sha256(str(Path(root).resolve()).encode("utf-8", "surrogateescape")).hexdigest()
    user = getattr(os, "getuid", int)()
    return Path(tempfile.gettempdir(), f"datasets-{user}-{name[:16]}.lock")


def _torchvision(name: str, root: str, train: bool) -> list[Item]:
    choose("file, folder or dataset", name, ["digits", *TORCHVISION])
    from torchvision import datasets

    class_name, train_part, test_part = TORCHVISION[name]
    # ImageNet's licence allows no download by others
    download = {} if name == "imagenet" else {"download": True}
    try:
        part = train_part if train else test_part
        with FileLock(_lock(root)):  # of several processes, the first downloads
            dataset = getattr(datasets, class_name)(root, **part, **download)
    except Exception as error:
        raise UserError(
            f"torchvision could not load '{name}' from '{root}': {first_line(error)} "
            "Download it there by hand, or give --data-root the folder that holds it."
        ) from error
    known = ("targets", "labels", "_labels")  # which of them depends on the dataset
    targets = next((getattr(dataset, name) for name in known if hasattr(dataset, name)), [])
    labels = [str(int(target)) for target in targets] or [""] * len(dataset)
    numbers = [f"{i:06d}" for i in range(len(dataset))]
    # as CelebA's own list of attributes has them
    names = dataset.filename if name == "celeba" else numbers
    return [Item(names[i], lambda i=i: dataset[i][0], labels[i]) for i in range(len(dataset))]
