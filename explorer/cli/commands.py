"""`python -m explorer VERB`: a command for each verb, made from its signature, and a few more."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, make_dataclass
from inspect import getdoc
from pathlib import Path
from typing import Annotated

from tyro.conf import FlagCreatePairsOff, Positional, arg

from explorer.catalogue import ROOT, titles
from explorer.cli.exchange import Describe, Export
from explorer.cli.options import GATHERED, output, spelling, spelt
from explorer.cli.output import Output, session_of
from explorer.cli.outputs import OUTPUTS
from explorer.cli.replay import Replay
from explorer.cli.search import Index, Retrieval, Searches
from explorer.exchange import lay_out
from explorer.session.programs import checked
from explorer.tools.gallery import draw, figure_table
from explorer.verbs import VERBS
from explorer.verbs.common.options import arguments
from training.commandline import parse
from training.errors import choose
from training.report.tables import renew

WRITERS = OUTPUTS | {"search": Searches}
WEBP_QUALITY = 60  # thirteen systems on faces stay under 900 kB


def command(verb: Callable) -> Callable[[list[str]], None]:
    """Parses the arguments of a verb, calls it, and writes what it finds."""
    name, known, writer = called(verb), arguments(verb), WRITERS.get(verb.__name__, Output)
    given = [spelling(each) for each in known if each.name not in writer.__dataclass_fields__]
    out = Annotated[Path, output(".png"), arg(help="picture to write (PNG)")]
    fields = [*given, ("out", out, field(default=Path(f"{name}.png")))]
    options = make_dataclass(verb.__name__, fields, bases=(writer,), kw_only=True)

    def run(arguments: list[str]) -> None:
        given = parse(options, arguments, f"python -m explorer {name}", description=getdoc(verb))
        session = session_of(given.checkpoints, getattr(given, "models", ()))
        values = {each.name: getattr(given, each.name) for each in known}
        for each in known:
            if each.kind in GATHERED:
                value = GATHERED[each.kind](values[each.name])
                values[each.name] = checked(each, value, spelt(each))
        given.run(session, verb, values)

    run.__doc__ = getdoc(verb).splitlines()[0]
    return run


def called(verb: Callable) -> str:
    """What a verb's command is called."""
    return verb.__name__.replace("_", "-")


@dataclass
class Models:
    """Lists the models that can be explored."""

    checkpoints: str = ROOT  # folder of model sets
    json: FlagCreatePairsOff[bool] = False  # print JSON

    def __call__(self) -> None:
        rows = [
            {
                "name": model.name,
                "framework": model.title,
                "image_px": model.image_size,
                "code_length": model.latent_size,
                "codes_by": model.found_by,
                "figures": model.metrics,
            }
            for model in session_of(self.checkpoints, drawing=False).catalogue.models.values()
        ]
        if self.json:
            print(json.dumps(rows, indent=2))
            return
        for row in rows:
            shown = ", ".join(f"{name} {value:.3g}" for name, value in row["figures"].items())
            print(f"{row['name']}: {row['framework']}, {row['image_px']} px, ", end="")
            print(f"{row['code_length']} numbers a code" + (f"; {shown}" if shown else ""))


@dataclass
class Map:
    """Computes the latent map of a model by UMAP and writes it there. Fewer than 16 images lie by
    their principal components; of more than 10,000 a sample is laid out, and the others are placed
    among it."""

    checkpoint: Positional[Path]  # the checkpoint's folder
    # folders or zips of images that join the labelled ones on the map; give the same ones for each
    # model, so that their maps show the same images
    data: tuple[str, ...] = ()

    def __call__(self) -> None:
        print(f"{len(lay_out(self.checkpoint, self.data).map)} points in {self.checkpoint}")


@dataclass
class Gallery:
    """Makes the documents' pictures and table of figures of a model set."""

    checkpoints: str = ROOT  # folder of model sets
    set: str = ""  # model set; by default the first
    out: Path = Path("assets/gallery")  # folder for the pictures, which go to OUT/SET
    # document whose table of the set is renewed, between its marks
    readme: Path = Path("checkpoints/RESULTS.md")

    def __call__(self) -> None:
        session = session_of(self.checkpoints)
        sets = session.catalogue.sets
        if self.set:
            session.choose_set(choose("model set", self.set, sets))
        session.names = sets[session.model_set]
        called = titles(session.models)
        folder = self.out / session.model_set
        folder.mkdir(parents=True, exist_ok=True)
        for name, page in draw(session, called).items():
            path = folder / f"{name}.webp"
            page.save(path, quality=WEBP_QUALITY, method=6)
            print(path, file=sys.stderr)
        table = figure_table(session.models, called)
        print(table)
        if self.readme.is_file() and renew(self.readme, f"figures:{session.model_set}", table):
            print(self.readme, file=sys.stderr)


@dataclass
class Screenshots:
    """Takes the documents' pictures of the page, with Chromium."""

    checkpoints: str = ROOT  # folder of model sets
    out: Path = Path("assets/screenshots")  # folder for the pictures

    def __call__(self) -> None:
        from explorer.tools.screenshots import take  # here, because gradio takes seconds to import

        self.out.mkdir(parents=True, exist_ok=True)
        for path in take(self.checkpoints, self.out):
            print(path, file=sys.stderr)


def commands() -> dict[str, Callable]:
    """All commands by name, in the order of the help."""
    of_verbs = {called(verb): command(verb) for verb in VERBS.values()}
    more = {"map": Map, "export": Export, "describe": Describe, "index": Index}
    more |= {"retrieval": Retrieval, "replay": Replay}
    return {"models": Models, **of_verbs, **more, "gallery": Gallery, "screenshots": Screenshots}
