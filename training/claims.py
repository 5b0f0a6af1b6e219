"""What the papers and this project expect of a set, and whether the figures say so."""

from collections.abc import Callable, Sequence
from typing import NamedTuple


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


def each(figure: str, *systems: str) -> tuple[Of, ...]:
    return tuple(Of(system, figure) for system in systems)


FACES = (
    Claim(
        "F-AAE's reconstructions are sharper than AAE's, VAE's and WAE's (F-AAE, figures 5 to 8)",
        each("sharpness", "faae", "aae", "vae", "wae"),
        lambda faae, *others: faae > max(others),
    ),
    Claim(
        "F-AAE's samples are sharper than AAE's, VAE's and WAE's (F-AAE, figures 5 to 8)",
        each("sample_sharpness", "faae", "aae", "vae", "wae"),
        lambda faae, *others: faae > max(others),
    ),
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


def _named(of: Of, systems: Sequence[dict]) -> dict | None:
    for system in systems:
        same = of.system == system["framework"] and of.prior in ("", system["prior"])
        if same and of.figure in system["figures"]:
            return system
    return None
