"""Which labels pictures are to have."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from training.errors import choose


class Wanted(NamedTuple):
    """Labels to have and labels to lack: all of that, or with `either` any one of it."""

    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    either: bool = False

    def among(self, names: Collection[str]) -> "Wanted":
        """Itself, where all its labels are among the known ones; else raises UserError."""
        for name in (*self.has, *self.lacks):
            choose("attribute", name, names)
        return self

    def rows(self, labels: Tensor, names: Sequence[str], count: int) -> Tensor:
        """Which of `count` pictures fit, bool (count,), by the labels (L, A) of the first L."""
        if not (self.has or self.lacks):
            return torch.ones(count, dtype=torch.bool)
        signs = [(name, True) for name in self.has] + [(name, False) for name in self.lacks]
        fits = torch.stack([labels[:, names.index(name)] == sign for name, sign in signs])
        found = torch.zeros(count, dtype=torch.bool)
        found[: len(labels)] = fits.any(dim=0) if self.either else fits.all(dim=0)
        return found

    def sql(self, column: str = "labels") -> str:
        """The same as a condition on a column of lists of names; empty where everything fits."""
        all_of, any_of = (f"array_has_{how}({column}, {{}})" for how in ("all", "any"))
        has, lacks = (any_of, all_of) if self.either else (all_of, any_of)
        parts = [has.format(_quoted(self.has))] if self.has else []
        parts += [f"NOT {lacks.format(_quoted(self.lacks))}"] if self.lacks else []
        return (" OR " if self.either else " AND ").join(parts)


def _quoted(names: Sequence[str]) -> str:
    return "[" + ", ".join("'" + name.replace("'", "''") + "'" for name in names) + "]"
