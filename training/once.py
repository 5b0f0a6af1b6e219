"""What is found once of an object, and kept as long as that is."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from torch.utils.weak import WeakIdKeyDictionary

Object, Found = TypeVar("Object"), TypeVar("Found")


def once(find: Callable[[Object], Found]) -> Callable[[Object], Found]:
    """`find`, whose findings are kept as long as their objects are, each known by its identity:
    `functools.cache` would keep the objects, too. Findings may not hold the object themselves; of
    an object for which there is none yet, None, it is found anew."""
    kept = WeakIdKeyDictionary()

    @wraps(find)
    def found(of: Object) -> Found:
        known = kept.get(of)
        if known is None:
            known = kept[of] = find(of)
        return known

    return found
