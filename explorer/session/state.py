"""Pictures at hand: what one visitor has uploaded, drawn and chosen. Pure Python, no gradio.

A session is the one value that the page keeps between events. It names models and never holds
them: those are loaded once a process, by `catalogue`.
"""

import math
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache

import torch
from PIL import Image
from torch import Tensor

from explorer.engine import Catalogue, Model, list_models
from explorer.pictures.faces import Crop, cut, find_crop
from explorer.pictures.files import astronaut, open_picture
from explorer.pictures.render import to_pil
from explorer.session.grids import EXAMPLE, MAP, PHOTO, SAMPLE, Grid, map_row, sample_grid
from explorer.verbs.actions import Reason, label_choices

REAL = (PHOTO, EXAMPLE)  # their codes are found by encoding; all others are made from a code
CORNERS = ("corner-0", "corner-1", "corner-2", "corner-3")
SLOTS = ("reconstruct", *CORNERS, "attributes")
SHELF_LIMIT = 48
SOURCE_PX = 1024  # longer side of an upload as it is kept
EXAMPLES = 11  # that are drawn
REFINING_STEPS = 50  # of faithful codes
EXAMPLE_SEED = 23  # chosen by eye; its first four are the corners of the first morph
BATCH = 64

catalogue = cache(list_models)


class Unavailable(ValueError):
    """What was asked for is not at hand (any more); the message is one sentence for people."""


@dataclass
class Picture:
    """A picture with its codes, by model name: (n,) each.

    `refined` holds better codes of a real picture and how many steps found them. `reference`
    names the picture in a link; it is empty for what a link cannot carry.
    """

    label: str
    origin: str
    source: Image.Image
    crop: Crop | None = None
    codes: dict[str, Tensor] = field(default_factory=dict)
    refined: dict[str, tuple[Tensor, int]] = field(default_factory=dict)
    reference: str = ""
    id: str = field(default_factory=lambda: secrets.token_hex(4))
    cuts: dict[int, Tensor] = field(default_factory=dict, repr=False)  # by size

    @property
    def real(self) -> bool:
        return self.origin in REAL

    def pixels(self, size: int) -> Tensor:
        """The face as a model sees it, float32 (3, size, size) in [0, 1]."""
        if size not in self.cuts:
            self.cuts[size] = cut(self.source, self.crop or whole(self.source), size)
        return self.cuts[size]

    def cropped(self, crop: Crop) -> None:
        """Another crop makes every known code one of another picture."""
        self.crop, self.codes, self.refined, self.cuts = crop, {}, {}, {}


@dataclass
class Session:
    """Everything that one visitor has at hand."""

    root: str = "checkpoints"
    model_set: str = ""
    names: list[str] = field(default_factory=list)
    faithful: bool = False
    tab: str = "reconstruct"
    mine: list[Picture] = field(default_factory=list)  # on the map
    shelf: list[Picture] = field(default_factory=list)
    slots: dict[str, Picture] = field(default_factory=dict)
    grids: dict[str, Grid] = field(default_factory=dict)
    colour: str = "Male"  # of the map
    labels: dict[str, bool] = field(default_factory=dict)  # of codes that end in labels: on or off
    every_class: bool = False  # samples: a style in every class
    amounts: dict[str, float] = field(default_factory=dict)  # of each attribute's change
    held: list[str] = field(default_factory=list)  # attributes that are not to change
    turn: int = 0  # counts reconstructions, so that a running one sees that it is outdated
    shown: dict[str, tuple] = field(default_factory=dict)

    def __post_init__(self) -> None:
        sets = catalogue(self.root).sets
        if not self.model_set and sets:
            self.choose_set(next(iter(sets)))

    @property
    def catalogue(self) -> Catalogue:
        return catalogue(self.root)

    @property
    def models(self) -> list[Model]:
        """The models under comparison, in the order of the catalogue."""
        return [self.catalogue.models[name] for name in self.names]

    @property
    def switches(self) -> dict[str, bool]:
        """The labels that are on or off, of those that a model under comparison has."""
        known = label_choices(self.models)
        return {name: on for name, on in self.labels.items() if name in known}

    @property
    def subject(self) -> str:
        """What the images of the set are of: 'face' or 'picture'."""
        return subject(self.root, self.model_set)

    def choose_set(self, model_set: str) -> None:
        """The first two models of a set are compared until others are chosen."""
        self.model_set, self.names = model_set, self.catalogue.sets[model_set][:2]

    def seen(self, view: str, *inputs, slots: Sequence[str] = ()) -> bool:
        """Whether `view` already shows what these inputs, slots and the models give."""
        pictures = [self.slots.get(slot) for slot in slots]
        held = tuple((picture.id, picture.crop) if picture else None for picture in pictures)
        key = (tuple(self.names), self.faithful, held, inputs)
        seen, self.shown[view] = self.shown.get(view) == key, key
        return seen

    def put(self, slot: str, picture: Picture | None) -> None:
        """A picture into a slot, or nothing; the slots stay in the order they were filled."""
        self.slots.pop(slot, None)
        if picture is not None:
            self.slots[slot] = picture

    def codes(self, pictures: Sequence[Picture], model: Model) -> Tensor:
        """Codes (B, n) of pictures: exact ones where known, else encoded.

        Real pictures get refined codes when faithful codes are switched on.
        """
        if not all(self._complete(picture, model.name) for picture in pictures):
            with model.searching:  # who asks for the same codes meanwhile finds them known
                self._find(pictures, model)
        return torch.stack([self._best(picture, model.name) for picture in pictures])

    def _find(self, pictures: Sequence[Picture], model: Model) -> None:
        """Writes what is missing of their codes into the pictures."""
        missing = [picture for picture in pictures if model.name not in picture.codes]
        foreign = []
        for picture in missing:
            shared = self._shared_code(picture, model)
            if shared is None:
                foreign.append(picture)
            else:
                picture.codes[model.name] = shared
        for batch in batches(foreign):
            codes = model.encode(pixels(batch, model.image_size))
            for picture, code in zip(batch, codes, strict=True):
                picture.codes[model.name] = code
        if self.faithful:
            coarse = [p for p in pictures if p.real and model.name not in p.refined]
            for batch in batches(coarse):
                self._refine(batch, model)

    def waits(self, pictures: Sequence[Picture], models: Sequence[Model]) -> dict[Model, Reason]:
        """Those models for which `codes` of these pictures would take long, and what to say
        meanwhile; the seconds are those of all of them, since they take their turns."""
        said, seconds = {}, 0.0
        for model in models:
            lost = [p for p in pictures if not model.encodes and not self._known(p, model)]
            coarse = [p for p in pictures if p.real and model.name not in p.refined]
            if lost:
                seconds += model.descent_s(len(lost))
                said[model] = f"{model.title} has no encoder: codes are found by recovery"
            if self.faithful and coarse:
                seconds += len(coarse) * REFINING_STEPS * model.step_s
                said.setdefault(model, "codes are refined")
        about = f"about {max(seconds, 1):.0f} s"
        return {model: Reason(f"{words}, {about}.", seconds) for model, words in said.items()}

    def _complete(self, picture: Picture, name: str) -> bool:
        refined = name in picture.refined or not (self.faithful and picture.real)
        return name in picture.codes and refined

    def _known(self, picture: Picture, model: Model) -> bool:
        return model.name in picture.codes or self._shared_code(picture, model) is not None

    def _best(self, picture: Picture, name: str) -> Tensor:
        if self.faithful and name in picture.refined:
            return picture.refined[name][0]
        return picture.codes[name]

    def _shared_code(self, picture: Picture, model: Model) -> Tensor | None:
        """A sample's code is every model's that draws from the same prior."""
        if picture.origin != SAMPLE:
            return None
        models = self.catalogue.models
        known = (name for name in picture.codes if model.shares_prior(models[name]))
        name = next(known, None)
        return None if name is None else picture.codes[name]

    @staticmethod
    def _refine(pictures: Sequence[Picture], model: Model, steps: int = REFINING_STEPS) -> None:
        start = torch.stack([picture.codes[model.name] for picture in pictures])
        codes = model.refine(pixels(pictures, model.image_size), start, steps=steps)
        for picture, code in zip(pictures, codes, strict=True):
            picture.refined[model.name] = (code, steps)

    def photo(self, source, label: str, keep: bool = True) -> Picture:
        """An uploaded picture, face found and cropped, kept on the shelf. Raises PictureError."""
        picture = open_picture(source)
        picture.thumbnail((SOURCE_PX, SOURCE_PX), Image.Resampling.LANCZOS)
        crop = find_crop(picture) if self.subject == "face" else None
        photo = Picture(label, PHOTO, picture, crop)
        if keep:
            self.keep(photo)
        return photo

    def keep(self, picture: Picture) -> None:
        """Onto the shelf, newest first; beyond its limit the oldest go."""
        if self.on_shelf(picture.id) is None:
            self.shelf = [picture, *self.shelf][:SHELF_LIMIT]

    def on_shelf(self, picture_id: str) -> Picture | None:
        return next((picture for picture in self.shelf if picture.id == picture_id), None)

    def tile(self, grid: str, index: int) -> Picture:
        """The picture behind a tile, as the first model draws it."""
        tiles = self.grids.get(grid)
        if tiles is None or not 0 <= index < len(tiles.labels):
            raise Unavailable("That tile is gone: choose one that is shown.")
        codes = {name: codes[index] for name, codes in tiles.codes.items()}
        reference = tiles.references[index] if tiles.references else ""
        name = next((name for name in self.names if name in codes), next(iter(codes)))
        image = self.catalogue.models[name].decode(codes[name][None])[0]
        return Picture(tiles.labels[index], tiles.origin, to_pil(image), None, codes, {}, reference)

    def draw(self, seed: int) -> Picture:
        """One sample from the prior."""
        return self._made(sample_grid(self.models, seed, 1, 1.0), 0)

    def find(self, picture_id: str) -> Picture:
        """A picture on the shelf or among the examples."""
        pictures = [*self.shelf, *self.examples()]
        found = next((picture for picture in pictures if picture.id == picture_id), None)
        if found is None:
            raise Unavailable("That picture is no longer on the shelf: choose another one.")
        return found

    def examples(self) -> list[Picture]:
        """The bundled examples, this session's own copies: it may crop them differently."""
        shared = examples(self.root, self.model_set)
        return [replace(picture, codes={}, refined={}) for picture in shared]

    def free_corner(self) -> str:
        """The first empty corner of the morph; when all are taken, the one filled longest ago."""
        empty = [corner for corner in CORNERS if corner not in self.slots]
        return (empty or [slot for slot in self.slots if slot in CORNERS])[0]

    def refer(self, reference: str) -> Picture:
        """The picture that a link names: 'example/3', 'sample/seed/spread/count/index', 'map/7'."""
        kind, *numbers = reference.split("/")
        try:
            if kind == EXAMPLE:
                return self.examples()[int(numbers[0])]
            if kind == SAMPLE:
                seed, spread, count, index = numbers
                return self._refer_sample(int(seed), float(spread), int(count), int(index))
            if kind == MAP:
                return self._refer_map(int(numbers[0]))
        except (ValueError, IndexError):
            pass
        raise Unavailable("The link names a picture that these models do not have.")

    def _refer_sample(self, seed: int, spread: float, count: int, index: int) -> Picture:
        if not 0 <= index < count <= 144:
            raise IndexError(index)
        return self._made(sample_grid(self.models, seed, count, spread), index)

    def _refer_map(self, index: int) -> Picture:
        return self._made(map_row(self.models, index), 0)

    def _made(self, grid: Grid, index: int) -> Picture:
        self.grids["made"] = grid
        return self.tile("made", index)


def whole(source: Image.Image) -> Crop:
    """The largest square in the middle of a picture."""
    width, height = source.size
    side = min(source.size)
    return Crop((width - side) / 2, (height - side) / 2, side, 0.0, True, "")


def batches(pictures: Sequence[Picture]) -> list[Sequence[Picture]]:
    """Pieces that fit into memory."""
    return [pictures[at : at + BATCH] for at in range(0, len(pictures), BATCH)]


def pixels(pictures: Sequence[Picture], size: int) -> Tensor:
    """Pictures as a batch (B, 3, size, size) in [0, 1]."""
    return torch.stack([picture.pixels(size) for picture in pictures])


def subject(root: str, model_set: str) -> str:
    """What the images of a set are of: 'face', or 'picture' where they come in classes."""
    shown = {catalogue(root).models[name].shows for name in catalogue(root).sets[model_set]}
    return "picture" if "picture" in shown else "face"


@cache
def examples(root: str, model_set: str) -> tuple[Picture, ...]:
    """Pictures drawn by the model of least Frechet distance, the same at every start; before them,
    where models show faces, a real photo."""
    pictures, shown = [], subject(root, model_set)
    if shown == "face":
        photo = astronaut()
        pictures.append(Picture("Astronaut (photo: NASA)", EXAMPLE, photo, find_crop(photo)))
    models = [catalogue(root).models[name] for name in catalogue(root).sets[model_set]]
    artist = min(models, key=lambda model: model.metrics.get("frechet", math.inf))
    drawn = artist.decode(artist.sample_codes(EXAMPLES, EXAMPLE_SEED))
    for index, image in enumerate(drawn, start=1):
        pictures.append(Picture(f"Drawn {shown} {index}", EXAMPLE, to_pil(image)))
    for index, picture in enumerate(pictures):
        picture.reference = f"{EXAMPLE}/{index}"
    return tuple(pictures)
