"""Attribute directions in code space by three methods, and how well each separates."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import normalize

HELD_OUT = 0.2
RANDOM = 1000  # random directions that Cohen's d is compared with
# Inverse penalties for standardised codes: the best on 2,913 faces, by 4-fold AUC for both systems.
C_LOGISTIC, C_SVM = 3e-3, 3e-4


@dataclass(frozen=True)
class Directions:
    """Attribute directions found by one method. A attributes, codes of n numbers.

    vectors (A, n): as long as one standard deviation of the codes along them; auc and cohens_d
    (A,): ROC AUC and Cohen's d of the scores of held-out codes; random_d (A,): 95 % quantile of
    |d| of random directions. NaN where the images do not suffice.
    """

    vectors: Tensor
    auc: Tensor
    cohens_d: Tensor
    random_d: Tensor

    @property
    def correlations(self) -> Tensor:
        """(A, A): the cosines between the directions."""
        units = normalize(self.vectors, dim=1)
        return units @ units.T


def mean_difference(z: Tensor, has: Tensor) -> Tensor:
    """From the mean code without the attribute to the mean code with it."""
    return z[has].mean(dim=0) - z[~has].mean(dim=0)


def logistic_regression(z: Tensor, has: Tensor) -> Tensor:
    """The normal of logistic regression's separating plane."""
    from sklearn.linear_model import LogisticRegression

    classifier = LogisticRegression(C=C_LOGISTIC, class_weight="balanced", max_iter=1000)
    return _normal(classifier, z, has)


def linear_svm(z: Tensor, has: Tensor) -> Tensor:
    """The normal of a linear SVM's separating plane (InterFaceGAN, Shen et al. 2020)."""
    from sklearn.svm import LinearSVC

    return _normal(LinearSVC(C=C_SVM, class_weight="balanced", dual=False), z, has)


def _normal(classifier, z: Tensor, has: Tensor) -> Tensor:
    scale = z.std(dim=0).clamp_min(1e-6)  # for a number that is the same in all codes
    classifier.fit(((z - z.mean(dim=0)) / scale).numpy(), has.numpy())
    return torch.from_numpy(classifier.coef_[0]).float() / scale


class Method(NamedTuple):
    """fit: codes (N, n) and bool (N,), which have the attribute -> a vector (n,) of any length."""

    title: str
    fit: Callable[[Tensor, Tensor], Tensor]


METHODS = {
    "mean": Method("Mean difference", mean_difference),
    "logistic": Method("Logistic regression", logistic_regression),
    "svm": Method("Linear SVM", linear_svm),
}
DEFAULT = "mean"  # changes the attribute most per deviation, and other attributes no more


def find_directions(codes: Tensor, labels: Tensor) -> dict[str, Directions]:
    """Directions by each method of METHODS, measured on a held-out fifth of the images.

    codes (N, n), labels: bool (N, A); NaN where too few images have, or lack, an attribute.
    """
    generator = torch.Generator().manual_seed(0)  # the same images each time
    order = torch.randperm(len(codes), generator=generator)
    held_out, used = order.tensor_split([round(HELD_OUT * len(codes))])
    z, has = codes[held_out], labels[held_out].T  # (N', n), (A, N')
    random = normalize(torch.randn(RANDOM, codes.shape[1], generator=generator), dim=1)
    random_d = torch.stack([cohens_d(z @ random.T, each).abs().quantile(0.95) for each in has])
    found = {}
    for name, method in METHODS.items():
        vectors = torch.stack([_vector(method, codes[used], each) for each in labels[used].T])
        scores = (z @ vectors.T).T  # (A, N')
        auc = [area_under_roc(*pair) for pair in zip(scores, has, strict=True)]
        d = [cohens_d(s[:, None], h) for s, h in zip(scores, has, strict=True)]
        found[name] = Directions(vectors, torch.tensor(auc), torch.cat(d), random_d)
    return found


def _vector(method: Method, z: Tensor, has: Tensor) -> Tensor:
    """A direction (n,), as long as one standard deviation of the codes along it."""
    if has.all() or not has.any():
        return z.new_full(z.shape[1:], torch.nan)
    unit = normalize(method.fit(z, has), dim=0)
    return unit * (z @ unit).std()


def area_under_roc(scores: Tensor, has: Tensor) -> float:
    """Probability that a code with the attribute scores higher than one without; NaN if unknown."""
    if scores.isnan().any() or has.all() or not has.any():
        return float("nan")
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(has.numpy(), scores.numpy()))


def cohens_d(scores: Tensor, has: Tensor) -> Tensor:
    """Difference of the means of scores (N, K) with and without, in pooled standard deviations:
    (K,), NaN where these are 0 or unknown, or either is empty (Cohen 1988, eq. 2.5.1)."""
    given, lacking = scores[has], scores[~has]
    means = given.mean(dim=0), lacking.mean(dim=0)
    squares = (given - means[0]).square().sum(dim=0) + (lacking - means[1]).square().sum(dim=0)
    deviations = (squares / (len(scores) - 2)).sqrt()
    return ((means[0] - means[1]) / deviations).where(deviations > 0, torch.nan)
