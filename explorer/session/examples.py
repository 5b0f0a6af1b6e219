"""The bundled examples: samples of the best model, with a photo where models show faces and with
digits of scikit-learn's, which the shipped models have not seen, where they draw digits."""

import math
from functools import cache

from PIL import Image
from torch import Tensor

from explorer.catalogue import catalogue
from explorer.pictures.colours import Colours
from explorer.pictures.picture import EXAMPLE, Picture, of_face
from explorer.pictures.render import to_pil
from explorer.words import say
from training.data.sources import find

SAMPLES, TYPICAL, DIGITS = 11, 256, 4
# Of 1,000 seeds one whose 11 faces the detector is surest of, at 32 and at 64 px; its first four
# are the corners of the first morph
SEED = 119


@cache
def examples(root: str, model_set: str) -> tuple[Picture, ...]:
    """The same at every start: samples of least Frechet distance, after a photo if of faces, before
    real digits if of those."""
    models = [catalogue(root).models[name] for name in catalogue(root).sets[model_set]]
    pictures, shown = [], models[0].shows
    if shown == "face":
        photo = astronaut()
        pictures.append(of_face(say("Astronaut (photo: NASA)"), EXAMPLE, photo))
    drawn = _drawn(root, model_set, SAMPLES, SEED)
    for index, image in enumerate(drawn, start=1):
        label = say("Drawn {shown} {index}", shown=say(shown), index=index)
        pictures.append(Picture(label, EXAMPLE, to_pil(image)))
    if shown == "digit":
        pictures += digits()
    for index, picture in enumerate(pictures):
        picture.reference = f"{EXAMPLE}/{index}"
    return tuple(pictures)


@cache
def colours(root: str, model_set: str) -> Colours:
    """Those of samples, which the models have learned from the data."""
    return Colours.of(_drawn(root, model_set, TYPICAL, seed=0))


def _drawn(root: str, model_set: str, count: int, seed: int) -> Tensor:
    """Samples (count, 3, H, W) of the model of least Frechet distance."""
    models = [catalogue(root).models[name] for name in catalogue(root).sets[model_set]]
    artist = min(models, key=lambda model: model.metrics.get("frechet", math.inf))
    return artist.decode(artist.sample_codes(count, seed))


def astronaut() -> Image.Image:
    """Eileen Collins, NASA, public domain: 512 x 512 RGB, shipped with scikit-image."""
    from skimage import data  # here, because it costs start-up time that few runs need

    return Image.fromarray(data.astronaut())


def digits() -> list[Picture]:
    """One of each of the first classes of scikit-learn's held-out digits, of 8 x 8 grey pixels."""
    of_class = {item.label: item for item in find("digits", train=False).items}
    return [
        Picture(
            say("Real digit {name} (scikit-learn)", name=item.label),
            EXAMPLE,
            Image.fromarray(item.content()).convert("RGB"),
        )
        for _, item in sorted(of_class.items())[:DIGITS]
    ]
