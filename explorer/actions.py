"""What the explorer does with a model: the verbs of page, endpoints and command line. No gradio.

Notation: x images (B, 3, H, W) in [0, 1]; z codes (B, n) on the prior's support; x_hat = G(z).
"""

from collections.abc import Collection

import torch
from torch import Tensor

from explorer.engine import Model
from explorer.latent import four_corners, hold, move
from training import metrics
from training.attributes import DEFAULT, METHODS
from training.errors import UserError, choose


def measured(model: Model, x: Tensor, z: Tensor) -> dict[str, float]:
    """How good the codes `z` are for the images `x`, means over the batch.

    mse, psnr (dB), ssim of x_hat to x; sharpness of x_hat relative to x (1 is as sharp);
    cycle_error ||z - E(x_hat)||^2 where there is an encoder.
    """
    x_hat = model.decode(z)
    sharp = metrics.sharpness(x_hat) / metrics.sharpness(x).clamp_min(1e-8)
    figures = {
        "mse": metrics.mse(x, x_hat),
        "psnr": metrics.psnr(x, x_hat),
        "ssim": metrics.ssim(x, x_hat),
        "sharpness": sharp,
    }
    if model.encodes:
        figures["cycle_error"] = (z - model.encode(x_hat)).square().sum(dim=1)
    return {name: float(values.mean()) for name, values in figures.items()}


def plane(model: Model, corners: Tensor, n: int) -> Tensor:
    """Codes (n, n, latent) between four (4, latent), on the prior's support (F-AAE eq. 5)."""
    codes = four_corners(corners, n, keep_norm=True).flatten(0, 1)
    return model.project(codes).unflatten(0, (n, n))


def attributes(model: Model, method: str) -> dict[str, int]:
    """The attributes that `model` can be pushed along by directions of `method`, with their rows;
    none where it comes without. Those that too few held-out faces have, or lack, are not among
    them."""
    choose("method", method, METHODS)
    if model.latents is None or method not in model.latents.directions:
        return {}
    measured = ~model.latents.directions[method].auc.isnan()
    rows = enumerate(model.latents.names)
    return {name: row for row, name in rows if measured[row]}


def changed(
    model: Model,
    z: Tensor,
    amounts: dict[str, float],
    method: str = DEFAULT,
    held: Collection[str] = (),
) -> Tensor:
    """Codes `z` (B, n) pushed by `amounts` standard deviations along attributes, projected.

    What is pushed of the `held` attributes comes first; then their directions, any number, stay
    as they are while the others are pushed. Raises UserError where the model has no attributes,
    or none of a name.
    """
    if not amounts and not held:
        return z
    rows = attributes(model, method)
    if not rows:
        raise UserError(without(model))
    for name in (*amounts, *held):
        choose("attribute", name, rows)
    vectors = model.latents.directions[method].vectors

    def pushed(z: Tensor, names: list[str]) -> Tensor:
        steps = torch.tensor([amounts[name] for name in names])
        return move(z, vectors[[rows[name] for name in names]], steps)

    start = model.project(pushed(z, [name for name in amounts if name in held]))
    moved = pushed(start, [name for name in amounts if name not in held])
    return hold(start, moved, vectors[[rows[name] for name in held]], model.project)


def without(model: Model) -> str:
    """What to say of a model that has no attributes."""
    if model.latents is None:
        return f"{model.name} comes without attribute directions."
    return (
        f"{model.name} has no attribute directions by this method; "
        f"`python -m training directions {model.directory}` finds them."
    )
