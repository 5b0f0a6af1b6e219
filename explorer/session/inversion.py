"""How far a damaged picture is restored."""

from dataclasses import dataclass, field

from explorer.verbs.restore import Restoration


@dataclass(eq=False)
class Inversion:
    """What an inversion found by the model's name, what it is `of`, after how many steps, at which
    of these it last began, and whether the visitor stopped it; a number that changes when that is
    outdated."""

    of: tuple = ()
    found: dict[str, Restoration] = field(default_factory=dict)
    done: int = 0
    begun: int = 0
    stopped: bool = False
    number: int = 0
