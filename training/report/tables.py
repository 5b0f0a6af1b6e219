"""Markdown tables of figures, and their renewal in a document."""

import math
import re
from collections.abc import Sequence
from pathlib import Path

from training.measure.figures import badness

MISSING = "–"


def headings(candidates: Sequence[Sequence[str]]) -> list[str]:
    """For each thing its first name that no other has in that position, else its last."""
    columns = [*zip(*candidates, strict=True)]
    return [
        next(
            (n for n, column in zip(names, columns, strict=True) if column.count(n) == 1), names[-1]
        )
        for names in candidates
    ]


def markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table with its first column aligned left, the others right. By hand, since tabulate pads
    every cell to its column: one changed figure would then rewrite all lines of a document."""
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def in_bold(name: str, values: Sequence[float | None]) -> list[str]:
    """Values of the figure `name` as text, the best of several in bold, a dash for None."""
    errors = [None if value is None else badness(name, value) for value in values]
    known = [error for error in errors if error is not None]
    best = min(known) if len(known) > 1 else math.inf
    texts = map(number, values)
    return [f"**{t}**" if e == best else t for t, e in zip(texts, errors, strict=True)]


def number(value: float | None) -> str:
    """With about three digits; a dash for None."""
    if value is None:
        return MISSING
    return f"{value:.{1 if value >= 10 else 3 if value >= 0.1 else 4}f}"


def renewed(text: str, mark: str, made: str) -> str:
    """The text with `made` between the comments `mark` and `end`; unchanged without them."""
    marks = f"<!-- {mark} -->", "<!-- end -->"
    between = re.compile(".*?".join(map(re.escape, marks)), re.DOTALL)
    return between.sub(lambda _: f"\n\n{made}\n\n".join(marks), text)


def renew(path: Path, mark: str, made: str) -> bool:
    """Applies `renewed` to a file; whether that changed it."""
    text = path.read_text(encoding="utf-8")
    new = renewed(text, mark, made)
    if new != text:
        path.write_text(new, encoding="utf-8")
    return new != text
