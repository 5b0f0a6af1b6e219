"""The codes behind a view of many pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from torch import Tensor

from explorer.engine import Model
from explorer.pictures.picture import MAP, SAMPLE, Picture
from explorer.pictures.render import to_pil
from explorer.words import say

if TYPE_CHECKING:
    from explorer.verbs.restore import Restoration


@dataclass
class Grid:
    """N things that stand beside each other, each with a code (N, n) for every model.

    The code of a model that has none of a thing is NaN. `references` name them in a link, where a
    link can carry them; of frames of paths, `paths` are the codes (F, n) by kind and model.
    """

    origin: str
    labels: list[str]
    codes: dict[str, Tensor]
    references: list[str] | None = None
    paths: dict[str, dict[str, Tensor]] = field(default_factory=dict, kw_only=True)

    def repaired(self, index: int) -> dict[str, Restoration]:
        """Of one of the things, by model, what was restored, which its codes alone do not give."""
        return {}

    def picture(
        self, index: int, models: Mapping[str, Model], first: Sequence[str] = ()
    ) -> Picture:
        """One of the things, decoded by the first model of `first` that has a code of it; raises
        IndexError where none has."""
        every = {name: codes[index] for name, codes in self.codes.items()}
        codes = {name: code for name, code in every.items() if code.isfinite().all()}
        if not codes:
            raise IndexError(index)
        name = next((name for name in first if name in codes), next(iter(codes)))
        image = to_pil(models[name].decode(codes[name][None])[0])
        reference = self.references[index] if self.references else ""
        drawn = tuple(dict.fromkeys([name, *codes]))
        made = {"codes": codes, "reference": reference, "drawn": drawn}
        return Picture(self.labels[index], self.origin, image, **made)


def sample_grid(models: Sequence[Model], seed: int, count: int, spread: float) -> Grid:
    """`count` samples from the prior: the same codes for all models with the same prior."""
    codes = {model.name: model.sample_codes(count, seed, spread) for model in models}
    labels = [say("Sample {seed}·{n}", seed=seed, n=index + 1) for index in range(count)]
    references = [f"{SAMPLE}/{seed}/{spread:g}/{count}/{index}" for index in range(count)]
    return Grid(SAMPLE, labels, codes, references)


def sampled(models: Sequence[Model], seed: int) -> Picture:
    """One sample from the prior, as the first model decodes it."""
    return sample_grid(models, seed, 1, 1.0).picture(0, {model.name: model for model in models})


def map_row(models: Sequence[Model], index: int) -> Grid:
    """An encoded image, in the models that have it; raises IndexError if none has."""
    codes = {
        model.name: model.latents.codes[index : index + 1]
        for model in models
        if model.latents is not None and 0 <= index < len(model.latents.codes)
    }
    if not codes:
        raise IndexError(index)
    label = say("{shows} {index}", shows=say(models[0].shows.title()), index=index)
    return Grid(MAP, [label], codes, [f"{MAP}/{index}"])
