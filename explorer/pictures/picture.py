"""A picture at hand: where it comes from, its crop, and the codes that models have of it."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

import torch
from PIL import Image
from torch import Tensor

from explorer.pictures.colours import Colours
from explorer.pictures.faces import Crop, Face, cut, find_crop, find_faces, whole
from explorer.pictures.recipe import Recipe
from explorer.pictures.render import to_pil

# Where a picture comes from.
PHOTO, EXAMPLE, SAMPLE, MORPH, EDIT, MAP = "photo", "example", "sample", "morph", "edit", "map"
BRED, MASK = "bred", "mask"
ENCODED = (PHOTO, EXAMPLE)  # their codes are found by encoding; all others are decoded from a code


@dataclass
class Picture:
    """A picture with its codes, by model name: (n,) each.

    `refined` holds refined codes of an encoded picture and the number of optimisation steps that
    found them. `reference` names the picture in a link; it is empty for what a link cannot carry.
    It is of the model set `of_set`, and of the picture with its `first` crop and colours. `file` is
    the name of the visitor's file that it is; empty for what is in no file. A sample was `drawn` by
    models of these names: other models' codes of it are found by encoding.
    `saved` is what its file says of how it was made. The source of a small one holds no
    more than the square `within` a larger picture, which is its crop until another one is set.
    """

    label: str
    origin: str
    source: Image.Image
    crop: Crop | None = None
    codes: dict[str, Tensor] = field(default_factory=dict)
    refined: dict[str, tuple[Tensor, int]] = field(default_factory=dict)
    reference: str = ""
    file: str = ""
    faces: tuple[Face, ...] = ()  # that were found in it
    toned: Colours | None = None  # its colours are brought near to these
    marked: bool = False  # a favourite
    saved: Recipe | None = None
    within: Crop | None = None
    first: Crop | None = None
    of_set: str = ""
    drawn: tuple[str, ...] = ()
    id: str = field(default_factory=lambda: secrets.token_hex(4))
    cuts: dict[int, Tensor] = field(default_factory=dict, repr=False)  # by size
    unlike: dict[str, float] = field(default_factory=dict)  # `Model.unlikeness` by name

    def __post_init__(self):
        self.first = self.first or self.crop

    @property
    def changed(self) -> bool:
        """Whether its crop or its colours are others than at first."""
        return self.crop != self.first or bool(self.toned)

    @property
    def real(self) -> bool:
        return self.origin in ENCODED

    @property
    def look(self) -> tuple:
        """What is another one where the picture looks different."""
        return self.id, self.crop, self.toned

    def code(self, name: str, refined: bool = False) -> Tensor | None:
        """The model's code of it, if it is known; with `refined`, the refined one if encoded."""
        if refined and self.real:
            return self.refined.get(name, (None, 0))[0]
        return self.codes.get(name)

    @property
    def square(self) -> Crop:
        """What is cut out of the source: the crop, or the whole where that has no other."""
        return whole(self.source) if self.crop in (None, self.within) else self.crop

    def pixels(self, size: int) -> Tensor:
        """The crop as a model sees it, float32 (3, size, size) in [0, 1]."""
        cuts = self.cuts  # of this crop: another one has others
        if size not in cuts:
            face = cut(self.source, self.square, size)
            cuts[size] = self.toned.near(face) if self.toned else face
        return cuts[size]

    def small(self, sizes: Collection[int]) -> "Picture":
        """What is seen of it at these sizes, for where many are kept; at another size it is the
        largest of them, resampled."""
        cuts = {size: self.pixels(size) for size in sizes}
        own = {"source": to_pil(cuts[max(sizes)]), "crop": self.square, "cuts": cuts}
        return replace(self, **own, within=self.square, faces=(), toned=None)

    def cropped(self, crop: Crop) -> None:
        """Sets another crop, for which no code is known yet."""
        self.crop = crop
        self.codes, self.refined, self.cuts, self.unlike = {}, {}, {}, {}
        self._apart()

    def tone(self, colours: Colours | None) -> None:
        """Brings its colours near to others, or leaves them; no code is known of it then."""
        self.toned, self.codes, self.refined, self.cuts, self.unlike = colours, {}, {}, {}, {}
        self._apart()

    def _apart(self) -> None:
        """One of the examples that is changed is another picture than that, which stays at hand."""
        if self.origin == EXAMPLE:
            self.id = secrets.token_hex(4)


def pixels(pictures: Sequence[Picture], size: int) -> Tensor:
    """Pictures as a batch (B, 3, size, size) in [0, 1]."""
    return torch.stack([picture.pixels(size) for picture in pictures])


def of_face(label: str, origin: str, source: Image.Image) -> Picture:
    """A picture, cropped to the largest face in it."""
    faces = find_faces(source)
    return Picture(label, origin, source, find_crop(source, faces), faces=faces)
