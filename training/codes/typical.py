"""How far codes are from those that their prior draws."""

import torch
from torch import Generator, Tensor

from training.codes.priors import OfClasses, Prior
from training.once import once

DRAWS = 1000  # with which codes are compared


def distance(prior: Prior, z: Tensor) -> Tensor:
    """How far codes (B, n) are from draws of the prior, (B,), half of which are below 1.

    The Wasserstein-2 distance of the entries of a code, centred and scaled as those of the draws,
    from theirs: norm and tails count, the direction does not. Of a prior in a plane, whose codes
    have too few entries for that, the distance from the nearest draw. A prior is drawn from when
    first asked about, and its network, where it has one, is trained by then.
    """
    return (_off(prior, z) / _usual(prior)).clamp_min(1e-12).sqrt()


def _off(prior: Prior, z: Tensor) -> Tensor:
    if isinstance(prior, OfClasses):
        return torch.cdist(z, _draws(prior, 0).to(z)).amin(dim=1).square()
    mean, deviation, ordered = (each.to(z) for each in _entries(prior))
    return (((z - mean) / deviation).sort(dim=1).values - ordered).square().mean(dim=1)


@once
def _usual(prior: Prior) -> float:
    return float(_off(prior, _draws(prior, 1)).median())


@once
@torch.inference_mode(False)  # so that descent can use them
def _entries(prior: Prior) -> tuple[Tensor, Tensor, Tensor]:
    """Mean and deviation of each entry, and the ordered entries of a code on average, (n,) each."""
    z = _draws(prior, 0)
    mean, deviation = z.mean(dim=0), z.std(dim=0).clamp_min(1e-6)
    return mean, deviation, ((z - mean) / deviation).sort(dim=1).values.mean(dim=0)


@torch.inference_mode(False)
def _draws(prior: Prior, seed: int) -> Tensor:
    return prior.sample(DRAWS, Generator().manual_seed(seed))
