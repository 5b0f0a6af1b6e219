"""The codes of pictures: exact ones where they are known, else encoded, refined on demand."""

from collections.abc import Iterator, Sequence
from copy import copy
from threading import Lock

import torch
from torch import Tensor

from explorer.catalogue import catalogue
from explorer.engine import Model
from explorer.pictures.picture import SAMPLE, Picture, pixels
from explorer.verbs.common.options import Reason
from explorer.words import say
from training.once import once

REFINING_STEPS = 50
SAMPLES = 2000  # that stand for codes of images
BATCH = 64  # pictures that fit into memory at once
_finding = [Lock() for _ in range(64)]


def codes(model: Model, pictures: Sequence[Picture], refined: bool = False) -> Tensor:
    """Codes (B, n) of pictures, kept in them; with `refined`, refined codes of encoded pictures,
    where the model can refine them."""
    refined = refined and not model.unrefined
    pictures = [copy(picture) for picture in pictures]  # one that is cropped meanwhile is another
    if any(picture.code(model.name, refined) is None for picture in pictures):
        asked = hash((model.name, *(picture.id for picture in pictures)))
        with _finding[asked % len(_finding)]:  # who asks for the same meanwhile finds it known
            _find(model, pictures, refined)
    return torch.stack([picture.code(model.name, refined) for picture in pictures])


@once
def training_codes(model: Model) -> Tensor:
    """Codes (N, n) of encoded images, by which directions are measured; of a model that knows none,
    samples from its prior."""
    known = model.latents
    return model.sample_codes(SAMPLES).cpu() if known is None else known.codes


def waits(
    models: Sequence[Model], pictures: Sequence[Picture], refined: bool = False
) -> dict[Model, Reason]:
    """The models for which `codes` of these pictures takes seconds, with what to say meanwhile.

    `seconds` is the time of all of them, since they take turns.
    """
    said, seconds = {}, 0.0
    for model in models:
        lost = (
            []
            if model.encodes or model.unrefined
            else [p for p in pictures if _known(p, model) is None]
        )
        coarse = [p for p in pictures if p.real and model.name not in p.refined]
        if lost:
            seconds += model.descent_s(len(lost))
            said[model] = say(
                "{model} has no encoder: codes are found by recovery", model=model.title
            )
        if refined and coarse and not model.unrefined:
            seconds += len(coarse) * REFINING_STEPS * model.step_s
            said.setdefault(model, say("codes are refined"))
    about = f"{max(seconds, 1):.0f}"
    return {
        model: Reason(say("{what}, about {seconds} s.", what=what, seconds=about), seconds)
        for model, what in said.items()
    }


def _find(model: Model, pictures: Sequence[Picture], refined: bool) -> None:
    """Writes what is missing of their codes into the pictures."""
    shared = {picture.id: _known(picture, model) for picture in pictures}
    for picture in pictures:
        if shared[picture.id] is not None:
            picture.codes[model.name] = shared[picture.id]
    for batch in _batches([picture for picture in pictures if shared[picture.id] is None]):
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


def _known(picture: Picture, model: Model) -> Tensor | None:
    """The code that is known of a picture; of a sample, of every model with the prior of one that
    drew it."""
    name = model.name
    if picture.origin == SAMPLE and name not in picture.codes:
        models = catalogue(model.root).models
        drew = [other for other in picture.drawn if other in picture.codes and other in models]
        name = next((other for other in drew if model.shares_prior(models[other])), name)
    return picture.codes.get(name)


def _batches(pictures: Sequence[Picture]) -> Iterator[Sequence[Picture]]:
    return (pictures[at : at + BATCH] for at in range(0, len(pictures), BATCH))
