"""`export` and `describe`: models as ONNX networks or as a page, and what is found for them."""

import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tyro.conf import Positional

from explorer.catalogue import ROOT, load_model
from explorer.engine import Model
from explorer.exchange import Pair, describe, export_checkpoint
from explorer.exchange.export import exported
from training.checkpoints import write_atomically
from training.errors import UserError


@dataclass(kw_only=True)
class Export:
    """Writes models as ONNX with a model.json that describes them, or as a page that needs no
    server: one file to send, or a folder for a static host."""

    models: Positional[tuple[str, ...]]  # models, as SET/NAME
    onnx: Path | None = None  # folder to write to; of several models, each goes to ONNX/SET/NAME
    html: Path | None = None  # file to write: a page with the models in it
    site: Path | None = None  # folder to write to: the same page, which loads models when chosen
    kept: bool = False  # write what browsers load, so that no visitor of the app has to wait for it
    checkpoints: str = ROOT  # folder of model sets

    def __call__(self) -> None:
        if not self.models:
            raise UserError("Give a model, as SET/NAME: `python -m explorer models` lists them.")
        if not (self.onnx or self.html or self.site or self.kept):
            what = "--onnx FOLDER, --html FILE, --site FOLDER or --kept"
            raise UserError(f"Say what to write: {what}.")
        models = [load_model(name, self.checkpoints) for name in dict.fromkeys(self.models)]
        for model in models if self.onnx else ():
            if isinstance(model.network, Pair):
                raise UserError(f"{model.name} is ONNX already: copy '{model.directory}'.")
        for model in models if self.onnx else ():
            out = self.onnx / model.name if len(models) > 1 else self.onnx
            export_checkpoint(model.directory, out, model.name)
            print(out, file=sys.stderr)
        for model in models if self.kept else ():
            exported(model.name, model.directory)
        if self.html or self.site:
            self._page(models)

    def _page(self, models: list[Model]) -> None:
        from explorer.page import standalone  # here, because gradio takes seconds to import

        page = standalone.packed(models)
        for model, each in zip(models, page.models, strict=True):
            weights = ", ".join(f"{part} {how}" for part, how in each.stored.items())
            print(f"{model.name}: {weights}")
        if self.html:
            content = standalone.as_page(page)
            write_atomically(self.html, partial(Path.write_bytes, data=content))
            print(f"{self.html}: {len(content) / 1e6:.1f} MB", file=sys.stderr)
        if self.site:
            size = standalone.as_site(page, self.site)
            print(f"{self.site}: {size / 1e6:.1f} MB", file=sys.stderr)


@dataclass
class Describe:
    """Finds codes, map, attribute directions and a fitted prior for an exported model."""

    model: Positional[Path]  # the model's folder, with its model.json
    data: tuple[str, ...]  # folders or zips of images
    # labels of the images: a CSV with file_name, list_attr_celeba.txt, or 'classes'
    attributes: str = ""

    def __call__(self) -> None:
        latents = describe(self.model, self.data, self.attributes)
        print(f"{len(latents.codes)} codes, {len(latents.names)} attributes in {self.model}")
