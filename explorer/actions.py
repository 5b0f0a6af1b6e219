"""What the explorer does with a model: the verbs of page, endpoints and command line. No gradio.

Notation: x images (B, 3, H, W) in [0, 1]; z codes (B, n) on the prior's support; x_hat = G(z).
"""

import torch
from torch import Tensor

from explorer.engine import Model
from explorer.latent import four_corners, move
from training import metrics
from training.errors import UserError, choose


def measured(model: Model, x: Tensor, z: Tensor) -> dict[str, float]:
    """How good the codes `z` are for the images `x`, means over the batch.

    mse, psnr (dB), ssim of x_hat to x; sharpness of x_hat relative to x (1 is as sharp);
    cycle_error ||z - E(x_hat)||^2.
    """
    x_hat = model.decode(z)
    sharp = metrics.sharpness(x_hat) / metrics.sharpness(x).clamp_min(1e-8)
    figures = {
        "mse": metrics.mse(x, x_hat),
        "psnr": metrics.psnr(x, x_hat),
        "ssim": metrics.ssim(x, x_hat),
        "sharpness": sharp,
        "cycle_error": (z - model.encode(x_hat)).square().sum(dim=1),
    }
    return {name: float(values.mean()) for name, values in figures.items()}


def plane(model: Model, corners: Tensor, n: int) -> Tensor:
    """Codes (n, n, latent) between four (4, latent), on the prior's support (F-AAE eq. 5)."""
    codes = four_corners(corners, n, keep_norm=True).flatten(0, 1)
    return model.project(codes).unflatten(0, (n, n))


def changed(model: Model, z: Tensor, amounts: dict[str, float]) -> Tensor:
    """Codes `z` (B, n) pushed by `amounts` standard deviations along attributes, projected.

    Raises UserError where the model has no attributes, or none of that name.
    """
    if not amounts:
        return z
    if model.latents is None:
        raise UserError(f"{model.name} comes without attribute directions.")
    names = model.latents.names
    for name in amounts:
        choose("attribute", name, names)
    rows = [names.index(name) for name in amounts]
    return model.project(move(z, model.latents.directions[rows], torch.tensor([*amounts.values()])))
