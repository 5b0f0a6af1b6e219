"""What one visitor has at hand: models to compare, pictures, and the state of each tab.

A session is the one value that the page keeps between events. It names models and never holds
them: those are loaded once a process, by `explorer.catalogue.catalogue`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import TypeVar

from torch import Tensor

from explorer.catalogue import ROOT, Catalogue, catalogue
from explorer.engine import Model
from explorer.pictures.colours import Colours
from explorer.pictures.decoding import Source, decoded
from explorer.pictures.mask import masked
from explorer.pictures.picture import EXAMPLE, MAP, MASK, PHOTO, SAMPLE, Picture, of_face
from explorer.session.examples import colours, examples
from explorer.verbs.common.codes import REFINING_STEPS, codes, waits
from explorer.verbs.common.grids import Grid, map_row, sample_grid, sampled
from explorer.verbs.common.labels import label_choices
from explorer.verbs.common.options import MOST_SEED, Reason
from explorer.words import say
from explorer.work import go_on
from training.errors import UserError

State = TypeVar("State")
SHELF_LIMIT = 48
SOURCE_PX = 1024  # longer side of an upload as it is kept
LABEL_LENGTH = 60
NUMBERS = {SAMPLE: 4, MAP: 1}  # in the name of a picture that models draw
GONE = say("That tile is gone: choose one that is shown.")


REFINES = "reconstruct"  # the slot whose picture is refined further, and whose tab shows how


def _refined_further(picture: Picture) -> list[tuple[str, int]]:
    """By which models, with how many steps, beyond what every tab finds itself."""
    steps = [(name, steps) for name, (_, steps) in [*picture.refined.items()]]
    return [each for each in steps if each[1] > REFINING_STEPS]


class Unavailable(UserError):
    """What was asked for is not at hand (any more); the message is one sentence for people."""


@dataclass
class Session:
    """Everything that one visitor has at hand."""

    root: str = ROOT
    model_set: str = ""
    names: list[str] = field(default_factory=list)
    faithful: bool = False
    tab: str = "reconstruct"
    shelf: list[Picture] = field(default_factory=list)
    slots: dict[str, Picture] = field(default_factory=dict)
    grids: dict[str, Grid] = field(default_factory=dict)
    labels: dict[str, bool] = field(default_factory=dict)  # of codes that end in labels: on or off
    shown: dict[str, tuple] = field(default_factory=dict)
    controls: dict[str, object] = field(default_factory=dict)  # settings of tabs, by name
    owned: dict[type, object] = field(default_factory=dict)  # by parts of the page

    def __post_init__(self) -> None:
        self.root = str(Path(self.root))  # as models have it, so that they are read once
        sets = catalogue(self.root).sets
        if not self.names and sets:
            self.choose_set(self.model_set or next(iter(sets)))

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
        """What the images of the set are of, such as 'face' or 'picture'."""
        return self.catalogue.models[self.catalogue.sets[self.model_set][0]].shows

    def choose_set(self, model_set: str) -> None:
        """The first two models of a set are compared until others are chosen. Examples give way to
        its own where it is of other things; colours that were adapted to models are to these."""
        before = self.model_set and self.subject
        self.model_set, self.names = model_set, self.catalogue.sets[model_set][:2]
        bundled = {slot: each for slot, each in self.slots.items() if each.origin == EXAMPLE}
        if bundled and self.subject != before:
            own = self.examples()
            for slot, picture in bundled.items():
                self.put(slot, own[int(picture.reference.removeprefix(f"{EXAMPLE}/")) % len(own)])
        for picture in [*self.shelf, *self.slots.values()]:
            if picture.toned and picture.toned is not self.colours:
                picture.tone(self.colours)

    def relabel(self, labels: dict[str, bool]) -> None:
        """Other labels are on or off; those that no model under comparison has stay as they are."""
        left = {name: on for name, on in self.labels.items() if name not in self.switches}
        self.labels = left | labels

    def of(self, kind: type[State]) -> State:
        """The session's one `kind`, which a part of the page keeps its own state in.

        Undo takes back what dataclasses hold, but for what is not compared: those with eq=False,
        and fields with compare=False."""
        return self.owned.setdefault(kind, kind())

    def given(self, *inputs, slots: Sequence[str] = ()) -> tuple:
        """What a view shows depends on: these inputs, slots and the models."""
        pictures = {slot: self.slots.get(slot) for slot in slots}
        held: tuple = tuple(picture and picture.look for picture in pictures.values())
        if self.faithful:
            better = [each for slot, each in pictures.items() if each and slot != REFINES]
            held += tuple(chain.from_iterable(map(_refined_further, better)))
        return tuple(self.names), self.faithful, held, inputs

    def seen(self, view: str, *inputs, slots: Sequence[str] = ()) -> bool:
        """Whether `view` already shows what these inputs, slots and the models give; until they
        give something else, `shown` holds one and the same tuple of that."""
        given = self.given(*inputs, slots=slots)
        seen = self.shown.get(view) == given
        if not seen:
            self.shown[view] = given
        return seen

    @property
    def colours(self) -> Colours:
        """Those that the models of the set know."""
        return colours(self.root, self.model_set)

    def put(self, slot: str, picture: Picture | None) -> None:
        """A picture into a slot, or nothing; the slots stay in the order they were filled."""
        self.slots.pop(slot, None)
        if picture is not None:
            picture.of_set = picture.of_set or self.model_set
            self.slots[slot] = picture

    def reference(self, picture: Picture) -> str:
        """What names a picture in a link to this model set, and the models that drew it where
        others are compared, which encode it; empty where nothing does."""
        here = picture.of_set in ("", self.model_set) or picture.origin == MASK
        if not picture.reference or not here or picture.changed:
            return ""
        encode = picture.drawn and not {*self.names} <= {*picture.drawn}
        return f"{picture.reference}/{','.join(picture.drawn)}" if encode else picture.reference

    def codes(self, pictures: Sequence[Picture], model: Model) -> Tensor:
        """Codes (B, n) of pictures; refined ones of encoded pictures where that is switched on."""
        return codes(model, pictures, self.faithful)

    def waits(self, pictures: Sequence[Picture], models: Sequence[Model]) -> dict[Model, Reason]:
        """The models for which `codes` of these pictures takes seconds."""
        return waits(models, pictures, self.faithful)

    def photo(self, source: Source, label: str) -> Picture:
        """An uploaded picture, face found and cropped. Raises PictureError."""
        go_on()
        picture = decoded(source, SOURCE_PX)
        made = of_face if self.subject == "face" else Picture
        return replace(made(label[:LABEL_LENGTH], PHOTO, picture), file=label)

    def small_photo(self, source: Source, label: str, *shown_px: int) -> Picture:
        """An uploaded picture for where many are kept: what of it the models see, and what the page
        shows. Raises PictureError."""
        sizes = {*shown_px, *(model.image_size for model in self.catalogue.models.values())}
        return self.photo(source, label).small(sizes)

    def keep(self, picture: Picture) -> bool:
        """Onto the shelf, newest first; beyond its limit the oldest goes that is not marked, this
        one where all others are. Whether it is there now."""
        picture.of_set = picture.of_set or self.model_set
        if all(kept.id != picture.id for kept in self.shelf):
            shelf = [picture, *self.shelf]
            if len(shelf) > SHELF_LIMIT:
                del shelf[max((at for at in range(len(shelf)) if not shelf[at].marked), default=0)]
            self.shelf = shelf
        return any(kept.id == picture.id for kept in self.shelf)

    def tile(self, grid: str, index: int) -> Picture:
        """The picture behind a tile, as the first model draws it; raises Unavailable."""
        tiles = self.grids.get(grid)
        if tiles is None or not 0 <= index < len(tiles.labels):
            raise Unavailable(GONE)
        try:
            return self._pictured(tiles, index, self.names)
        except IndexError:  # its codes are still looked for
            raise Unavailable(GONE) from None

    def draw(self, seed: int) -> Picture:
        """One sample from the prior."""
        return sampled(self.models, seed)

    def find(self, picture_id: str) -> Picture:
        """A picture on the shelf, in a slot, or among the examples."""
        pictures = [*self.shelf, *self.slots.values(), *self.examples()]
        found = next((picture for picture in pictures if picture.id == picture_id), None)
        if found is None:
            raise Unavailable(say("That picture is no longer on the shelf: choose another one."))
        return found

    def examples(self) -> list[Picture]:
        """The bundled examples, this session's own copies: it may crop them differently."""
        shared = examples(self.root, self.model_set)
        own = {"of_set": self.model_set}
        return [replace(picture, codes={}, refined={}, **own) for picture in shared]

    def refer(self, reference: str) -> Picture:
        """The picture that a link names: 'example/3', 'sample/seed/spread/count/index', 'map/7',
        'mask/bits'; after a sample or a row of the map, by '/' and ',', the models that drew it,
        else those under comparison did."""
        kind, *numbers = reference.split("/")
        try:
            if kind in NUMBERS:
                numbers, drew = numbers[: NUMBERS[kind]], "/".join(numbers[NUMBERS[kind] :])
                names = drew.split(",") if drew else self.names
                models = [self.catalogue.models[name] for name in names]
            if kind == EXAMPLE and int(numbers[0]) >= 0:
                return self.examples()[int(numbers[0])]
            if kind == SAMPLE:
                seed, spread, count, index = numbers
                known = 0 <= int(seed) <= MOST_SEED + 1  # the walk from the last one ends there
                if known and 0 <= int(index) < int(count) <= 144 and 0 <= float(spread) <= 2:
                    grid = sample_grid(models, int(seed), int(count), float(spread))
                    return self._pictured(grid, int(index), names)
            if kind == MASK:
                return masked(numbers[0])
            if kind == MAP:
                return self._pictured(map_row(models, int(numbers[0])), 0, names)
        except (ValueError, LookupError):
            pass
        raise Unavailable(say("The link names a picture that these models do not have."))

    def _pictured(self, grid: Grid, index: int, first: Sequence[str]) -> Picture:
        picture = grid.picture(index, self.catalogue.models, first)
        return replace(picture, of_set=self.model_set)
