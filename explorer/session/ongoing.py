"""Work on codes that a view shows step by step, and that can be stopped and go on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(eq=False)
class Ongoing:
    """What is found by the model's name, what it is `of`, after how many steps, at which of these
    it last began, and whether the visitor stopped it; a number that changes when that is
    outdated. Each view has a class of its own."""

    of: tuple = ()
    found: dict[str, Any] = field(default_factory=dict)
    done: int = 0
    begun: int = 0
    stopped: bool = False
    number: int = 0

    def rests(self, of: tuple, steps: int) -> bool:
        """Whether it has taken its steps, or waits since the visitor stopped it."""
        return self.of == of and (self.stopped or self.done == steps)

    def begin(self, of: tuple, found: Mapping[str, Any]) -> int:
        """Goes on from where it stands, or anew from what is `found` where it was of something
        else. One that runs is outdated by this one, whose number is given."""
        if self.of != of:
            self.of, self.found, self.done, self.stopped = of, {**found}, 0, False
        self.number, self.begun = self.number + 1, self.done
        return self.number

    def stop(self, steps: int) -> None:
        """Stops it; what was found stays."""
        self.number, self.stopped = self.number + 1, self.done < steps
