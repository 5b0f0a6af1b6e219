"""`export` and `describe`: models as pairs of ONNX networks, and what is found for them."""

import sys
from dataclasses import dataclass
from pathlib import Path

from tyro.conf import Positional

from explorer.engine import ROOT, load_model
from explorer.exchange import describe, export_checkpoint
from training.errors import UserError


@dataclass(kw_only=True)
class Export:
    """Writes models as ONNX: encoder, decoder, and a model.json that describes them."""

    models: Positional[tuple[str, ...]]  # models, as SET/NAME
    onnx: Path  # folder to write to; of several models, each goes to ONNX/SET/NAME
    checkpoints: str = ROOT  # folder of model sets

    def __call__(self) -> None:
        if not self.models:
            raise UserError("Give a model, as SET/NAME: `python -m explorer models` lists them.")
        for name in self.models:
            out = self.onnx / name if len(self.models) > 1 else self.onnx
            export_checkpoint(load_model(name, self.checkpoints).directory, out, name)
            print(out, file=sys.stderr)


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
