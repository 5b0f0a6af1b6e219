"""What the commands write: the fields are options, beside those of the verb's own signature."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from tyro.conf import FlagCreatePairsOff

from explorer.catalogue import titles
from explorer.cli.options import crop_of, number, output, primitive
from explorer.cli.output import Found, Output, captioned, name_all, opened_each, save
from explorer.pictures.faces import Crop
from explorer.pictures.picture import whole
from explorer.pictures.render import (
    WEIGHTS_KEY,
    beside,
    film,
    png_bytes,
    sheet,
    there_and_back,
    to_pil,
)
from explorer.session.programs import answer
from explorer.session.state import Session
from explorer.verbs.common.attributes import Attribute
from explorer.verbs.edit import attributes, without_directions
from explorer.verbs.path import rows, strips
from explorer.verbs.teach import AT
from training.codes.inversion import DRAWS
from training.errors import UserError
from training.measure.figures import FIGURES


@dataclass(kw_only=True)
class Reconstructions(Output):
    """A row for each picture: its crop, then each model's reconstructions."""

    crop: Annotated[Crop | str, primitive(crop_of, "face|centre|X,Y,SIDE[,ANGLE]")] = "face"
    """'face' to find one, 'centre', or a square in px, turned by degrees clockwise"""

    def run(self, session: Session, verb: Callable, given: dict[str, Any]) -> None:
        tiles, labels, report, refused = [], [], [], []
        for model in session.models:
            if given["picture"] and not model.encodes and given["method"] != "recovery":
                nearest = f"the {given['starts']} nearest of {DRAWS} samples"
                how = f"{given['steps']} steps from {nearest}"
                print(f"{model.name} has no encoder: recovery, {how}.", file=sys.stderr)
        for path, face in opened_each(given["picture"], session.models, refused):
            if self.crop != "face":
                face.cropped(whole(face.source) if self.crop == "centre" else self.crop)
            found: Found = {}
            for model in session.models:
                method = given["method"] if model.encodes else "recovery"
                own = {"picture": face, "models": [model.name], "method": method}
                found |= answer(session, verb, given | own)
            first = next(iter(found.values()))
            pictures = captioned(found)
            tiles += pictures.values()
            labels += pictures
            figures = {
                model.name: {name: stage.figures for name, stage in each.stages.items()}
                for model, each in found.items()
            }
            report.append({"picture": str(path), "crop": vars(first.crop), "models": figures})
        if report:
            save(self.out, sheet(tiles, len(tiles) // len(report), self.px, labels=labels))
            self.tell(report)
        name_all(refused)

    def tell(self, report: list[dict]) -> None:
        print(json.dumps(report, indent=2) if self.json else "\n".join(map(_said, report)))


def _said(entry: dict) -> str:
    lines = [f"{entry['picture']}: {entry['crop']['message'] or 'The centre is used.'}"]
    for name, stages in entry["models"].items():
        for stage, figures in stages.items():
            shown = (f"{key} {value:.4g}{FIGURES[key].unit}" for key, value in figures.items())
            lines.append(f"  {name} {stage}: {', '.join(shown)}")
    return "\n".join(lines)


@dataclass(kw_only=True)
class Grids(Output):
    """A grid for each model, side by side."""

    px: Annotated[int, number("px", 16, 512)] = 64
    """side of each tile, px"""

    def grids(self, found: Found, columns: int) -> None:
        called = titles([*found])
        pages = {called[m]: sheet(each.images, columns, self.px) for m, each in found.items()}
        save(self.out, beside(pages))


@dataclass(kw_only=True)
class Morphs(Grids):
    """A grid for each model, and an animation."""

    gif: Annotated[Path | None, output(".gif")] = None
    """write an animated walk over the grid to this file, too"""
    gif_px: Annotated[int, number("gif_px", 32, 512)] = 192
    """side of its frames, px"""
    gif_ms: Annotated[int, number("gif_ms", 20, 2000)] = 80
    """time per frame, ms"""

    def write(self, found: list[Found]) -> None:
        (found,) = found
        self.grids(found, self.n)
        if self.gif:
            called = titles([*found])
            frames = {called[model]: each.walk() for model, each in found.items()}
            film(frames, self.gif, px=self.gif_px, ms=self.gif_ms)
            print(self.gif, file=sys.stderr)


@dataclass(kw_only=True)
class Ways(Output):
    """A row for each model and kind of path, and a film."""

    px: Annotated[int, number("px", 16, 512)] = 64
    """side of each frame, px"""
    film: Annotated[Path | None, output(".gif", ".mp4")] = None
    """write a film that goes along the paths and back to this file, too"""
    film_ms: Annotated[int, number("film_ms", 20, 2000)] = 80
    """time per frame, ms"""

    def write(self, found: list[Found]) -> None:
        (found,) = found
        save(self.out, strips(found, self.px))
        if self.film:
            back = {name: there_and_back(each) for name, each in rows(found).items()}
            kinds = len(next(iter(found.values())).ways)
            film(back, self.film, self.px, self.film_ms, columns=kinds)
            print(self.film, file=sys.stderr)


@dataclass(kw_only=True)
class Samples(Grids):
    """A grid for each model, and each tile as a file that holds its code."""

    count: Annotated[int, number("count", 1, 1024)] = 64
    """how many, 1 to 1024"""
    columns: Annotated[int, number("columns", 1, 1024)] = 8
    """tiles in a row"""
    tiles: Path | None = None
    """write each tile, with its code in the PNG's metadata, to TILES/SET/NAME/"""

    def write(self, found: list[Found]) -> None:
        (found,) = found
        self.grids(found, self.columns)
        if not self.tiles:
            return
        for model, each in found.items():
            folder = self.tiles / model.name
            folder.mkdir(parents=True, exist_ok=True)
            more = {WEIGHTS_KEY: model.weights}
            for index, image in enumerate(each.images):
                png = png_bytes(to_pil(image, self.px), each.codes[index], model.name, more)
                (folder / f"{self.seed}-{index:03}.png").write_bytes(png)
        print(self.tiles, file=sys.stderr)


@dataclass(kw_only=True)
class Edits(Output):
    """A row for each model: before and after."""

    list: FlagCreatePairsOff[bool] = False
    """print the attributes with their directions' figures, and stop"""

    def run(self, session: Session, verb: Callable, given: dict[str, Any]) -> None:
        if not self.list:
            super().run(session, verb, given)
            return
        for model in session.models:
            rows = attributes(model, given["method"])
            if not rows:
                raise UserError(without_directions(model))
            found = model.latents.directions[given["method"]]
            print(f"{model.name}, each direction on held-out images (Cohen's d of random ones):")
            for name, i in rows.items():
                said = f"AUC {found.auc[i]:.2f}, Cohen's d {found.cohens_d[i]:.2f}"
                print(f"  {name} {said} ({found.random_d[i]:.2f})")


@dataclass(kw_only=True)
class Lessons(Output):
    """A row for each model: the pictures' middle along the direction."""

    save: Annotated[Path | None, output(".json")] = None
    """write the attribute to this file, for `edit --taught`"""

    def write(self, found: list[Found]) -> None:
        super().write(found)
        ((first, *_),) = (list(each.values()) for each in found)
        if self.save:
            kept(self.save, first.attribute)
        if not self.json:
            for model, each in found[0].items():
                print(f"{model.name}:", *each.said(), sep="\n  ")


@dataclass(kw_only=True)
class Directions(Output):
    """A row for each direction and model."""

    save: Path | None = None
    """write each direction as an attribute to this folder, for `edit --taught`"""

    def write(self, found: list[Found]) -> None:
        tiles, labels = [], []
        for model, each in ((model, each) for one in found for model, each in one.items()):
            tiles += each.images.flatten(0, 1)
            labels += [f"{titles([*found[0]])[model]} {label}" for label in each.labels]
        save(self.out, sheet(tiles, len(AT), self.px, labels=labels))
        if self.save:
            self.save.mkdir(parents=True, exist_ok=True)
            for attribute in next(iter(found[0].values())).attributes:
                kept(self.save / f"{attribute.name}.json", attribute)


def kept(path: Path, attribute: Attribute) -> None:
    path.write_text(attribute.model_dump_json(exclude_none=True), encoding="utf-8")
    print(path, file=sys.stderr)


OUTPUTS = {
    "reconstruct": Reconstructions,
    "morph": Morphs,
    "path": Ways,
    "sample": Samples,
    "edit": Edits,
    "teach": Lessons,
    "discover": Directions,
}
