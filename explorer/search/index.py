"""Folders and zips of pictures as a table: each is opened, cropped, encoded and hashed once."""

import hashlib
import io
from collections.abc import Iterator, Sequence
from itertools import chain, compress
from pathlib import Path
from typing import NamedTuple

import torch
from tqdm import tqdm

from explorer.engine import Model
from explorer.pictures.faces import find_crop, whole
from explorer.pictures.picture import PHOTO, Picture, pixels
from explorer.pictures.render import to_pil
from explorer.search.looks import LOOK_PX, looks
from explorer.search.table import Held, Rows, Table, holds, named, write
from training.data.labels import CLASSES, ImageSet, with_classes
from training.data.pictures import PictureError, open_picture
from training.data.sources import Item, find
from training.errors import UserError

BATCH, THUMBNAIL_QUALITY = 64, 90


class Indexed(NamedTuple):
    """The table; whether it was made now, and why pictures were left out of it."""

    table: Table
    new: bool
    refused: list[str]


def index(
    sources: Sequence[str], models: Sequence[Model], attributes: str = "", crop: str = "face"
) -> Indexed:
    """A table of the pictures of folders or zips, with their codes by `models`; what is there
    already of the same files is not made again.

    attributes: a table of labels, or 'classes', as `python -m training fit` takes it; crop: 'face'
    to find one where the models show faces, else 'centre'. Raises UserError.
    """
    encoding = [model for model in models if model.encodes]
    if not encoding:
        raise UserError("None of the models has an encoder: choose another one to index with.")
    items = [item for source in sources for item in find(source).items]
    names = [item.name for item in items]
    images = ImageSet(torch.empty(len(items), 0), names)
    if attributes == CLASSES:
        images = with_classes(images, [item.label for item in items])
    elif attributes:
        from training.data.tables import with_attributes  # here, as pandas is slow to import

        images = with_attributes(images, attributes)
    weights = {model.name: model.weights for model in encoding}
    held = Held(
        models=weights,
        attributes=[*images.attributes],
        source=", ".join(Path(source).name for source in sources),
        files=_digest(sources, names, (attributes, crop)),
    )
    places = [str(Path(source).resolve()) for source in sources]
    where = hashlib.sha256(repr([places, crop, *weights.values()]).encode())
    name = named(Path(sources[0]).stem, where.hexdigest())
    if holds(name, held):
        return Indexed(Table(name), False, [])
    refused: list[str] = []
    rows = _rows(items, images, encoding, crop, refused)
    first = next(rows, None)
    if first is None:
        raise UserError(f"None of {len(items)} pictures can be read; {refused[0]}")
    sizes = {model.name: model.latent_size for model in encoding}
    return Indexed(write(name, held, sizes, chain([first], rows)), True, refused)


def _digest(sources: Sequence[str], names: Sequence[str], how: Sequence[str]) -> str:
    """Of which files there are, how large and how old they are, and how they are read."""
    folders = [Path(source) for source in sources if Path(source).is_dir()]
    files = [folder / name for folder in folders for name in names]
    known = sorted({file for file in (*map(Path, (*sources, *how)), *files) if file.is_file()})
    stats = [(str(file), file.stat().st_size, file.stat().st_mtime_ns) for file in known]
    return hashlib.sha256(repr((how, stats)).encode()).hexdigest()


def _rows(
    items: Sequence[Item],
    images: ImageSet,
    models: Sequence[Model],
    crop: str,
    refused: list[str],
) -> Iterator[Rows]:
    """The pictures in batches; why others cannot be opened is added to `refused`."""
    of_faces = crop == "face" and any(model.shows == "face" for model in models)
    sizes = {LOOK_PX, *(model.image_size for model in models)}
    waiting: list[tuple[int, Picture]] = []
    for at, item in enumerate(tqdm(items, desc="Indexing", disable=None, leave=False)):
        if len(waiting) == BATCH:
            yield _encoded(waiting, images, models)
            waiting = []
        try:
            source = open_picture(item.content())
        except (PictureError, OSError) as error:
            refused.append(str(error))
        else:
            found = find_crop(source) if of_faces else whole(source)
            picture = Picture(item.name, PHOTO, source, found)
            waiting.append((at, picture.small(sizes)))  # a batch of photos would fill the memory
    if waiting:
        yield _encoded(waiting, images, models)


def _encoded(
    waiting: Sequence[tuple[int, Picture]], images: ImageSet, models: Sequence[Model]
) -> Rows:
    pictures = [picture for _, picture in waiting]
    crops = [to_pil(picture.pixels(LOOK_PX)) for picture in pictures]
    vectors = {model.name: model.encode(pixels(pictures, model.image_size)) for model in models}
    return Rows(
        labels=[picture.label for picture in pictures],
        thumbnails=[_jpeg(each) for each in crops],
        vectors={name: codes.cpu() for name, codes in vectors.items()} | looks(crops),
        attributes=[_attributes(images, at) for at, _ in waiting],
    )


def _attributes(images: ImageSet, at: int) -> list[str] | None:
    if images.labels is None or not images.labelled[at]:
        return None
    return [*compress(images.attributes, images.labels[at])]


def _jpeg(picture) -> bytes:
    file = io.BytesIO()
    picture.save(file, "jpeg", quality=THUMBNAIL_QUALITY)
    return file.getvalue()
