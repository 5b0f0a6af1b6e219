"""The figures that a checkpoint is measured by: their words, and how two checkpoints compare."""

import math
from typing import NamedTuple


class Figure(NamedTuple):
    """words: what it is, as the card says it. best: the value to be wished for; 0 for an error,
    1 for a ratio to real images, infinity where more is better."""

    words: str
    best: float


QUARTERS = ("lowest", "second", "third", "highest")
FIGURES: dict[str, Figure] = {
    "mse": Figure("reconstruction error (MSE on [0, 1]) of the encoder's codes", 0),
    "psnr": Figure("the same as PSNR, dB", math.inf),
    "ssim": Figure("structural similarity of reconstructions", math.inf),
    "sharpness": Figure(
        "sharpness of reconstructions: their Laplacian energy over the real images'", 1
    ),
    "sample_sharpness": Figure("sharpness of samples", 1),
    "mse_refined": Figure("reconstruction error (MSE) of refined codes", 0),
    "sharpness_refined": Figure("sharpness of reconstructions from refined codes", 1),
    "morph_middle": Figure(
        "sharpness of the middle of four-corner morphs over that of their corners", 1
    ),
    "reencoding_error": Figure(
        "re-encoding error E‖z − E(G(z))‖² of codes from the prior, on the sphere 2 if unrelated", 0
    ),
    "dhash": Figure("dHash similarity of reconstructions of the images, 0.5 for unrelated", 1),
    "dhash_generated": Figure("dHash similarity of reconstructions of samples", 1),
    "frechet": Figure("Frechet distance of samples to the images", 0),
    "frechet_reconstructions": Figure("Frechet distance of reconstructions to the images", 0),
    "coverage": Figure("share of the images that samples lie near, 0.97 at best", math.inf),
    "distinct": Figure("share of samples that repeat no other, 0.95 for real images", math.inf),
    "code_cycle": Figure(
        "re-encoding error over the distance E‖z − z′‖² of unrelated codes, which the scale of the "
        "prior is out of: 1 if unrelated",
        0,
    ),
    "sample_cycle": Figure("reconstruction error (MSE) of samples, E‖G(z) − G(E(G(z)))‖²", 0),
    "probe_auc": Figure(
        "held-out ROC AUC of logistic regression from codes to an attribute, mean over the "
        "attributes, 0.5 if the codes say nothing",
        math.inf,
    ),
    "label_agreement": Figure(
        "share of an image's labels that the image with the nearest code has too", math.inf
    ),
    "class_error": Figure("share of the images whose class is told wrong", 0),
    "class_share": Figure(
        "of the images told to be of a class, the share that is, for the worst class", math.inf
    ),
    "class_found": Figure(
        "of the images of a class, the share told to be of it, for the worst class", math.inf
    ),
    **{
        f"{kind}spectrum_{band}": Figure(
            f"power of {what} over the real images', {quarter} quarter of the frequencies", 1
        )
        for kind, what in (("", "reconstructions"), ("sample_", "samples"))
        for band, quarter in enumerate(QUARTERS, start=1)
    },
}


def compare(names: tuple[str, ...], new: dict[str, float], former: dict[str, float]) -> float:
    """How bad `new` is over `former` in the named figures that both have: below 1 is better.

    The geometric mean of the figures' ratios, which asks for no common unit: 0.9 is what a
    tenth off every error comes to. A ratio of which 1 is best counts by the factor that it is off,
    to either side: over-sharp is not sharp.
    """
    both = [name for name in names if name in new and name in former]
    logs = [math.log(badness(n, new[n]) / badness(n, former[n])) for n in both]
    return math.exp(sum(logs) / len(logs))


def badness(name: str, value: float) -> float:
    """A figure so that less is better, and twice as much twice as bad: an error as it is, a ratio
    by the factor that it is off, anything else inverted."""
    best, value = FIGURES[name].best, max(value, 1e-5)  # figures are rounded to so much
    if best == 0:
        return value
    return max(value, 1 / value) if best == 1 else 1 / value
