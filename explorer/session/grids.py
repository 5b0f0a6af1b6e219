"""What tiles stand for: the codes behind a view of many pictures. No gradio."""

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from explorer.engine import Model

# Where a picture comes from.
PHOTO, EXAMPLE, SAMPLE, MORPH, EDIT, MAP = "photo", "example", "sample", "morph", "edit", "map"


@dataclass
class Grid:
    """What the tiles of one view stand for: N things, each with a code (N, n) for every model.

    `references` name them in a link, where a link can carry them.
    """

    origin: str
    labels: list[str]
    codes: dict[str, Tensor]
    references: list[str] | None = None


def sample_grid(models: Sequence[Model], seed: int, count: int, spread: float) -> Grid:
    """`count` draws from the prior: the same codes for all models that share one."""
    codes = {model.name: model.sample_codes(count, seed, spread) for model in models}
    labels = [f"Sample {seed}·{index + 1}" for index in range(count)]
    references = [f"{SAMPLE}/{seed}/{spread:g}/{count}/{index}" for index in range(count)]
    return Grid(SAMPLE, labels, codes, references)


def map_row(models: Sequence[Model], index: int) -> Grid:
    """One of the labelled images that were encoded with the checkpoints, as a grid of one row, in
    the models that have it; raises IndexError where none has."""
    codes = {
        model.name: model.latents.codes[index : index + 1]
        for model in models
        if model.latents is not None and 0 <= index < len(model.latents.codes)
    }
    if not codes:
        raise IndexError(index)
    return Grid(MAP, [f"{models[0].shows.title()} {index}"], codes, [f"{MAP}/{index}"])
