"""What no copy of a part of a session takes over."""

from abc import ABC, abstractmethod
from dataclasses import fields


class Anew(ABC):
    """A dataclass whose `__post_init__` makes what each copy has anew: locks, and what counts the
    work under way, of which a copy has none."""

    @abstractmethod
    def __post_init__(self) -> None: ...

    def __getstate__(self) -> dict:
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def __setstate__(self, state: dict) -> None:
        vars(self).update(state)
        self.__post_init__()
