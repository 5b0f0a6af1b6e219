"""What pictures look like without a model: hashes that are near where pictures look alike."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from explorer.words import say

LOOK_PX = 64  # of the crops that are hashed


class Look(NamedTuple):
    """A hash by `imagehash`, of so many `bits`; `of` gives it as an array of bools."""

    title: str
    bits: int
    of: Callable[[Image.Image], np.ndarray]


def _hashed(name: str) -> Callable[[Image.Image], np.ndarray]:
    def of(picture: Image.Image) -> np.ndarray:
        import imagehash  # here, as it takes a second

        return getattr(imagehash, name)(picture).hash.ravel()

    return of


LOOKS = {
    "dhash": Look(say("dHash"), 64, _hashed("dhash")),
    "phash": Look(say("pHash"), 64, _hashed("phash")),
    "colours": Look(say("Colour histogram"), 42, _hashed("colorhash")),
}


def looks(pictures: Sequence[Image.Image]) -> dict[str, Tensor]:
    """The hashes of pictures by the names of LOOKS: uint8 (N, bits / 8), eight bits a number."""
    found = {}
    for name, look in LOOKS.items():
        bits = np.stack([look.of(picture) for picture in pictures])
        found[name] = torch.from_numpy(np.packbits(bits, axis=1))
    return found


def unpacked(hashes: Tensor) -> Tensor:
    """The bits (N, 8 B) of hashes (N, B), as floats: their L1 distance is that of Hamming."""
    return torch.from_numpy(np.unpackbits(hashes.numpy(), axis=1)).float()
