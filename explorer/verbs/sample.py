"""Sample: codes from the prior, decoded by each model."""

from dataclasses import dataclass
from typing import Annotated

from torch import Tensor

from explorer.engine import Model
from explorer.verbs.common.grids import sample_grid
from explorer.verbs.common.labels import checked_labels, switched
from explorer.verbs.common.options import Labels, Models, Option, Result, Seed, Shown
from explorer.work import beside


@dataclass(frozen=True)
class Sample(Result):
    """Codes (N, n) and their images (N, 3, H, W)."""

    codes: Tensor
    images: Tensor

    def shown(self) -> Shown:
        pictures = {str(index): image for index, image in enumerate(self.images)}
        return Shown(pictures, {"codes": self.codes.tolist()})


def sample(
    models: Models,
    seed: Seed = 0,
    count: Annotated[int, Option("how many", 1, 144)] = 16,
    spread: Annotated[
        float, Option("spread of the codes: 1 is the prior, 0 a single code", 0, 2)
    ] = 1.0,
    labels: Labels = None,
) -> dict[Model, Sample]:
    """Samples from the prior, the same codes for all models with the same prior.

    `labels` are switched on or off, as {"Smiling": true}, in codes that end in them; of classes
    one may be on. Gives the pictures of each model, and the codes.
    """
    wanted = checked_labels(models, labels or {})
    drawn = sample_grid(models, seed, count, spread).codes

    def found(model: Model) -> Sample:
        z = switched(model, drawn[model.name], wanted)
        return Sample(z, model.decode(z))

    return beside(found, models)
