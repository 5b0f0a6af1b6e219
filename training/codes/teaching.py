"""Attribute directions taught by a few pictures, and how far they can be trusted."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import normalize

from training.codes.directions import METHODS, RANDOM, Method, area_under_roc, cohens_d
from training.errors import UserError
from training.words import say

LEAST = 2  # pictures of each kind, so that one is left when another is left out
FOLDS = 20  # parts of the pictures, each of which is left out once; of fewer pictures, each one
SAME = 1e-3  # of the codes' spread: nearer codes are of the same picture
# Directions taught by nearly the same pictures err alike, so the AUC varies by about twice what it
# would for independent scores. Of 3,200 lessons by 10 to 100 faces, mean differences of two models,
# 96 % have the AUC on all other faces within the interval, without the factor 83 %.
SHARED = 2
CONFIDENCE = 1.96  # standard deviations of the normal distribution's middle 95 %


@dataclass(frozen=True)
class Lesson:
    """What N pictures teach by one method. Codes of n numbers.

    vector (n,): as long as one standard deviation of the training codes along it; auc: ROC AUC of
    the scores that each picture has by the direction that the others teach; low, high: its 95 %
    interval; cohens_d: of the same scores; random_d: 95 % quantile of |d| of random directions.
    """

    vector: Tensor
    auc: float
    low: float
    high: float
    cohens_d: float
    random_d: float


def teach(
    z: Tensor,
    has: Tensor,
    training: Tensor,
    apart: Mapping[str, Tensor] | None = None,
    seed: int = 0,
) -> dict[str, Lesson]:
    """What the pictures teach, by each method of METHODS.

    z (N, n): their codes; has: bool (N,), which have the attribute; training (M, n): codes of the
    training images, whose spread is the unit; apart (A, n) by method: directions that the taught
    one is orthogonal to. Raises UserError where the pictures do not suffice or nothing is left.
    """
    check(z, has, training)
    generator = torch.Generator().manual_seed(seed)
    z, middle = z - training.mean(dim=0), training.mean(dim=0)
    random = normalize(torch.randn(RANDOM, z.shape[1], generator=generator), dim=1)
    chance = cohens_d(z @ random.T, has).abs().quantile(0.95).item()
    parts = dealt(has, torch.randperm(len(z), generator=generator))
    found = {}
    for name, method in METHODS.items():
        rest = (apart or {}).get(name)
        unit = _unit(method, z, has, rest)
        if unit.isnan().any():
            message = say(
                "The attribute lies wholly in those that are projected out: leave some of them in."
            )
            raise UserError(message)
        scores = torch.empty(len(z))
        for held_out in parts:
            kept = torch.ones(len(z), dtype=torch.bool)
            kept[held_out] = False
            one = _unit(method, z[kept], has[kept], rest)
            scores[held_out] = z[held_out] @ one.nan_to_num()
        auc = area_under_roc(scores, has)
        low, high = interval(auc, int(has.sum()), int((~has).sum()))
        d = cohens_d(scores[:, None], has).item()
        vector = unit * ((training - middle) @ unit).std()
        found[name] = Lesson(vector, auc, low, high, d, chance)
    return found


def dealt(has: Tensor, order: Tensor) -> list[Tensor]:
    """The rows of N pictures in FOLDS parts, of fewer pictures in N; in `order` (N,), first those
    that `has` (N,), then the others, to one part after another: no part has all of a kind."""
    each = torch.cat([order[has[order]], order[~has[order]]])
    parts = min(len(each), FOLDS)
    return [each[at::parts] for at in range(parts)]


def check(z: Tensor, has: Tensor, training: Tensor) -> None:
    """Raises UserError unless pictures with codes z (N, n) of which some `has` (N,) suffice."""
    given, lacking = int(has.sum()), int((~has).sum())
    if min(given, lacking) < LEAST:
        message = say(
            "Give at least {least} pictures with the attribute and {least} without it, not {given} "
            "and {lacking}.",
            least=LEAST,
            given=given,
            lacking=lacking,
        )
        raise UserError(message)
    # by differences: products of matrices, usual for more than 25 pictures, round off what is near
    distances = torch.cdist(z, z, compute_mode="donot_use_mm_for_euclid_dist")
    if distances.fill_diagonal_(torch.inf).min() < SAME * training.std(dim=0).norm():
        raise UserError(say("The same picture is given more than once: take one of them out."))


def _unit(method: Method, z: Tensor, has: Tensor, apart: Tensor | None) -> Tensor:
    """A direction (n,) of length 1, orthogonal to `apart`; NaN where nothing is left of it."""
    vector = normalize(method.fit(z, has), dim=0)
    rest = orthogonal(vector, apart)
    return rest / rest.norm() if rest.norm() > SAME else torch.full_like(rest, torch.nan)


def orthogonal(vector: Tensor, apart: Tensor | None) -> Tensor:
    """A vector (n,) without its part in the span of `apart` (A, n), which may be dependent."""
    if apart is None or not len(apart):
        return vector
    span = normalize(apart, dim=1)
    return vector - torch.linalg.pinv(span) @ (span @ vector)


def interval(auc: float, given: int, lacking: int) -> tuple[float, float]:
    """The 95 % interval of an AUC from so many pictures with and without.

    All AUCs from which this one is not too far by their own standard error (Hanley and McNeil
    1982; Newcombe 2006, method 5): it holds for few pictures, and where they are told apart without
    a fault, for which the intervals by DeLong and by the bootstrap have no width.
    """
    a = torch.linspace(0, 1, 2001, dtype=torch.float64)
    a = torch.cat([a, a.new_tensor([auc])])  # of many pictures, the only one that is near
    more = (given + lacking) / 2 - 1
    variance = a * (1 - a) * (1 + more * ((1 - a) / (2 - a) + a / (1 + a))) / (given * lacking)
    near = a[(a - auc).abs() <= CONFIDENCE * (SHARED * variance).sqrt()]
    return near.min().item(), near.max().item()


def cosines(vector: Tensor, vectors: Tensor) -> Tensor:
    """Of a direction (n,) with directions (A, n): (A,)."""
    return normalize(vectors, dim=1) @ normalize(vector, dim=0)
