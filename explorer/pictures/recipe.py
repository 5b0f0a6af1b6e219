"""What a saved picture says of itself: which models drew it, from which codes, on which page.

The text travels in the PNG, in the comment of a GIF, or at the end of an MP4 or a WebM. Whoever
gives the file may be a stranger: nothing of it is believed before it fits the types here.
"""

import base64
import io
import json
from pathlib import Path
from typing import Annotated, Literal, Self

import numpy as np
import torch
from PIL import Image
from pydantic import Field, ValidationError, model_validator
from torch import Tensor

from explorer.pictures.arrays import LARGEST_PX
from explorer.pictures.render import NO_PICTURE, png_bytes
from explorer.words import say
from training.codes.damage import DAMAGES, REGION
from training.data.pictures import read_file
from training.errors import UserError
from training.schema import Strict

KEY = "latent-recipe"
FORGED = say("What this file says of how it was made fits no picture of this app.")
TOO_MUCH = say("A file cannot hold all that made this: compare fewer models.")
MOST_TEXT = 24_000_000  # characters
MOST_NUMBERS, MOST_FRAMES = 2**14, 256  # of a code (`CodeSize`), of a path (`explorer.verbs.path`)
IMAGE_BYTES, CODES_BYTES = 3 * LARGEST_PX**2, 4 * MOST_NUMBERS * MOST_FRAMES
MOST_BASE64 = 4 * max(IMAGE_BYTES, CODES_BYTES) // 3 + 4
MP4, WEBM = b"ftyp", b"\x1a\x45\xdf\xa3"  # near and at the beginning of a film
END = KEY.encode().ljust(16, b"\0")  # before the text at its end
LongText = Annotated[str, Field(max_length=300)]
Code = Annotated[str, Field(max_length=MOST_BASE64, pattern=r"^[A-Za-z0-9+/]+=*$")]


class Thing(Strict, extra="forbid"):
    """A picture by its codes: float32 as base64, by model name."""

    label: LongText
    codes: Annotated[dict[LongText, Code], Field(min_length=1, max_length=64)]

    def code(self, name: str) -> Tensor | None:
        """The code (n,) of a model, finite; None where there is none."""
        try:
            code = np.frombuffer(base64.b64decode(self.codes.get(name, "")), "<f4")
        except ValueError:
            return None
        return torch.from_numpy(code.copy()) if code.size and np.isfinite(code).all() else None


class Repair(Strict, extra="forbid"):
    """What a damage of a `kind` and `strength` left of a picture, and the codes that were `found`
    for it: 8-bit RGB, channel by channel, and the bits of a painted-out region, as base64 by model
    name."""

    found: Thing
    kind: Literal[(*DAMAGES, REGION)]
    strength: Annotated[float, Field(ge=0, le=100)]
    left: Annotated[dict[LongText, Code], Field(min_length=1, max_length=64)]
    regions: Annotated[dict[LongText, Code], Field(max_length=64)] = {}


class Kin(Strict, extra="forbid"):
    """One of a family: a parent, the places in the family of its own parents, its generation, and
    the slot that it lies in, empty for none."""

    picture: Thing
    parents: Annotated[list[int], Field(max_length=2)]
    generation: Annotated[int, Field(ge=0, le=10**6)]
    slot: LongText = ""


class Recipe(Strict, extra="forbid"):
    """weights: the SHA-256 of each model's weights by its name, in the order in which they draw;
    what is drawn, if anything: `result`, a picture; `tiles` a side of the codes between the `slots`
    in their order; `paths`, by their kinds, whose codes are those of all frames one after another;
    or what was restored by `repair`. slots: what lay in the tab's places for pictures; family: who
    was bred from whom; query: the link to the page, with seed and edits; px: the side of a tile."""

    version: Literal[1] = 1
    weights: Annotated[
        dict[LongText, Annotated[str, Field(pattern="^[0-9a-f]{64}$")]],
        Field(min_length=1, max_length=64),
    ]
    result: Thing | None = None
    tiles: Annotated[int, Field(ge=0, le=15)] = 0
    paths: Annotated[list[Thing], Field(max_length=8)] = []
    repair: Repair | None = None
    slots: Annotated[dict[LongText, Thing], Field(max_length=16)] = {}
    family: Annotated[list[Kin], Field(max_length=128)] = []
    query: Annotated[str, Field(max_length=8000)] = ""
    px: Annotated[int, Field(ge=16, le=512)] = 256

    @model_validator(mode="after")
    def between_four(self) -> Self:
        if self.tiles and (self.tiles < 3 or len(self.slots) != 4):
            raise ValueError("a morph has four corners and at least three tiles a side")
        return self

    @model_validator(mode="after")
    def within_the_family(self) -> Self:
        if any(not 0 <= at < len(self.family) for each in self.family for at in each.parents):
            raise ValueError("parents belong to the family")
        return self

    @property
    def label(self) -> str:
        """What the drawn picture is called; empty where none is."""
        if drawn := self.result or (self.repair and self.repair.found):
            return drawn.label
        return "paths" if self.paths else "morph" if self.tiles else ""

    @property
    def text(self) -> str:
        """Raises UserError where that is more than is read again."""
        text = json.dumps(self.model_dump())
        if len(text) > MOST_TEXT:
            raise UserError(TOO_MUCH)
        return text

    def into(self, picture: Image.Image) -> bytes:
        """The picture as a PNG file that carries it."""
        return png_bytes(picture, more={KEY: self.text})


def thing(label: str, codes: dict[str, Tensor]) -> Thing:
    """A picture by its codes (n,)."""
    packed = {name: code.detach().cpu().numpy().astype("<f4") for name, code in codes.items()}
    texts = {name: base64.b64encode(each.tobytes()).decode() for name, each in packed.items()}
    return Thing(label=str(label)[:300], codes=texts)


def read_recipe(file: bytes | str | Path) -> Recipe | None:
    """What a picture or a film says of itself; None where it says nothing. Raises UserError where
    that fits no picture of this app, and where the file cannot be read."""
    content = _content(file)
    text = _of_film(content) if is_film(content) else _of_picture(content)
    if text is None:
        return None
    try:
        return Recipe.model_validate_json(text if len(text) <= MOST_TEXT else "")
    except ValidationError:
        raise UserError(FORGED) from None


def is_film(file: bytes | str | Path) -> bool:
    """Whether it begins as an MP4 or a WebM does."""
    start = _content(file)[:8]
    return start[4:] == MP4 or start[:4] == WEBM


def _of_film(content: bytes) -> bytes | None:
    _, key, text = content[-MOST_TEXT - len(END) :].rpartition(END)
    return text if key else None


def _of_picture(content: bytes) -> str | bytes | None:
    try:
        with Image.open(io.BytesIO(content), formats=["PNG", "GIF"]) as picture:
            said = picture.info  # by the header: `picture.text` would decode it
    except NO_PICTURE:
        return None
    if picture.format == "PNG":
        return said.get(KEY)
    key, _, comment = said.get("comment", b"").partition(b"\0")
    return comment if key == KEY.encode() else None


def _content(file: bytes | str | Path) -> bytes:
    return file if isinstance(file, bytes) else read_file(Path(file))
