"""By how much each objective of refined codes trades sharpness for error, on held-out images."""

from collections.abc import Sequence
from pathlib import Path

from torch import Tensor

from training import data
from training.checkpoints import read
from training.codes.inversion import OBJECTIVES, Objective, refine
from training.data.batches import shuffled
from training.errors import UserError
from training.measure.evaluate import error_and_sharpness


def trade(
    checkpoint: str | Path,
    sources: Sequence[str],
    most: int = 256,
    steps: int = 50,
    root: str = "data",
) -> dict:
    """The part `objectives` of metrics.json: by the name of each of `OBJECTIVES` the mean `mse` of
    at most `most` images of `sources`, drawn in random order, and their `sharpness` relative to the
    images', after `steps` from the encoder's codes. Raises UserError."""
    framework, _ = read(checkpoint)
    if not framework.encodes:
        raise UserError(f"{framework.title} has no encoder, from whose codes a refinement begins.")
    size, crop = framework.config.image_size, framework.config.crop
    images = data.load(tuple(sources), size, crop, "", root, train=False).images
    images = shuffled(images)[:most]

    def traded(objective: Objective) -> dict[str, float]:
        def find(x: Tensor) -> Tensor:
            return refine(framework, x, framework.encode(x), steps, **vars(objective))

        mse, sharpness = error_and_sharpness(framework, images, find)
        return {"mse": round(mse, 5), "sharpness": round(sharpness, 3)}

    figures = {name: traded(each) for name, each in OBJECTIVES.items()}
    names = [Path(each).name for each in sources]
    return {"figures": figures, "steps": steps, "images": len(images), "data": names}
