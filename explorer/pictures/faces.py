"""Finds the face in a picture and cuts it out as the training pictures were cut.

The detector is OpenCV 4's bundled frontal-face cascade. On CelebA's aligned 178 x 218 px
pictures its box has, in the median, its corner at (37, 71) and a side of 105 px, where the
training crop has (15, 35) and 148 px: the crop is the box, moved and scaled by that.
"""

import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np
import torch
from PIL import Image
from torch import Tensor

from explorer.words import chain, say
from explorer.work import computed

BOX_SIDE_PX = 105
SCALE = 148 / BOX_SIDE_PX  # side of the crop in sides of the box
# From the middle of the box to the middle of the crop, right and down, in sides of the box.
SHIFT = np.array([15 + 148 / 2 - (37 + 105 / 2), 35 + 148 / 2 - (71 + 105 / 2)]) / BOX_SIDE_PX

SEARCH_PX = (224, 640)  # longer side of what is searched; the larger one for faces far away
# Of each search: the step between sizes, and how many boxes make a face. With (1.1, 5) for faces,
# 405 of 407 portraits are found, here 406, with the same reconstructions, in 1.6 times the time.
STEPS = {"frontalface_default": (1.2, 3), "eye": (1.1, 5)}
MIN_SEARCHED_PX = 30  # smallest box in either search: below it the time goes, and false boxes come
BORDER = 0.2  # of that side, edge repeated around: boxes of faces in tight pictures stick out
MIN_BOX_PX = 16  # in the picture: anything smaller has too few pixels to be worth a crop
EYES_PX = 120  # side of a face's box when eyes are searched in it
MAX_LEAN_DEG = 30
MOST_FACES, LEAST_CLEAR = 8, 1 / 4  # how clear, beside the clearest
# Found fewer times, and without eyes, it may be none: so is each of 16 boxes in 60 pictures of wood
# grain, and 1 of 60 portraits.
SURE = 8
SAME_CROP = 0.7  # overlap (intersection over union) from which a picture counts as cropped already
_cascades = threading.local()  # of each thread its own, as one keeps state while it runs


@dataclass(frozen=True)
class Crop:
    """A square of `side` px, its upper left corner at (x, y), turned about its middle.

    `angle` in degrees, clockwise as seen: how far the head leans, so that the cut is level.
    `found` is False where the square is only the centre of the picture; `message` says which.
    """

    x: float
    y: float
    side: float
    angle: float = 0.0
    found: bool = False
    message: str = ""


@dataclass(frozen=True)
class Face:
    """A face that was found, in px of the picture: the detector's `box` (x, y, side), the middles
    (x, y) of both eyes where they are sure, and the crop that goes with them."""

    box: tuple[float, float, float]
    eyes: tuple[tuple[float, float], ...]
    crop: Crop


def find_faces(picture: Image.Image) -> tuple[Face, ...]:
    """The faces in an RGB picture, the largest first."""
    return computed(_found, picture)


def _found(picture: Image.Image) -> tuple[Face, ...]:
    found = next(filter(len, (_faces(picture, side) for side in SEARCH_PX)), np.empty((0, 5)))
    # The largest, but for the few boxes that hold no face: the cascade finds those but a few times.
    clarity = found[:, 2] * found[:, 4]
    order = [
        i for i in (-clarity).argsort()[:MOST_FACES] if clarity[i] > LEAST_CLEAR * clarity.max()
    ]
    return tuple(_face(picture, found[i, :3], found[i, 4], len(order)) for i in order)


def find_crop(picture: Image.Image, faces: Sequence[Face] | None = None) -> Crop:
    """The square around the largest of the `faces`, by default those found in the picture, or its
    centre where there is none."""
    found = find_faces(picture) if faces is None else faces
    if not found:
        message = say("No face was found, so the centre is used: correct the crop if it is off.")
        return whole(picture, False, message)
    crop = found[0].crop
    message = say("The picture is already cropped to a face: all of it is used.")
    every = whole(picture, message=message)
    square = picture.width == picture.height
    return every if square and _overlap(crop, every) > SAME_CROP else crop


def whole(picture: Image.Image, found: bool = True, message: str = "") -> Crop:
    """The largest square in the middle of a picture."""
    side = min(picture.size)
    x, y = ((length - side) / 2 for length in picture.size)
    return Crop(x, y, side, 0.0, found, message)


def cut(picture: Image.Image, crop: Crop, size: int) -> Tensor:
    """The crop as the training data has it: float32 (3, size, size) in [0, 1], by Lanczos.

    Where the crop leaves the picture, the picture's edge is repeated.
    """
    crop = _clamped(crop, picture)
    middle = np.array([crop.x, crop.y]) + crop.side / 2
    # Large crops are first averaged down, to 4 to 8 times the size: same result, bounded memory.
    factor = max(1, int(crop.side / (4 * size)))
    reach = crop.side / 2 * (math.sqrt(2) if crop.angle else 1) + 2 * factor
    corner = np.floor(middle - reach).astype(int)
    span = math.ceil((2 * reach + 1) / factor) * factor
    window = _window(picture, corner, span).reduce(factor)
    middle, side = (middle - corner) / factor, crop.side / factor
    if crop.angle:
        window = window.rotate(crop.angle, Image.Resampling.BICUBIC, center=tuple(middle))
    low, high = middle - side / 2, middle + side / 2
    corner = np.floor(low).astype(int)
    # Cropped before it is resized, like the training data: nothing outside bleeds in.
    window = window.crop((*corner.tolist(), *np.ceil(high).astype(int).tolist()))
    box = (*(low - corner).tolist(), *(high - corner).tolist())
    face = window.resize((size, size), Image.Resampling.LANCZOS, box=box)
    return torch.from_numpy(np.asarray(face).copy()).permute(2, 0, 1).float() / 255


def _cascade(name: str) -> cv2.CascadeClassifier:
    if not hasattr(_cascades, name):
        path = Path(cv2.data.haarcascades) / f"haarcascade_{name}.xml"
        setattr(_cascades, name, cv2.CascadeClassifier(str(path)))
    return getattr(_cascades, name)


def _faces(picture: Image.Image, search_px: int) -> np.ndarray:
    """Boxes of faces in px of the picture, (count, 5) as `_detect` has them.

    The picture is searched at a longer side of `search_px`.
    """
    scale = search_px / max(picture.size)
    size = [max(1, round(side * scale)) for side in picture.size]
    grey = np.asarray(picture.convert("L").resize(size, Image.Resampling.BILINEAR))
    border = int(BORDER * search_px)
    padded = np.pad(grey, border, mode="edge")
    least = max(MIN_SEARCHED_PX, math.ceil(MIN_BOX_PX * scale))
    boxes = _detect("frontalface_default", padded, least)
    return (boxes - [border, border, 0, 0, 0]) / [scale, scale, scale, scale, 1]


def _detect(name: str, grey: np.ndarray, min_side: int) -> np.ndarray:
    """Boxes (x, y, side, side) in a grey picture and how often each was found, float (count, 5)."""
    step, neighbours = STEPS[name]
    how = {"minNeighbors": neighbours, "minSize": (min_side, min_side)}
    boxes, times = _cascade(name).detectMultiScale2(grey, step, **how)
    return np.column_stack([np.reshape(boxes, (-1, 4)), np.ravel(times)]).astype(float)


def _face(picture: Image.Image, box: np.ndarray, times: float, faces: int) -> Face:
    """The face in a box that was found so many `times`, one of several `faces`."""
    eyes = _eyes(picture, box)
    crop = _around(box, _lean(eyes), faces)
    if not eyes and times < SURE:
        doubt = say("It may be no face: correct the crop if it is off.")
        crop = replace(crop, message=chain("{one} {next}", [crop.message, doubt]))
    return Face(tuple(box.tolist()), eyes, crop)


def _lean(eyes: Sequence[tuple[float, float]]) -> float:
    """How far the left and the right eye are off level, degrees clockwise; 0 without them."""
    if not eyes:
        return 0.0
    across, down = np.subtract(eyes[1], eyes[0])
    return math.degrees(math.atan2(down, across))


def _eyes(picture: Image.Image, box: np.ndarray) -> tuple[tuple[float, float], ...]:
    """The left and the right eye in a face's box, px of the picture; none unless two are sure."""
    x, y, side = box.tolist()
    upper = picture.crop((round(x), round(y), round(x + side), round(y + 0.6 * side)))
    grey = np.asarray(upper.convert("L").resize((EYES_PX, int(0.6 * EYES_PX))))
    pairs = []
    for first, second in combinations(_detect("eye", grey, EYES_PX // 6), 2):
        left, right = sorted((first, second), key=lambda eye: eye[0])
        middles = [tuple((eye[:2] + eye[2] / 2).tolist()) for eye in (left, right)]
        across, lean = middles[1][0] - middles[0][0], _lean(middles)
        alike = max(left[2], right[2]) < 1.5 * min(left[2], right[2])
        apart = 0.28 * EYES_PX < across < 0.6 * EYES_PX
        if alike and apart and abs(lean) <= MAX_LEAN_DEG:
            pairs.append(middles)
    scale = side / EYES_PX
    found = pairs[0] if len(pairs) == 1 else ()
    return tuple((round(x) + right * scale, round(y) + down * scale) for right, down in found)


def _around(box: np.ndarray, angle: float, faces: int) -> Crop:
    """The crop that goes with a face's box, turned about the middle of the face."""
    turn = math.radians(angle)
    right, down = SHIFT * box[2]
    middle = box[:2] + box[2] / 2
    middle = middle + [
        right * math.cos(turn) - down * math.sin(turn),
        right * math.sin(turn) + down * math.cos(turn),
    ]
    side = SCALE * box[2]
    one = faces == 1
    if abs(angle) < 1:
        said = say("A face was found.") if one else say("Of several possible faces one was chosen.")
    else:
        turned = f"{abs(angle):.0f}"
        said = (
            say("A face was found, turned by {turned}° to be level.", turned=turned)
            if one
            else say(
                "Of several possible faces one was chosen, turned by {turned}° to be level.",
                turned=turned,
            )
        )
    x, y = middle - side / 2
    return Crop(float(x), float(y), float(side), float(angle), True, said)


def _overlap(one: Crop, other: Crop) -> float:
    """Intersection over union of two squares, angles left aside."""
    x = min(one.x + one.side, other.x + other.side) - max(one.x, other.x)
    y = min(one.y + one.side, other.y + other.side) - max(one.y, other.y)
    common = max(x, 0) * max(y, 0)
    return common / (one.side**2 + other.side**2 - common)


def _clamped(crop: Crop, picture: Image.Image) -> Crop:
    """The crop with its middle in the picture and a side between 4 px and twice the picture."""
    side = min(max(crop.side, 4), 2 * max(picture.size))
    x, y = (
        min(max(corner + crop.side / 2, 0), length) - side / 2
        for corner, length in zip((crop.x, crop.y), picture.size, strict=True)
    )
    return replace(crop, x=x, y=y, side=side)


def _window(picture: Image.Image, corner: np.ndarray, span: int) -> Image.Image:
    """The `span` px square at `corner`, the picture's edge repeated where it lies outside."""
    left, top = corner
    inside = (max(left, 0), max(top, 0), left + span, top + span)
    inside = (*inside[:2], min(inside[2], picture.width), min(inside[3], picture.height))
    part = np.asarray(picture.crop(tuple(int(side) for side in inside)))
    across = (inside[0] - left, left + span - inside[2])
    down = (inside[1] - top, top + span - inside[3])
    return Image.fromarray(np.pad(part, (down, across, (0, 0)), mode="edge"))
