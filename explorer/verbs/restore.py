"""Restore: what a known damage took of a picture, as each model finds it by inversion."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Annotated, Literal

from torch import Tensor

from explorer.engine import Model
from explorer.pictures.faces import cut, whole
from explorer.pictures.picture import Picture
from explorer.verbs.common.options import MOST_SEED, Box, Models, Option, Result, Shown
from explorer.work import beside
from training.codes.damage import BOX, DAMAGES, REGION, Damage, Region, boxed
from training.codes.inversion import Objective
from training.errors import UserError
from training.measure import metrics

KINDS = (*DAMAGES, REGION)
STEPS = 20
MOST = 50  # strength


@dataclass(frozen=True)
class Damaged:
    """A picture as a model sees it: y (1, 3, H, W) is what the damage left of x; x is None where
    that is not known."""

    damage: Damage
    y: Tensor
    x: Tensor | None

    def measure(self, image: Tensor) -> dict[str, float]:
        """psnr (dB) and ssim of an image to the untouched one; of that itself nothing."""
        if self.x is None or image is self.x:
            return {}
        return {
            "psnr": float(metrics.psnr(image, self.x)),
            "ssim": float(metrics.ssim(image, self.x)),
        }

    @cached_property
    def plain_first(self) -> tuple[str, Tensor]:
        """The name and the image of the first of `plain`."""
        return next(iter(self.damage.plain)), self.damage.first(self.y)

    def plain(self) -> dict[str, Tensor]:
        """Images (1, 3, H, W) by methods that know nothing but the damage."""
        return {name: find(self.y).clamp(0, 1) for name, find in self.damage.plain.items()}


@dataclass(frozen=True)
class Restoration(Result):
    """What is left of a picture, and images (1, 3, H, W) by stage: 'encoder', 'inversion',
    'restored'; the first two have `codes` (1, n)."""

    of: Damaged
    stages: dict[str, Tensor] = field(default_factory=dict)
    codes: dict[str, Tensor] = field(default_factory=dict)

    def shown(self) -> Shown:
        return self._said(self.stages)

    def shared(self) -> Shown:
        untouched = {} if self.of.x is None else {"untouched": self.of.x}
        return self._said(untouched | {"damaged": self.of.y} | self.of.plain())

    def _said(self, images: dict[str, Tensor]) -> Shown:
        figures = {name: self.of.measure(image) for name, image in images.items()}
        return Shown({name: image[0] for name, image in images.items()}, figures)


def restore(
    picture: Annotated[Picture, Option("picture to restore; a face in it is found and cropped")],
    models: Models,
    kind: Annotated[Literal[KINDS], Option("the damage")] = REGION,
    strength: Annotated[
        float,
        Option(
            "of blur and noise the standard deviation, in % of the width or of the range of values "
            "(5 and 10; at least 0.1), of low resolution the number that width and height are "
            "divided by (4; at least 1); 0 for these",
            0,
            MOST,
        ),
    ] = 0,
    box: Annotated[
        Box | None,
        Option("painted-out region of the crop: left, top, width and height in shares of its side"),
    ] = None,
    mask: Annotated[
        Picture | None,
        Option("painted-out region as a picture over the crop: white is missing", flag="region"),
    ] = None,
    damaged: Annotated[
        bool, Option("the picture is damaged already: the damage is not put on")
    ] = False,
    steps: Annotated[int, Option("optimisation steps of the inversion", 1, 300)] = STEPS,
    seed: Annotated[int, Option("seed of the noise", 0, MOST_SEED)] = 0,
) -> dict[Model, Restoration]:
    """A damaged picture, restored by each model.

    Gives the damaged picture and what methods restore that know no faces; then for each model the
    `encoder`'s answer, the `inversion`, which is the image whose damaged version comes closest, and
    the `restored` picture: plain method and inversion combined. PSNR (dB) and SSIM are against the
    untouched picture.
    """

    def found(model: Model) -> Restoration:
        at_first = encoded(model, put_on(model, picture, kind, strength, box, mask, damaged, seed))
        *_, last = inverted(model, at_first, steps, every=steps)
        return last

    return beside(found, models)


def put_on(
    model: Model,
    picture: Picture,
    kind: str,
    strength: float = 0,
    box: Box | None = None,
    mask: Picture | None = None,
    damaged: bool = False,
    seed: int = 0,
) -> Damaged:
    """The picture as the model sees it, with the damage; raises UserError where a region or a
    strength is of no use."""
    x, region = picture.pixels(model.image_size)[None], None
    if kind == REGION and mask is None:
        region = boxed(box or BOX, model.image_size)
    elif kind == REGION:
        region = white(mask, model.image_size)
    damage = damage_of(kind, strength, region)
    if damaged:
        return Damaged(damage, damage.already(x), None)
    return Damaged(damage, damage.put_on(x, seed), x)


def damage_of(kind: str, strength: float = 0, region: Tensor | None = None) -> Damage:
    """The damage of this kind and strength, 0 for its usual one, or of a region, bool (H, W);
    raises UserError where that is of no use."""
    if kind == REGION:
        return Region(region)
    made = DAMAGES[kind]
    if 0 < strength < made.least:
        raise UserError(f"The strength of {kind} is at least {made.least:g}, not {strength:g}.")
    return made(strength) if strength else made()


def encoded(model: Model, of: Damaged) -> Restoration:
    """The plain answer of the encoder, where there is one."""
    if not model.encodes:
        return Restoration(of)
    z = model.encode(of.y)
    return Restoration(of, {"encoder": model.decode(z)}, {"encoder": z})


def inverted(model: Model, first: Restoration, steps: int, every: int) -> Iterator[Restoration]:
    """What comes back every `every` steps, from the inversion's code in `first` or else that of the
    plainly restored picture, or by recovery where there is neither this nor an encoder; `first`
    alone where codes cannot be refined."""
    if model.unrefined:
        yield first
        return
    of = first.of
    how = {"steps": steps, "every": every, **vars(Objective(damage=of.damage))}
    start = first.codes.get("inversion")
    if start is None and model.encodes:
        start = model.encode(of.plain_first[1])
    if start is not None:
        stream = model.refine_steps(of.y, start, **how)
    else:
        stream = islice(model.recover_steps(of.y, **how), 1, None)  # after the best samples
    for _, z in stream:
        g = model.decode(z)
        back = {"inversion": g, "restored": of.damage.restored(of.y, g)}
        yield Restoration(of, first.stages | back, first.codes | {"inversion": z})


def white(mask: Picture, size: int) -> Tensor:
    """Where a mask is white, bool (size, size)."""
    seen = cut(mask.source, whole(mask.source), size)
    return seen.mean(dim=0) > 0.5
