"""What is found once of an object, and kept as long as that is."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from torch.utils.weak import WeakIdKeyDictionary

Found = TypeVar("Found")


def once(find: Callable[..., Found]) -> Callable[..., Found]:
    """`find`, whose findings are kept as long as their objects are, each known by its identity:
    `functools.cache` would keep the objects, too. Findings may not hold the object themselves; of
    an object for which there is none yet, None, it is found anew. What else is `given` is taken the
    first time."""
    kept = WeakIdKeyDictionary()

    @wraps(find)
    def found(of, *given) -> Found:
        known = kept.get(of)
        if known is None:
            known = kept[of] = find(of, *given)
        return known

    return found
