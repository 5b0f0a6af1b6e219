"""Whether a picture is of the kind that models know."""

from copy import copy
from typing import NamedTuple

from explorer.engine import Model
from explorer.pictures.colours import Colours
from explorer.pictures.picture import Picture
from explorer.verbs.common.codes import codes
from explorer.work import beside


class Unlike(NamedTuple):
    """How a real picture differs from what `model` was trained on: `share` times as far as 99 % of
    held-out pictures, 0 where that is not calibrated; `reasons`, where its colours are among
    them."""

    model: Model
    share: float
    reasons: list[str]


def unlike(picture: Picture, models: list[Model], colours: Colours) -> Unlike | None:
    """None for a picture that a model knows the like of. Models without a calibrated score judge
    by `colours` alone."""
    if not picture.real:
        return None
    picture = copy(picture)  # one that is cropped meanwhile is another
    judges = [model for model in models if model.domain]

    def judged(model: Model) -> float:
        z = codes(model, [picture])
        return float(model.unlikeness(picture.pixels(model.image_size)[None], z))

    found = beside(judged, [model for model in judges if model.name not in picture.unlike])
    picture.unlike.update({model.name: share for model, share in found.items()})
    share = {model: picture.unlike[model.name] for model in judges}
    nearest = min(share, key=share.get) if share else models[0]
    if share and share[nearest] <= 1:
        return None
    reasons = colours.unlike(picture.pixels(nearest.image_size))
    return Unlike(nearest, share.get(nearest, 0.0), reasons) if share or reasons else None
