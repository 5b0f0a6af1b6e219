"""A filter of pictures by their attributes, as a visitor sets it."""

from collections.abc import Collection
from dataclasses import dataclass, field

from explorer.search.wanted import Wanted
from explorer.words import say


@dataclass
class Filter:
    """What pictures are to have, all of it or with `either` at least one, and to have none of."""

    has: list[str] = field(default_factory=list, metadata={"said": say("Has")})
    lacks: list[str] = field(default_factory=list, metadata={"said": say("Has none of")})
    either: bool = field(default=False, metadata={"said": say("at least one")})

    def keep(self, names: Collection[str]) -> list[str]:
        """Loses all but these names, and gives what it has lost."""
        gone = [name for name in (*self.has, *self.lacks) if name not in names]
        self.has = [name for name in self.has if name in names]
        self.lacks = [name for name in self.lacks if name in names]
        return gone

    @property
    def wanted(self) -> Wanted:
        return Wanted(tuple(self.has), tuple(self.lacks), self.either)
