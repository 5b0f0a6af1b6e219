"""The figures that a checkpoint is measured by, and how two checkpoints compare. A new figure of
images is a function in `metrics` and an entry in `figures.toml`."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Literal, NamedTuple

from torch import Tensor

from training.config import from_table, read_toml
from training.measure import metrics

# Tables: the comparison of a set, the main figures, and those of a single reconstruction
COMPARE, MAIN, PICTURE = "compare", "main", "picture"


class Figure(NamedTuple):
    """A figure of merit, as `figures.toml` explains it; `of`: (B,) from the two `inputs`."""

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


def _read() -> dict[str, Figure]:
    path, figures = Path(__file__).with_suffix(".toml"), {}
    for name, table in read_toml(path).items():
        values = {"name": name, "unit": "", **table}
        if "of" in table:
            values["of"] = getattr(metrics, table["of"])
        figures[name] = from_table(Figure, values, f"{path.name}, {name}")
    return figures


FIGURES = _read()


def columns(table: str) -> list[Figure]:
    """The figures that `table`, COMPARE, MAIN or PICTURE, shows, in order."""
    return [figure for figure in FIGURES.values() if table in figure.tables]


def kept(figures: dict[str, float]) -> dict[str, float]:
    """What a file holds of figures: those of `FIGURES`, in their order, rounded; one that is not
    finite, as a ratio to images without detail, is left out."""
    known = (name for name in FIGURES if math.isfinite(figures.get(name, math.nan)))
    return {name: round(figures[name], 5) for name in known}


def not_finite(figures: dict[str, float]) -> list[str]:
    """The names of those that `kept` leaves out."""
    return [name for name in FIGURES if name in figures and not math.isfinite(figures[name])]


def compare(names: tuple[str, ...], new: dict[str, float], former: dict[str, float]) -> float:
    """How bad `new` is relative to `former`, the geometric mean of the ratios of their `badness` in
    the named figures that `former` has: below 1 is better, 0.9 is a tenth off every error. Infinite
    where `new` lacks one of them, as one that is not finite is left out; 0 where it alone has any.
    """
    had = [name for name in names if name in former]
    if not had:
        return 0.0 if new.keys() & {*names} else 1.0
    if not new.keys() >= {*had}:
        return math.inf
    logs = [math.log(badness(n, new[n]) / badness(n, former[n])) for n in had]
    return math.exp(sum(logs) / len(logs))


def badness(name: str, value: float) -> float:
    """A figure such that lower is better: an error as it is; a ratio by the factor that it is away
    from 1, to either side, since over-sharp is not sharp; anything else inverted."""
    better, value = FIGURES[name].better, max(value, 1e-5)  # figures are rounded to that
    if better == "lower":
        return value
    return max(value, 1 / value) if better == "one" else 1 / value
