"""The images of all sources as one set of uint8 tensors, and what is left out of it."""

import itertools
import os
import warnings
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import torch
from PIL import Image

from training.data.labels import CLASSES, ImageSet, tell_left_out, with_classes
from training.data.pictures import PictureError, open_picture
from training.data.sources import Item, find
from training.errors import QUOTED, UserError

UNREADABLE_SHARE = 0.01


def load(
    sources: tuple[str, ...],
    image_size: int,
    crop: str = "center",
    attributes: str = "",
    root: str = "data",
    train: bool = True,
    skip_unreadable: bool = False,
) -> ImageSet:
    """All images of `sources` (folders, zips, or a torchvision name) at `image_size` px. Classes
    take turns, so that the first images, however many, are spread evenly over them.

    Raises UserError when a source does not exist or has no image, when `attributes` do not fit, or
    when more than 1 % of the images are unreadable; fewer, or with `skip_unreadable` any number,
    are left out. The first few that are left out are named on stderr.
    """
    if not sources:
        raise UserError("Give --data: a folder of images, zip files, or a torchvision dataset.")
    found = [find(source, root, train) for source in sources]
    items = _in_turn([item for source in found for item in source.items])
    images = torch.empty(len(items), 3, image_size, image_size, dtype=torch.uint8)
    image_set = ImageSet(images, [item.name for item in items])
    if attributes == CLASSES:  # labels come first: their errors need not wait for the pixels
        image_set = with_classes(image_set, [item.label for item in items])
    elif attributes:
        from training.data.tables import with_attributes  # here, as pandas is slow to import

        image_set = with_attributes(image_set, attributes)
    wrong = _read_into(images.numpy(), items, crop)
    unreadable = [(items[index].name, reason) for index, reason in wrong.items()]
    _check(unreadable, len(items), skip_unreadable)
    if wrong:
        image_set = image_set.without(wrong.keys())
    others = [(name, "no picture by its name") for source in found for name in source.others]
    for which, files in (
        ("unreadable", unreadable),
        ("that are no pictures by their names", others),
    ):
        tell_left_out(f"{len(files)} {which}", [name for name, _ in files])
    return replace(image_set, left_out=(*unreadable, *others))


def _in_turn(items: list[Item]) -> list[Item]:
    """The first image of every class, then the second, and so on."""
    turns = defaultdict(itertools.count)
    return sorted(items, key=lambda item: next(turns[item.label]))


def _read_into(pixels: np.ndarray, items: list[Item], crop: str) -> dict[int, str]:
    """Fills uint8 (N, 3, size, size); the indices that stay unfilled, and why."""

    def read(index: int) -> str:
        try:
            picture = open_picture(items[index].content(), min_side_px=1)
        except (PictureError, OSError) as error:
            return str(error)
        pixels[index] = np.asarray(resize(picture, pixels.shape[2], crop)).transpose(2, 0, 1)
        return ""

    # The reader mutes warnings, which threads can only undo in order within this.
    with warnings.catch_warnings(), ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        reasons = pool.map(read, range(len(items)))
        return {index: reason for index, reason in enumerate(reasons) if reason}


def _check(unreadable: list[tuple[str, str]], count: int, skip: bool) -> None:
    """UserError where too many of `count` images are unreadable."""
    if len(unreadable) <= UNREADABLE_SHARE * count or (skip and len(unreadable) < count):
        return
    name, reason = unreadable[0]
    raise UserError(
        f"{len(unreadable)} of {count} files are no readable images, more than 1 %: mend or remove "
        f"them, or let fit --skip-unreadable go on without; the first is '{name[:QUOTED]}' "
        f"({reason.removesuffix('.')})."
    )


def resize(image: Image.Image, size: int, crop: str) -> Image.Image:
    """The middle square ('center', or of a side in px) or all of it, to `size` px by Lanczos."""
    if crop != "none":
        side = min(image.width, image.height, int(crop) if crop.isdigit() else 1 << 30)
        left, top = (image.width - side) // 2, (image.height - side) // 2
        image = image.crop((left, top, left + side, top + side))
    return image.resize((size, size), Image.Resampling.LANCZOS)
