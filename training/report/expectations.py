"""Claims of the papers and of this project about the systems, checked against the figures of a
set, and the figures that the papers print."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from training.report.tables import number


class Result(NamedTuple):
    """A figure of a system, by its id; of its checkpoint with `prior`, if one is given."""

    system: str
    figure: str
    prior: str = ""


class Claim(NamedTuple):
    """holds: a function of the figures, in their order."""

    words: str
    figures: tuple[Result, ...]
    holds: Callable[..., bool]


class Printed(NamedTuple):
    """A figure as a paper prints it, and its value in our unit; where: paper, table, data, unit."""

    of: Result
    printed: str
    value: float
    where: str


class Expected(NamedTuple):
    """What is known of a data set; apart: which of the papers' figures have no counterpart here,
    and why."""

    claims: tuple[Claim, ...] = ()
    printed: tuple[Printed, ...] = ()
    apart: str = ""


def results(figure: str, *systems: str) -> tuple[Result, ...]:
    return tuple(Result(system, figure) for system in systems)


def signed(system: str, printed: float, where: str) -> Printed:
    """An MSE on [-1, 1], which is four times that on [0, 1]."""
    return Printed(Result(system, "mse"), f"{printed:.3f}", printed / 4, f"{where}, on [−1, 1]")


def sharper(than: str, *rivals: str) -> tuple[Claim, ...]:
    """F-AAE's reconstructions and samples are sharper than the `rivals`', in words `than`."""
    return tuple(
        Claim(
            f"F-AAE's {what} are sharper than {than}",
            results(figure, "faae", *rivals),
            lambda faae, *others: faae > max(others),
        )
        for what, figure in (("reconstructions", "sharpness"), ("samples", "sample_sharpness"))
    )


OF_FAAE = (
    *sharper("AAE's (F-AAE, figures 5 to 8)", "aae"),
    Claim(
        "the middle of F-AAE's morphs has at least 95 % of the sharpness of the corners (F-AAE, "
        "figure 9)",
        results("morph_middle", "faae"),
        lambda faae: faae >= 0.95,
    ),
    Claim(
        "F-AAE's refined reconstruction error is at most that of AAE's encoder",
        (Result("faae", "mse_refined"), Result("aae", "mse")),
        lambda faae, aae: faae <= aae,
    ),
)
FACES = (
    *OF_FAAE,
    *sharper("VAE's and WAE's", "vae", "wae"),
    Claim(
        "the reconstruction errors of AAE, WAE and AAAE are below BiGAN's (AAAE, table I)",
        results("mse", "bigan", "aae", "wae", "aaae"),
        lambda bigan, *others: bigan > max(others),
    ),
    Claim(
        "by dHash similarity of reconstructed samples, AEGAN is above the directly trained "
        "inverse, and that above BiGAN (AEGAN, table 1: 0.8266, 0.7944, 0.6594)",
        results("dhash_generated", "aegan", "inverse", "bigan"),
        lambda aegan, inverse, bigan: aegan > inverse > bigan,
    ),
    Claim(
        "ALICE's reconstruction error is below BiGAN's (AAAE, table I)",
        results("mse", "alice", "bigan"),
        lambda alice, bigan: alice < bigan,
    ),
    Claim(
        "refined codes at least halve F-AAE's reconstruction error",
        (Result("faae", "mse"), Result("faae", "mse_refined")),
        lambda encoder, refined: refined <= encoder / 2,
    ),
)
OBJECTS = (*OF_FAAE, *sharper("WAE's", "wae"))
DIGITS = (
    Claim(
        "semi-supervised AAE with 100 labels misclassifies at most 6 % of the digits",
        results("class_error", "aae-semi"),
        lambda error: error <= 0.06,
    ),
    Claim(
        "clustering AAE with 16 clusters misclassifies at most 20 % of the digits",
        results("class_error", "aae-cluster"),
        lambda error: error <= 0.20,
    ),
    Claim(
        "in each of the ten Gaussians of AAE with labels, at least 90 % of the images are of one "
        "digit",
        (Result("aae-labels", "class_share", prior="mixture"),),
        lambda least: least >= 0.90,
    ),
)


PRINTED_OF_FACES = (
    signed("bigan", 0.283, "ALI; AAAE, table I; CelebA at 64 px"),
    signed("wae", 0.019, "AAAE, table I; CelebA at 64 px"),
    signed("aaae", 0.023, "AAAE, table I; CelebA at 64 px"),
    Printed(Result("aegan", "dhash_generated"), "0.8266", 0.8266, "AEGAN, table 1; CelebA"),
    Printed(Result("inverse", "dhash_generated"), "0.7944", 0.7944, "AEGAN, table 1; CelebA"),
    Printed(Result("bigan", "dhash_generated"), "0.6594", 0.6594, "AEGAN, table 1; CelebA"),
    Printed(
        Result("aegan", "label_agreement"),
        "0.7918",
        0.7918,
        "AEGAN, table 2; 20,000 of CelebA",
    ),
)
PRINTED_OF_OBJECTS = (
    signed("bigan", 0.559, "ALI; AAAE, table I"),
    signed("alice", 0.216, "AAAE, table I"),
    signed("aaae", 0.053, "AAAE, table I"),
)
ON_DIGITS = Expected(DIGITS)
ON_CIFAR = Expected(
    OBJECTS,
    PRINTED_OF_OBJECTS,
    "These images are CIFAR-10 as JPEG, of quality 75 or so, and the figures are of 5,000 of its "
    "10,000 test images. The papers' ICP (WGAN-GP 6.610, ALI 5.974, ALICE 6.043, AAAE 6.431) have "
    "no counterpart: Inception's weights were not available, and the Frechet distances above are "
    "on features of a small network trained on these very classes.",
)
ON_CELEBA = Expected(
    FACES,
    PRINTED_OF_FACES,
    "The papers train on all of CelebA and measure on other images of it; here the training set is "
    "36,622 faces. The papers' FID (ALI 6.946, WAE 98.780, AAAE 4.868) have no counterpart: "
    "Inception's weights were not available, and the Frechet distances above are on features of a "
    "small network trained on CIFAR-10's classes. F-AAE's paper prints pictures, no figures.",
)
# By the file names of the data that the shipped checkpoints are trained and measured on; of other
# data, such as anyone's own, nothing is known.
EXPECTED = {
    "digits": ON_DIGITS,
    **dict.fromkeys(("cifar10-train.zip", "cifar10-test.zip"), ON_CIFAR),
    **dict.fromkeys((f"celeba64-train-{part:02d}.zip" for part in range(3)), ON_CELEBA),
    "celeba64-valid-00.zip": ON_CELEBA,
}


def expected(sources: Sequence[str]) -> Expected:
    """What is known of a set that is trained or measured on `sources`; nothing, unless all are of
    the same known data."""
    names = ["" if Path(source).is_dir() else Path(source).name for source in sources]
    found = {EXPECTED.get(name, Expected()) for name in names}
    return found.pop() if len(found) == 1 else Expected()


def applicable(claims: Sequence[Claim], systems: Sequence[dict]) -> list[Claim]:
    """The claims whose systems are all in the set."""
    present = {system["framework"] for system in systems}
    return [claim for claim in claims if present >= {of.system for of in claim.figures}]


def checked(claim: Claim, systems: Sequence[dict]) -> dict:
    """The claim's words, its outcome ('confirmed', 'contradicted' or 'not measured') and the
    figures that are known. Used of each system are `title`, `framework`, `prior` and `figures`; of
    several with the same framework the first counts."""
    known = [(of, system) for of in claim.figures if (system := _measured(of, systems))]
    values = [system["figures"][of.figure] for of, system in known]
    outcome = "not measured"
    if len(known) == len(claim.figures):
        outcome = "confirmed" if claim.holds(*values) else "contradicted"
    return {
        "words": claim.words,
        "outcome": outcome,
        "figures": [
            {"system": system["title"], "figure": of.figure, "value": value}
            for (of, system), value in zip(known, values, strict=True)
        ],
    }


def with_ours(printed: Printed, systems: Sequence[dict]) -> dict | None:
    """A paper's figure and ours; None where we have none."""
    of, system = printed.of, _measured(printed.of, systems)
    return system and {
        "system": system["title"],
        "figure": of.figure,
        "where": printed.where,
        "printed": printed.printed,
        "value": printed.value,
        "ours": system["figures"][of.figure],
    }


CELLS = ("printed in", "as printed", "in our unit", "ours")


def cells(found: dict) -> tuple[str, ...]:
    """The result of `with_ours` as cells of a table under the headings CELLS."""
    return found["where"], found["printed"], number(found["value"]), number(found["ours"])


def _measured(of: Result, systems: Sequence[dict]) -> dict | None:
    """The first system that has the figure."""
    for system in systems:
        same = of.system == system["framework"] and of.prior in ("", system["prior"])
        if same and of.figure in system["figures"]:
            return system
    return None
