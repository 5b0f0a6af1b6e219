"""A mask over a picture, as bits in a text, which pages and links carry."""

from base64 import urlsafe_b64decode
from typing import Annotated

import numpy as np
from PIL import Image
from pydantic import StringConstraints

from explorer.pictures.picture import MASK, Picture

SIDE = 64
Bits = Annotated[str, StringConstraints(pattern=rf"^([A-Za-z0-9_-]{{{SIDE * SIDE // 6 + 1}}}=)?$")]


def masked(bits: Bits) -> Picture:
    """The mask as a picture, white where a bit is set: SIDE x SIDE bits row by row, in base64 for
    addresses. Raises ValueError where they are none."""
    lit = np.unpackbits(np.frombuffer(urlsafe_b64decode(bits), np.uint8)).reshape(SIDE, SIDE)
    return Picture("mask", MASK, Image.fromarray(255 * lit).convert("RGB"), reference=named(bits))


def named(bits: str) -> str:
    """What a link calls it."""
    return f"{MASK}/{bits}"


def bits_of(mask: Picture | None) -> str:
    """The text of a mask; empty where there is none."""
    return mask.reference.removeprefix(named("")) if mask else ""
