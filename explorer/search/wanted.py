"""Which labels pictures are to have."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import pad

from explorer.words import say
from training.errors import choose


class Wanted(NamedTuple):
    """Labels to have, all of them or with `either` at least one, and labels to have none of."""

    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    either: bool = False

    def among(self, names: Collection[str]) -> "Wanted":
        """Itself, where all its labels are among the known ones; else raises UserError."""
        for name in (*self.has, *self.lacks):
            choose(say("attribute"), name, names)
        return self

    def rows(self, labels: Tensor, names: Sequence[str], count: int) -> Tensor:
        """Which of `count` pictures fit, bool (count,), by the labels (L, A) of the first L; what
        is not among their `names` none of them has."""
        if not (self.has or self.lacks):
            return torch.ones(count, dtype=torch.bool)
        known = pad(labels.bool(), (0, 1))
        columns = {name: column for column, name in enumerate(names)}
        has, lacks = (
            known[:, [columns.get(name, -1) for name in some]] for some in (self.has, self.lacks)
        )
        having = has.any(dim=1) if self.either and self.has else has.all(dim=1)
        found = torch.zeros(count, dtype=torch.bool)
        found[: len(labels)] = having & ~lacks.any(dim=1)
        return found

    def sql(self) -> str:
        """The same as a condition on the column `labels`, lists of names, of a table; empty where
        everything fits."""
        having = "any" if self.either else "all"
        parts = [f"array_has_{having}(labels, {_quoted(self.has)})"] if self.has else []
        parts += [f"NOT array_has_any(labels, {_quoted(self.lacks)})"] if self.lacks else []
        return " AND ".join(parts)


def _quoted(names: Sequence[str]) -> str:
    return "[" + ", ".join("'" + name.replace("'", "''") + "'" for name in names) + "]"
