"""Markdown tables of figures, and how a document keeps one that is renewed."""

import re
from collections.abc import Sequence
from pathlib import Path

from training.measure.figures import badness

MISSING = "–"


def headings(candidates: Sequence[Sequence[str]]) -> list[str]:
    """What to call things beside each other: each by the first of its names that no other has in
    that place, by its last where all are taken."""
    places = [*zip(*candidates, strict=True)]

    def own(names: Sequence[str]) -> str:
        alone = (n for n, place in zip(names, places, strict=True) if place.count(n) == 1)
        return next(alone, names[-1])

    return [own(names) for names in candidates]


def markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The first column to the left, the others to the right."""
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def in_bold(name: str, values: Sequence[float | None]) -> list[str]:
    """Values of the figure `name` as text, the best in bold where there are several; a dash where
    there is none."""
    known = [badness(name, value) for value in values if value is not None]
    best = min(known) if len(known) > 1 else None
    cells = []
    for value in values:
        text = number(value)
        is_best = value is not None and badness(name, value) == best
        cells.append(f"**{text}**" if is_best else text)
    return cells


def number(value: float | None) -> str:
    """To about three digits; a dash for None."""
    if value is None:
        return MISSING
    return f"{value:.{1 if value >= 10 else 3 if value >= 0.1 else 4}f}"


def renewed(text: str, mark: str, made: str) -> str:
    """A document with `made` between the comments `mark` and `end`; as it was without them."""
    marks = f"<!-- {mark} -->", "<!-- end -->"
    between = re.compile(".*?".join(map(re.escape, marks)), re.DOTALL)
    return between.sub(lambda _: f"\n\n{made}\n\n".join(marks), text)


def renew(path: Path, mark: str, made: str) -> bool:
    """`renewed` of a file; whether that changed it."""
    text = path.read_text(encoding="utf-8")
    new = renewed(text, mark, made)
    if new != text:
        path.write_text(new, encoding="utf-8")
    return new != text
