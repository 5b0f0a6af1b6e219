"""How well pictures are found again by codes, by looks and by their pixels."""

from collections.abc import Mapping, Sequence

import torch
from PIL import Image
from torch import Tensor

from explorer.engine import Model
from explorer.pictures.render import to_pil
from explorer.search.looks import LOOKS, looks, unpacked
from explorer.search.pool import distances
from training.data import load
from training.errors import UserError
from training.measure.metrics import chance_agreement, label_agreement
from training.measure.retrieval import CHANGES, found_again

PIXELS, SHARED = "pixels", "labels shared"
BATCH, LEAST = 64, 2
Figures = dict[str, dict[str, float]]


def trial(
    data: Sequence[str], models: Sequence[Model], attributes: str = "", most: int = 1000
) -> Figures:
    """For each model, each look and the pixels: of the first `most` pictures of `data`, the share
    whose nearest one is still their own after each change, and how many labels the nearest other
    ones share, beside `chance`. Where there are labels, labelled pictures alone are used. Raises
    UserError.

    data, attributes: as `python -m training fit` takes them.
    """
    encoding = [model for model in models if model.encodes]
    if not encoding:
        raise UserError("None of the models has an encoder: choose another one.")
    size = max(model.image_size for model in encoding)
    images = load(tuple(data), size, attributes=attributes)
    labelled = slice(None) if images.labels is None else images.labelled
    x = images.images[labelled][:most].float() / 255
    if len(x) < LEAST:
        raise UserError(f"{len(x)} pictures are too few to find one again: give {LEAST}.")
    known = vectors(x, encoding)
    figures: Figures = {kind: {} for kind in known}
    for name, change in CHANGES.items():
        changed = vectors(change(x, 0), encoding)
        for kind, each in figures.items():
            each[name] = found_again(distances(kind, changed[kind], known[kind]))
    if images.labels is not None:
        labels = images.labels[labelled][:most]
        for kind, each in figures.items():
            points = unpacked(known[kind]) if kind in LOOKS else known[kind]
            each[SHARED] = label_agreement(points.float(), labels)
        figures["chance"] = {SHARED: chance_agreement(labels)}
    return figures


def vectors(x: Tensor, models: Sequence[Model]) -> Mapping[str, Tensor]:
    """What images x (N, 3, H, W) in [0, 1] are compared by: codes by model name, looks, pixels."""
    pictures = [to_pil(each) for each in x]
    found = {model.name: _codes(model, pictures) for model in models}
    return found | looks(pictures) | {PIXELS: x.flatten(1)}


def _codes(model: Model, pictures: Sequence[Image.Image]) -> Tensor:
    parts = (pictures[at : at + BATCH] for at in range(0, len(pictures), BATCH))
    return torch.cat([model.encode(part) for part in parts])
