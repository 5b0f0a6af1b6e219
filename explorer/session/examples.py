"""The bundled examples: a photo where models show faces, and samples of the best model."""

import math
from functools import cache

from PIL import Image

from explorer.engine import catalogue
from explorer.pictures.faces import find_crop
from explorer.pictures.picture import EXAMPLE, Picture
from explorer.pictures.render import to_pil

SAMPLES = 11
SEED = 23  # chosen by eye; its first four are the corners of the first morph


@cache
def examples(root: str, model_set: str) -> tuple[Picture, ...]:
    """The same at every start: samples of least Frechet distance, after a photo if of faces."""
    models = [catalogue(root).models[name] for name in catalogue(root).sets[model_set]]
    pictures, shown = [], models[0].shows
    if shown == "face":
        photo = astronaut()
        pictures.append(Picture("Astronaut (photo: NASA)", EXAMPLE, photo, find_crop(photo)))
    artist = min(models, key=lambda model: model.metrics.get("frechet", math.inf))
    drawn = artist.decode(artist.sample_codes(SAMPLES, SEED))
    for index, image in enumerate(drawn, start=1):
        pictures.append(Picture(f"Drawn {shown} {index}", EXAMPLE, to_pil(image)))
    for index, picture in enumerate(pictures):
        picture.reference = f"{EXAMPLE}/{index}"
    return tuple(pictures)


def astronaut() -> Image.Image:
    """Eileen Collins, NASA, public domain: 512 x 512 RGB, shipped with scikit-image."""
    from skimage import data  # here, because it costs start-up time that few runs need

    return Image.fromarray(data.astronaut())
