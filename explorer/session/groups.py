"""Groups of mapped pictures that a visitor chose on a map, for whatever takes groups."""

from dataclasses import dataclass, field

from explorer.words import say


@dataclass
class Groups:
    """Rows of the mapped pictures, the same in every model's map of a set, by the group's name.

    A set has its own: `of` are the groups of a set by its name. Rows are never changed, so that
    the steps of the history share them.
    """

    of: dict[str, dict[str, tuple[int, ...]]] = field(
        default_factory=dict, metadata={"said": say("Groups")}
    )

    def here(self, model_set: str) -> dict[str, tuple[int, ...]]:
        return self.of.setdefault(model_set, {})
