"""The figures that a checkpoint is measured by, and how two checkpoints compare.

A new figure is a function in `metrics` and a line in FIGURES. Notation: x images, z codes from the
prior, x_hat = G(E(x)), sample = G(z), z_hat = E(sample), sample_hat = G(z_hat).
"""

import math
from collections.abc import Callable
from typing import Literal, NamedTuple

from torch import Tensor

from training.measure import metrics

# Tables: the comparison of a set, the main figures, and those of a single reconstruction
COMPARE, MAIN, PICTURE = "compare", "main", "picture"


class Figure(NamedTuple):
    """A figure of merit.

    name: its key in metrics.json; short: heading of a column; words: what it is; better: 'lower'
    for an error, 'one' where 1 is best, as of a ratio to real images, otherwise 'higher'; tables:
    those that show it, besides the tables of all figures. Where it is the mean of a function over
    the images, `of` is the function, (B,), and `inputs` are the two tensors that it takes.
    """

    name: str
    short: str
    words: str
    unit: str
    format: str
    better: Literal["lower", "one", "higher"]
    tables: tuple[str, ...] = ()
    of: Callable[[Tensor, Tensor], Tensor] | None = None
    inputs: tuple[str, str] = ("x", "x_hat")

    @property
    def title(self) -> str:
        """`short` with a capital."""
        return self.short[:1].upper() + self.short[1:]

    def text(self, value: float) -> str:
        """A value with its unit."""
        return f"{value:{self.format}}{self.unit}"


def _spectrum(name: str, what: str) -> list[Figure]:
    words = f"power of {what} over that of the real images, {{}} quarter of the frequencies"
    quarters = enumerate(("lowest", "second", "third", "highest"), start=1)
    return [
        Figure(f"{name}_{i}", f"{name} {i}", words.format(quarter), "", ".2f", "one")
        for i, quarter in quarters
    ]


BOTH = (COMPARE, MAIN)
# In the order of the tables
# fmt: off
_FIGURES = [
    Figure("mse", "MSE", "mean squared error of reconstructions, for pixels in [0, 1]",
           "", ".4f", "lower", (*BOTH, PICTURE), metrics.mse),
    Figure("mse_refined", "refined MSE", "mean squared error of reconstructions from refined codes",
           "", ".4f", "lower", BOTH),
    Figure("psnr", "PSNR", "peak signal-to-noise ratio of reconstructions, dB",
           " dB", ".1f", "higher", (COMPARE, PICTURE), metrics.psnr),
    Figure("ssim", "SSIM", "structural similarity of reconstructions to the images, 1 if equal",
           "", ".3f", "higher", (COMPARE, PICTURE), metrics.ssim),
    Figure("sharpness", "sharpness",
           "sharpness of reconstructions: their Laplacian energy over that of the real images",
           "", ".2f", "one", BOTH),
    Figure("sample_sharpness", "sample sharpness",
           "sharpness of samples: their Laplacian energy over that of the real images",
           "", ".2f", "one", BOTH),
    Figure("sharpness_refined", "refined sharpness",
           "sharpness of reconstructions from refined codes", "", ".2f", "one"),
    Figure("morph_middle", "morph",
           "sharpness in the middle of morphs between four images over that of their corners",
           "", ".2f", "one", BOTH),
    Figure("code_cycle", "code cycle",
           "re-encoding error over the squared distance E‖z − z′‖² of unrelated codes: 1 if the "
           "encoder finds nothing of the code, whatever the scale of the prior",
           "", ".3f", "lower", (COMPARE,)),
    Figure("sample_cycle", "sample cycle",
           "mean squared error of reconstructed samples, E‖G(z) − G(E(G(z)))‖²",
           "", ".4f", "lower", (COMPARE,)),
    Figure("reencoding_error", "re-encoding error",
           "re-encoding error E‖z − E(G(z))‖² of codes from the prior; unrelated codes on the unit "
           "sphere have 2",
           "", ".3f", "lower", (MAIN,), metrics.code_error, ("z", "z_hat")),
    Figure("cycle_error", "cycle error",
           "‖z − E(G(z))‖²: distance of the code of the reconstruction to the code z that it was "
           "decoded from; unrelated codes on the unit sphere have 2",
           "", ".3f", "lower"),
    Figure("dhash", "dHash of reconstructions",
           "dHash similarity of reconstructions to the images, 0.5 if unrelated",
           "", ".3f", "one", (), metrics.dhash_similarity),
    Figure("dhash_generated", "dHash",
           "dHash similarity of reconstructed samples to the samples, 0.5 if unrelated",
           "", ".3f", "one", (COMPARE,), metrics.dhash_similarity, ("sample", "sample_hat")),
    Figure("frechet", "Frechet", "Frechet distance of samples to the images",
           "", ".2f", "lower", BOTH),
    Figure("frechet_reconstructions", "Frechet of reconstructions",
           "Frechet distance of reconstructions to the images", "", ".2f", "lower"),
    Figure("coverage", "coverage",
           "share of the images with a sample near by; 0.97 for samples that are real images",
           "", ".2f", "higher", (MAIN,)),
    Figure("distinct", "distinct",
           "share of samples that are no near copy of another; 0.95 for real images",
           "", ".2f", "higher"),
    Figure("probe_auc", "AUC",
           "held-out ROC AUC of logistic regression from codes to an attribute, mean over the "
           "attributes; 0.5 if the codes do not predict them",
           "", ".2f", "higher", (COMPARE,)),
    Figure("label_agreement", "labels",
           "share of the labels of an image that the image with the nearest code has too",
           "", ".3f", "higher", (COMPARE,)),
    Figure("class_error", "class error", "share of the images whose class is predicted wrongly",
           "", ".3f", "lower", (COMPARE,)),
    Figure("class_share", "class share",
           "lowest precision of a class: of the images predicted to be of it, the share that are",
           "", ".3f", "higher", (COMPARE,)),
    Figure("class_found", "class found",
           "lowest recall of a class: of the images of it, the share predicted to be of it",
           "", ".3f", "higher", (COMPARE,)),
    *_spectrum("spectrum", "reconstructions"),
    *_spectrum("sample_spectrum", "samples"),
]
# fmt: on
FIGURES = {figure.name: figure for figure in _FIGURES}


def columns(table: str) -> list[Figure]:
    """The figures that `table`, COMPARE, MAIN or PICTURE, shows, in order."""
    return [figure for figure in FIGURES.values() if table in figure.tables]


def compare(names: tuple[str, ...], new: dict[str, float], former: dict[str, float]) -> float:
    """How bad `new` is relative to `former` in the named figures that both have: below 1 is better.

    The geometric mean of the ratios of their `badness`, which needs no common unit: 0.9 is a tenth
    off every error.
    """
    both = [name for name in names if name in new and name in former]
    logs = [math.log(badness(n, new[n]) / badness(n, former[n])) for n in both]
    return math.exp(sum(logs) / len(logs))


def badness(name: str, value: float) -> float:
    """A figure such that lower is better: an error as it is; a ratio by the factor that it is away
    from 1, to either side, since over-sharp is not sharp; anything else inverted."""
    better, value = FIGURES[name].better, max(value, 1e-5)  # figures are rounded to that
    if better == "lower":
        return value
    return max(value, 1 / value) if better == "one" else 1 / value
