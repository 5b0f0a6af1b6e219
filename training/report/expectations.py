"""What the papers and this project expect of a set, whether the figures say so, and the figures
that the papers print."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from training.report.tables import number


class Of(NamedTuple):
    """A figure of a system, by its id; of its checkpoint with a certain prior if one is named."""

    system: str
    figure: str
    prior: str = ""


class Claim(NamedTuple):
    """holds: is told the figures, in this order."""

    words: str
    figures: tuple[Of, ...]
    holds: Callable[..., bool]


class Printed(NamedTuple):
    """A figure as a paper prints it, and the same in the unit of ours; where: paper, table, data,
    unit."""

    of: Of
    printed: str
    value: float
    where: str


class Expected(NamedTuple):
    """What a set is held against; apart: what of the papers cannot be, and why."""

    claims: tuple[Claim, ...]
    printed: tuple[Printed, ...] = ()
    apart: str = ""


def each(figure: str, *systems: str) -> tuple[Of, ...]:
    return tuple(Of(system, figure) for system in systems)


def signed(system: str, printed: float, where: str) -> Printed:
    """An MSE on [-1, 1], which is four times that on [0, 1]."""
    return Printed(Of(system, "mse"), f"{printed:.3f}", printed / 4, f"{where}, on [−1, 1]")


def sharper(than: str, *rivals: str) -> tuple[Claim, ...]:
    """F-AAE's reconstructions and samples beside those of the `rivals`, who are called `than`."""
    return tuple(
        Claim(
            f"F-AAE's {what} are sharper than {than}",
            each(figure, "faae", *rivals),
            lambda faae, *others: faae > max(others),
        )
        for what, figure in (("reconstructions", "sharpness"), ("samples", "sample_sharpness"))
    )


OF_FAAE = (
    *sharper("AAE's (F-AAE, figures 5 to 8)", "aae"),
    Claim(
        "the middle of F-AAE's morphs keeps 95 % of its corners' sharpness (F-AAE, figure 9)",
        each("morph_middle", "faae"),
        lambda faae: faae >= 0.95,
    ),
    Claim(
        "F-AAE's refined reconstruction error is at most that of AAE's encoder",
        (Of("faae", "mse_refined"), Of("aae", "mse")),
        lambda faae, aae: faae <= aae,
    ),
)
FACES = (
    *OF_FAAE,
    *sharper("VAE's and WAE's", "vae", "wae"),
    Claim(
        "AAE, WAE and AAAE are ahead of BiGAN by reconstruction error (AAAE, table I)",
        each("mse", "bigan", "aae", "wae", "aaae"),
        lambda bigan, *others: bigan > max(others),
    ),
    Claim(
        "dHash similarity of reconstructed samples: AEGAN above the directly trained inverse, and "
        "that above BiGAN (AEGAN, table 1: 0.8266, 0.7944, 0.6594)",
        each("dhash_generated", "aegan", "inverse", "bigan"),
        lambda aegan, inverse, bigan: aegan > inverse > bigan,
    ),
    Claim(
        "ALICE's reconstruction error is below BiGAN's (AAAE, table I)",
        each("mse", "alice", "bigan"),
        lambda alice, bigan: alice < bigan,
    ),
    Claim(
        "`hybrid` at least halves F-AAE's reconstruction error",
        (Of("faae", "mse"), Of("faae", "mse_refined")),
        lambda encoder, hybrid: hybrid <= encoder / 2,
    ),
)
OBJECTS = (*OF_FAAE, *sharper("WAE's", "wae"))
DIGITS = (
    Claim(
        "semi-supervised AAE with 100 labels tells at most 6 % of the digits wrong",
        each("class_error", "aae-semi"),
        lambda error: error <= 0.06,
    ),
    Claim(
        "clustering AAE with 16 clusters tells at most 20 % of the digits wrong",
        each("class_error", "aae-cluster"),
        lambda error: error <= 0.20,
    ),
    Claim(
        "each of the ten Gaussians of AAE with labels holds at least 90 % of one digit",
        (Of("aae-labels", "class_share", prior="mixture"),),
        lambda least: least >= 0.90,
    ),
)


ON_FACES = (
    signed("bigan", 0.283, "ALI; AAAE, table I; CelebA at 64 px"),
    signed("wae", 0.019, "AAAE, table I; CelebA at 64 px"),
    signed("aaae", 0.023, "AAAE, table I; CelebA at 64 px"),
    Printed(Of("aegan", "dhash_generated"), "0.8266", 0.8266, "AEGAN, table 1; CelebA"),
    Printed(Of("inverse", "dhash_generated"), "0.7944", 0.7944, "AEGAN, table 1; CelebA"),
    Printed(Of("bigan", "dhash_generated"), "0.6594", 0.6594, "AEGAN, table 1; CelebA"),
    Printed(
        Of("aegan", "label_agreement"), "0.7918", 0.7918, "AEGAN, table 2; among 20,000 of CelebA"
    ),
)
ON_OBJECTS = (
    signed("bigan", 0.559, "ALI; AAAE, table I"),
    signed("alice", 0.216, "AAAE, table I"),
    signed("aaae", 0.053, "AAAE, table I"),
)
EXPECTED = {
    "digits": Expected(DIGITS),
    "cifar10": Expected(
        OBJECTS,
        ON_OBJECTS,
        "These images are CIFAR-10 as JPEG, of quality 75 or so, and measured are 5,000 of its "
        "10,000 test images. The papers' ICP (WGAN-GP 6.610, ALI 5.974, ALICE 6.043, AAAE 6.431) "
        "have no counterpart: no weights of Inception were at hand, and the Frechet distances "
        "above are on features of a small network that was taught these very classes.",
    ),
    "faces": Expected(
        FACES,
        ON_FACES,
        "The papers trained on all of CelebA and measured on other images of it; here are 36,622 "
        "faces to train on. Their FID (ALI 6.946, WAE 98.780, AAAE 4.868) have no counterpart: no "
        "weights of Inception were at hand, and the Frechet distances above are on features of a "
        "small network that was taught CIFAR-10's classes. F-AAE's paper prints pictures, no "
        "figures.",
    ),
}


def expected(sources: Sequence[str]) -> Expected:
    """What a set is held against that is measured on these images; faces, where their names do
    not say what they are of."""
    names = " ".join(sources)
    return next((EXPECTED[kind] for kind in EXPECTED if kind in names), EXPECTED["faces"])


def asked_of(claims: Sequence[Claim], systems: Sequence[dict]) -> list[Claim]:
    """The claims without those about a system that the set does not have."""
    present = {system["framework"] for system in systems}
    return [claim for claim in claims if present >= {of.system for of in claim.figures}]


def judged(claim: Claim, systems: Sequence[dict]) -> dict:
    """The claim's words, its outcome ('confirmed', 'contradicted' or 'not measured') and its
    figures as far as they are known. Of the systems count `title`, `framework`, `prior` and
    `figures`; of several with the same framework the first."""
    known = [(of, system) for of in claim.figures if (system := _named(of, systems))]
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


def beside(printed: Printed, systems: Sequence[dict]) -> dict | None:
    """A paper's figure and ours; None where we have none."""
    of, system = printed.of, _named(printed.of, systems)
    return system and {
        "system": system["title"],
        "figure": of.figure,
        "where": printed.where,
        "printed": printed.printed,
        "value": printed.value,
        "ours": system["figures"][of.figure],
    }


CELLS = ("printed in", "as printed", "the same in our unit", "ours")


def cells(found: dict) -> tuple[str, ...]:
    """What `beside` gives, as the cells of a table under the heads CELLS."""
    return found["where"], found["printed"], number(found["value"]), number(found["ours"])


def _named(of: Of, systems: Sequence[dict]) -> dict | None:
    for system in systems:
        same = of.system == system["framework"] and of.prior in ("", system["prior"])
        if same and of.figure in system["figures"]:
            return system
    return None
