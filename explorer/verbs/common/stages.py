"""The stages of a reconstruction: a code, its image, and how good both are."""

from dataclasses import dataclass

from torch import Tensor

from explorer.engine import Model
from explorer.pictures.picture import Picture
from explorer.verbs.common.codes import codes
from explorer.work import computed
from training.codes.typical import distance
from training.measure import metrics
from training.measure.figures import PICTURE, columns
from training.once import once

UNRELATED = 1000  # pairs of codes
FLAT = 1e-4  # sharpness of a picture without detail


@dataclass(frozen=True)
class Stage:
    """A code z (1, n), its image x_hat (1, 3, H, W), the figures of `measure`, and z_again =
    E(x_hat), None where it was not computed."""

    z: Tensor
    x_hat: Tensor
    figures: dict[str, float]
    z_again: Tensor | None = None


def first_stage(model: Model, picture: Picture) -> Stage:
    """The stage of the code that `Model.encode` gives. Where the model can tell how far a real
    picture is from those that it knows, that is noted in the picture, since most of it is known."""
    x = picture.pixels(model.image_size)[None]
    z = codes(model, [picture]) if picture.real else model.encode(x)

    def found() -> Stage:
        made = stage(model, x, z)
        if picture.real and model.domain and model.name not in picture.unlike:
            far = model.unlikeness(x, made.z, made.x_hat, made.z_again)
            picture.unlike[model.name] = float(far)
        return made

    return computed(found)


def stage(model: Model, x: Tensor, z: Tensor) -> Stage:
    """A code z (1, n) of the image x (1, 3, H, W), decoded and measured."""
    x_hat = model.decode(z)
    z_again = model.encode(x_hat) if model.encodes else None
    return Stage(z, x_hat, measure(model, x, z, x_hat, z_again), z_again)


def measure(
    model: Model, x: Tensor, z: Tensor, x_hat: Tensor, z_again: Tensor | None
) -> dict[str, float]:
    """Figures of the reconstructions x_hat = G(z) of images x (B, 3, H, W), means over the batch.

    mse, psnr (dB), ssim of x_hat to x; sharpness of x_hat over that of x, unless x is flat;
    prior_distance of z; cycle_error, the re-encoding error ||z - z_again||^2, where z_again =
    E(x_hat) is known.
    """
    figures = {figure.name: figure.of(x, x_hat) for figure in columns(PICTURE)}
    detail = metrics.sharpness(x)
    if detail.min() > FLAT:
        figures["sharpness"] = metrics.sharpness(x_hat) / detail
    figures["prior_distance"] = distance(model.prior, z)
    if z_again is not None:
        figures["cycle_error"] = metrics.squared_distance(z, z_again)
    return {name: float(values.mean()) for name, values in figures.items()}


@once
def unrelated(model: Model) -> float:
    """E||z - z'||^2 of unrelated codes of the prior, by which re-encoding errors are divided."""
    one, other = (model.sample_codes(UNRELATED, seed) for seed in (0, 1))
    return float(metrics.squared_distance(one, other).mean())
