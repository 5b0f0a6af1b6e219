"""How far images are from those that a system knows, by what it makes of them: a score that is
calibrated on held-out images, and how well it tells pictures of another kind from them."""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from training import data
from training.checkpoints import read
from training.codes.directions import area_under_roc
from training.data import batches
from training.errors import UserError
from training.frameworks import Framework
from training.losses import SMOOTH
from training.measure import metrics

KNOWN = 0.99  # share of the held-out images with a distance below 1
LEAST, BATCH = 50, 128
RANK = 1e-9  # of the largest variance; a smaller one is rounding


def calibrate(
    checkpoint: str | Path,
    sources: Sequence[str],
    others: Sequence[str],
    most: int = 2048,
    root: str = "data",
) -> dict:
    """The part `domain` of metrics.json: mean and precision of `features` on one half of the images
    of `sources`, the `limit` that `KNOWN` of them keep, and, on the other half, the AUC against the
    images of `others` and the shares of both beyond the limit. Of each at most `most` are drawn, in
    random order: files may lie in the order of their classes. Raises UserError."""
    framework, _ = read(checkpoint)
    if not framework.encodes:
        raise UserError(f"{framework.title} has no encoder, by which images are judged.")
    size, crop = framework.config.image_size, framework.config.crop
    held, other = (
        batches.shuffled(data.load(tuple(each), size, crop, "", root, train=False).images)[:most]
        for each in (sources, others)
    )
    if min(len(held) // 2, len(other)) < LEAST:
        raise UserError(f"Give at least {2 * LEAST} images, and {LEAST} of another kind.")
    known, judged = (_features(framework, each) for each in (held[::2], held[1::2]))
    # a figure that does not vary, such as the colourfulness of grey images, says nothing of others
    precision = torch.linalg.pinv(torch.cov(known.T.double()), rtol=RANK, hermitian=True)
    found = {"mean": known.mean(0).tolist(), "precision": precision.tolist()}
    found["limit"] = 1.0
    found["limit"] = float(distance(found, known).quantile(KNOWN))
    near, far = distance(found, judged), distance(found, _features(framework, other))
    other_kind = torch.arange(len(near) + len(far)) >= len(near)
    return {
        **found,
        "auc": round(area_under_roc(torch.cat([near, far]), other_kind), 4),
        "beyond": round(float((near > 1).float().mean()), 4),
        "others_beyond": round(float((far > 1).float().mean()), 4),
        "images": len(held),
        "data": [Path(each).name for each in sources],
        "others": [Path(each).name for each in others],
    }


def distance(domain: dict, features: Tensor) -> Tensor:
    """Mahalanobis distance of features (B, 7), in that of the limit, (B,): above 1 is unlike."""
    off, precision = features - torch.tensor(domain["mean"]), torch.tensor(domain["precision"])
    return (off @ precision * off).sum(1).clamp_min(0).sqrt() / domain["limit"]


def features(x: Tensor, z: Tensor, x_hat: Tensor, z_again: Tensor) -> Tensor:
    """Of images (B, 3, H, W), their codes z = E(x), reconstructions x_hat = G(z), and z_again =
    E(x_hat), (B, 7): SSIM of the reconstructions; in logarithms, their error and relative
    sharpness, re-encoding error of the codes, and `statistics`."""
    made = [
        metrics.mse(x, x_hat),
        (metrics.sharpness(x_hat) + SMOOTH) / (metrics.sharpness(x) + SMOOTH),
        metrics.squared_distance(z, z_again),
    ]
    logs = torch.cat([torch.stack(made, 1).clamp_min(1e-6), statistics(x)], 1).log()
    return torch.cat([metrics.ssim(x, x_hat)[:, None], logs.cpu()], 1)


@torch.no_grad()
def features_by(framework: Framework, x: Tensor) -> Tensor:
    """The same, of images alone, which it encodes and decodes."""
    z = framework.encode(x)
    x_hat = framework.decode(z)
    return features(x, z, x_hat, framework.encode(x_hat))


def statistics(images: Tensor) -> Tensor:
    """Mean and deviation of luma, and mean distance of the channels from grey, (B, 3), above 0."""
    luma = metrics.grey(images).flatten(1)
    chroma = (images - images.mean(1, keepdim=True)).abs().flatten(1)
    return torch.stack([luma.mean(1), luma.std(1), chroma.mean(1)], dim=1).clamp_min(1e-3)


def _features(framework: Framework, images: Tensor) -> Tensor:
    parts = batches.in_batches(images, BATCH, framework.device)
    return torch.cat([features_by(framework, x) for x in parts])
