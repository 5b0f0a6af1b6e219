"""The codes of pictures: exact ones where they are known, else encoded, refined on demand."""

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from explorer.engine import Model, catalogue
from explorer.pictures.picture import SAMPLE, Picture, pixels
from explorer.verbs.options import Reason

REFINING_STEPS = 50
BATCH = 64  # pictures that fit into memory at once


def codes(model: Model, pictures: Sequence[Picture], refined: bool = False) -> Tensor:
    """Codes (B, n) of pictures, kept in them; with `refined`, refined codes of encoded pictures."""
    if not all(_complete(picture, model, refined) for picture in pictures):
        with model.searching:  # who asks for the same codes meanwhile finds them known
            _find(model, pictures, refined)
    return torch.stack([_best(picture, model, refined) for picture in pictures])


def waits(
    models: Sequence[Model], pictures: Sequence[Picture], refined: bool = False
) -> dict[Model, Reason]:
    """The models for which `codes` of these pictures takes seconds, with what to say meanwhile.

    `seconds` is the time of all of them, since they take turns.
    """
    said, seconds = {}, 0.0
    for model in models:
        lost = [p for p in pictures if not model.encodes and not _known(p, model)]
        coarse = [p for p in pictures if p.real and model.name not in p.refined]
        if lost:
            seconds += model.descent_s(len(lost))
            said[model] = f"{model.title} has no encoder: codes are found by recovery"
        if refined and coarse:
            seconds += len(coarse) * REFINING_STEPS * model.step_s
            said.setdefault(model, "codes are refined")
    about = f"about {max(seconds, 1):.0f} s"
    return {model: Reason(f"{words}, {about}.", seconds) for model, words in said.items()}


def _find(model: Model, pictures: Sequence[Picture], refined: bool) -> None:
    """Writes what is missing of their codes into the pictures."""
    foreign = []
    for picture in pictures:
        if model.name in picture.codes:
            continue
        shared = _shared(picture, model)
        if shared is None:
            foreign.append(picture)
        else:
            picture.codes[model.name] = shared
    for batch in _batches(foreign):
        found = model.encode(pixels(batch, model.image_size))
        for picture, code in zip(batch, found, strict=True):
            picture.codes[model.name] = code
    if refined:
        coarse = [p for p in pictures if p.real and model.name not in p.refined]
        for batch in _batches(coarse):
            start = torch.stack([picture.codes[model.name] for picture in batch])
            found = model.refine(pixels(batch, model.image_size), start, steps=REFINING_STEPS)
            for picture, code in zip(batch, found, strict=True):
                picture.refined[model.name] = (code, REFINING_STEPS)


def _complete(picture: Picture, model: Model, refined: bool) -> bool:
    wanted = refined and picture.real
    return model.name in picture.codes and (not wanted or model.name in picture.refined)


def _known(picture: Picture, model: Model) -> bool:
    return model.name in picture.codes or _shared(picture, model) is not None


def _best(picture: Picture, model: Model, refined: bool) -> Tensor:
    if refined and model.name in picture.refined:
        return picture.refined[model.name][0]
    return picture.codes[model.name]


def _shared(picture: Picture, model: Model) -> Tensor | None:
    """The code of a sample, which is the same for every model with the same prior."""
    if picture.origin != SAMPLE:
        return None
    models = catalogue(model.root).models
    known = (name for name in picture.codes if model.shares_prior(models[name]))
    name = next(known, None)
    return None if name is None else picture.codes[name]


def _batches(pictures: Sequence[Picture]) -> Iterator[Sequence[Picture]]:
    return (pictures[at : at + BATCH] for at in range(0, len(pictures), BATCH))
