"""How long work on a model shares the machine: it ends when nobody waits for it any more, and what
several ask for at a time is done as one batch."""

from collections import defaultdict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock

import torch
from torch import Tensor


def _always() -> None:
    """Without a page, work is wanted until it ends."""


wanted: Callable[[], None] = _always  # raises where whoever asked for the work has left


def go_on() -> None:
    """For between the parts of work that takes long: ends what nobody waits for any more."""
    wanted()


@dataclass(eq=False)  # tensors are not compared
class _Request:
    tensors: tuple[Tensor, ...]
    found: Tensor | None = None


class Batches:
    """Joins requests from several threads: those that come while one runs are done together next.

    Tensors have one row (B, ...) for each thing, and what is done gives one for each.
    """

    def __init__(self, most: int):
        self._most, self._running = most, Lock()
        self._waiting: dict[Hashable, list[_Request]] = defaultdict(list)

    def __reduce__(self) -> tuple:  # a copy has its own
        return Batches, (self._most,)

    def run(self, kind: Hashable, do: Callable[..., Tensor], *tensors: Tensor) -> Tensor:
        """`do(*tensors)`, perhaps along with the tensors of others that ask for the same `kind`."""
        mine, waiting = _Request(tensors), self._waiting[kind]
        waiting.append(mine)
        try:
            with self._running:
                if mine.found is None:
                    self._do(do, mine, waiting)
        finally:
            waiting.remove(mine)
        return mine.found

    def _do(self, do: Callable[..., Tensor], mine: _Request, waiting: list[_Request]) -> None:
        """Finds `mine`, with as many more as one batch may hold."""
        batch, size = [mine], len(mine.tensors[0])
        for each in [*waiting]:
            if each is not mine and each.found is None:
                size += len(each.tensors[0])
                if size > self._most:
                    break
                batch.append(each)
        columns = zip(*(each.tensors for each in batch), strict=True)
        found = do(*map(torch.cat, columns))
        sizes = [len(each.tensors[0]) for each in batch]
        for each, rows in zip(batch, found.split(sizes), strict=True):
            each.found = rows
