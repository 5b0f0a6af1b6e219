"""What is searched, and what is found in it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import NamedTuple, Protocol

import torch
from torch import Tensor

from explorer.search.looks import LOOKS, unpacked
from explorer.search.wanted import Wanted
from explorer.words import say


class Near(NamedTuple):
    """A picture that was found: its row, its distance, its label, and where they are known its
    thumbnail as a file's content, its codes (n,) by model name, its attributes, and the SHA-256 of
    the weights whose codes these are, by model name."""

    row: int
    distance: float
    label: str = ""
    thumbnail: bytes = b""
    codes: Mapping[str, Tensor] = {}
    attributes: Sequence[str] = ()
    weights: Mapping[str, str] = {}


class Pool(Protocol):
    """Pictures to search in.

    names: of their attributes. `size` is how many are searched by a model or a look. `why_not` says
    why they cannot be searched by a look, or by a model with these weights, empty where they can.
    `nearest` gives the `count` nearest that are `wanted`, the nearest first: by a model the L2
    distance of codes, by a look the number of bits that differ.
    """

    names: Sequence[str]

    def why_not(self, kind: str, weights: str = "") -> str: ...

    def size(self, kind: str) -> int: ...

    def nearest(self, kind: str, vector: Tensor, count: int, wanted: Wanted) -> list[Near]: ...


class Vectors(NamedTuple):
    """Those of pictures (N, n); the first L of these have labels (L, A) with names."""

    each: Tensor
    labels: Tensor = torch.zeros(0, 0, dtype=torch.bool)
    names: Sequence[str] = ()


@dataclass(frozen=True)
class Gathered:
    """A pool in memory: vectors by the names of models and looks, and what a picture is `called` by
    its row."""

    vectors: Mapping[str, Vectors]
    called: Callable[[int], str]

    @property
    def names(self) -> Sequence[str]:
        return [*dict.fromkeys(name for each in self.vectors.values() for name in each.names)]

    def why_not(self, kind: str, weights: str = "") -> str:
        if kind in self.vectors:
            return ""
        if kind in LOOKS:
            return say("Of these pictures the codes alone are kept: choose other ones to look in.")
        return say("There are no codes of these pictures by {model}.", model=kind)

    def size(self, kind: str) -> int:
        return len(self.vectors[kind].each)

    def nearest(self, kind: str, vector: Tensor, count: int, wanted: Wanted) -> list[Near]:
        known, labels, names = self.vectors[kind]
        fits = wanted.among(self.names).rows(labels, names, len(known))
        far = distances(kind, vector[None], known)[0].masked_fill(~fits, torch.inf)
        found = far.topk(min(count, int(fits.sum())), largest=False)
        has = [[*compress(names, labels[row : row + 1].flatten())] for row in found.indices]
        each = zip(found.indices.tolist(), found.values.tolist(), has, strict=True)
        return [Near(row, far, self.called(row), attributes=had) for row, far, had in each]


def distances(kind: str, some: Tensor, others: Tensor) -> Tensor:
    """Of vectors (M, n) to others (N, n): (M, N), as `Pool.nearest` measures them."""
    if kind in LOOKS:
        return torch.cdist(unpacked(some), unpacked(others), p=1)
    return torch.cdist(some.float(), others.float())
