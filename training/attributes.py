"""Attribute directions in code space, and how far to trust each."""

import torch
from torch import Tensor

from training.checkpoints import Latents
from training.data import ImageSet, in_batches
from training.frameworks import Framework

HELD_OUT = 0.2


@torch.no_grad()
def encode_all(framework: Framework, images: Tensor, batch_size: int = 256) -> Tensor:
    """uint8 (N, 3, H, W) -> codes (N, n) on the CPU."""
    device = next(framework.parameters()).device
    batches = in_batches(images, batch_size, device)
    return torch.cat([framework.encode(x).float().cpu() for x in batches])


def describe(framework: Framework, images: ImageSet) -> Latents:
    """Codes of the labelled images, with directions and their held-out AUC."""
    labels = images.labels[images.labelled]
    codes = encode_all(framework, images.images[images.labelled])
    directions, auc = mean_differences(codes, labels)
    return Latents(codes, labels, images.attributes, directions, auc)


def mean_differences(codes: Tensor, labels: Tensor, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Directions (A, n) from the mean code without to the mean code with an attribute, each as
    long as one standard deviation of the codes along it, and their ROC AUC (A,) on a fifth of the
    images that took no part. codes (N, n), labels (N, A) bool; NaN where a class is empty."""
    order = torch.randperm(len(codes), generator=torch.Generator().manual_seed(seed))
    held_out = order[: round(HELD_OUT * len(codes))]
    used = order[len(held_out) :]
    weights = labels[used].float()  # (N', A)
    with_it = weights.T @ codes[used] / weights.sum(0)[:, None]  # (A, n)
    without = (1 - weights).T @ codes[used] / (1 - weights).sum(0)[:, None]
    units = torch.nn.functional.normalize(with_it - without, dim=1)
    deviations = (codes[used] @ units.T).std(dim=0)  # (A,)
    scores = codes[held_out] @ units.T  # (N'', A)
    auc = [area_under_roc(scores[:, a], labels[held_out, a]) for a in range(labels.shape[1])]
    return units * deviations[:, None], torch.tensor(auc)


def area_under_roc(scores: Tensor, positive: Tensor) -> float:
    """Probability that a positive scores higher than a negative; NaN where a class is empty."""
    if positive.all() or not positive.any():
        return float("nan")
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(positive.numpy(), scores.numpy()))
