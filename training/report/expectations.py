"""Claims of the papers and of this project about the systems, checked against the figures of a
set, and the figures that the papers print; `expectations.toml` has them."""

import operator
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from pathlib import Path
from typing import NamedTuple

from training.config import from_table, read_toml
from training.report.tables import number

# system.figure or system[option=value].figure
FIGURE = re.compile(r"([a-z][\w-]*)(?:\[(\w+)=([\w.-]+)\])?\.([a-z]\w*)")
SIGNS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


class Result(NamedTuple):
    """A figure of a system, by its id; of its checkpoint that was trained with this value of an
    option, if one is given."""

    system: str
    option: str
    value: str
    figure: str


def results(text: str) -> list[Result]:
    """The figures that a text names as `system.figure` or `system[option=value].figure`, in its
    order."""
    return [Result(*found) for found in FIGURE.findall(text)]


@dataclass(frozen=True)
class Claim:
    """words: what is claimed; holds: the same as a comparison (`is_true`) of figures (`results`);
    on: the data sets that it is about."""

    words: str
    holds: str
    on: tuple[str, ...] = ()


@dataclass(frozen=True)
class Printed:
    """A figure `of` a system as a paper prints it; where: paper, table, data, unit; unit: how often
    our unit goes into the paper's; on: the data sets that it is about."""

    of: str
    printed: str
    where: str
    unit: float = 1
    on: tuple[str, ...] = ()


@dataclass(frozen=True)
class Known:
    """A data set of which something is known; files: those that a checkpoint of it names."""

    files: tuple[str, ...]
    apart: str


@dataclass(frozen=True)
class Content:
    """The tables of `expectations.toml`: of `Known` by name, of `Claim` and of `Printed`."""

    data: dict[str, dict]
    claims: tuple[dict, ...]
    printed: tuple[dict, ...]


class Expected(NamedTuple):
    """What is known of a data set; apart: the papers' figures without a counterpart, and why."""

    claims: tuple[Claim, ...] = ()
    printed: tuple[Printed, ...] = ()
    apart: str = ""


def is_true(comparison: str) -> bool:
    """Whether a comparison of numbers holds, such as `3 > 2, 1` (3 is greater than each),
    `6 / 2 >= 3` or `1 < 2 < 3`; raises ValueError if it is none."""
    parts = re.split("([<>]=?)", comparison)
    sides = [[_number(term) for term in side.split(",")] for side in parts[::2]]
    if len(sides) == 1:
        raise ValueError(f"'{comparison}' compares nothing.")
    pairs = zip(parts[1::2], pairwise(sides), strict=True)
    return all(SIGNS[sign](a, b) for sign, both in pairs for a, b in product(*both))


def _number(term: str) -> float:
    dividend, _, divisor = term.partition("/")
    return float(dividend) / float(divisor or 1)


def _read() -> dict[str, Expected]:
    """Of other data than these files, such as anyone's own, nothing is known."""
    path = Path(__file__).with_suffix(".toml")
    content = from_table(Content, read_toml(path), path.name)
    claims = [from_table(Claim, each, path.name) for each in content.claims]
    printed = [from_table(Printed, each, path.name) for each in content.printed]
    found = {}
    for name, table in content.data.items():
        known = from_table(Known, table, path.name)
        here = [tuple(each for each in kind if name in each.on) for kind in (claims, printed)]
        found |= dict.fromkeys(known.files, Expected(*here, known.apart))
    return found


EXPECTED = _read()


def expected(sources: Sequence[str]) -> Expected:
    """What is known of a set whose `sources` are all of one known data set; else nothing."""
    names = ["" if Path(source).is_dir() else Path(source).name for source in sources]
    found = {EXPECTED.get(name, Expected()) for name in names}
    return found.pop() if len(found) == 1 else Expected()


def applicable(claims: Sequence[Claim], systems: Sequence[dict]) -> list[Claim]:
    """The claims whose systems are all in the set, trained as they say."""
    return [
        claim
        for claim in claims
        if all(any(_is_of(of, each) for each in systems) for of in results(claim.holds))
    ]


def checked(claim: Claim, systems: Sequence[dict]) -> dict:
    """The claim's words, its outcome ('confirmed', 'contradicted' or 'not measured') and the
    figures that are known. Used of each system are `title`, `framework`, `settings` and `figures`;
    of several with the same framework the first counts."""
    figures = results(claim.holds)
    known = [found for of in figures if (found := _measured(of, systems))]
    outcome = "not measured"
    if len(known) == len(figures):
        values = (str(found["value"]) for found in known)
        holds = is_true(FIGURE.sub(lambda _: next(values), claim.holds))
        outcome = "confirmed" if holds else "contradicted"
    return {"words": claim.words, "outcome": outcome, "figures": known}


def with_ours(printed: Printed, systems: Sequence[dict]) -> dict | None:
    """A paper's figure and ours; None where we have none."""
    (of,) = results(printed.of)
    found = _measured(of, systems)
    return found and {
        "system": found["system"],
        "figure": of.figure,
        "where": printed.where,
        "printed": printed.printed,
        "value": float(printed.printed) / printed.unit,
        "ours": found["value"],
    }


CELLS = ("printed in", "as printed", "in our unit", "ours")


def cells(found: dict) -> tuple[str, ...]:
    """The result of `with_ours` as cells of a table under the headings CELLS."""
    return found["where"], found["printed"], number(found["value"]), number(found["ours"])


def _measured(of: Result, systems: Sequence[dict]) -> dict | None:
    """The value of a figure, of the first system that has it, with that system's title."""
    for system in systems:
        if _is_of(of, system) and of.figure in system["figures"]:
            value = system["figures"][of.figure]
            return {"system": system["title"], "figure": of.figure, "value": value}
    return None


def _is_of(of: Result, system: dict) -> bool:
    """Whether a figure is of this system, trained with the value of the option."""
    trained_so = not of.option or str(system["settings"].get(of.option)) == of.value
    return of.system == system["framework"] and trained_so
