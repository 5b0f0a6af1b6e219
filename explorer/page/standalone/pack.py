"""What a page without a server has of a model: small networks, codes, and what is said of it."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor

from explorer.engine import Model
from explorer.exchange import description
from explorer.exchange.description import DECODER, ENCODER, PRIOR
from explorer.exchange.export import exported
from explorer.exchange.graphs import Graph, quantised
from explorer.page.components.common import columns
from explorer.page.components.inputs.sliders import FIRST, LIMIT, STEP, sliders_value
from explorer.words import say
from training.checkpoints import LATENTS, Latents, write_latents
from training.codes.directions import DEFAULT
from training.errors import UserError
from training.measure.figures import MAIN
from training.measure.figures import columns as figures_of

MOST = 4  # models on a page
POINTS = 1500  # of a map
COMPARED = 32  # samples, and as many codes of images, on which small weights are measured
NEAR = 1 / 255  # how far their images may lie from PyTorch's, on average


@dataclass(frozen=True)
class Packed:
    """A model on a page: files by name; how its weights are stored, by network; what is said."""

    files: dict[str, bytes]
    stored: dict[str, str]
    about: dict


@dataclass(frozen=True)
class Pack:
    """All models of a page, and the sliders for their attributes."""

    models: list[Packed]
    sliders: dict


def packed(models: Sequence[Model]) -> Pack:
    """What a page has of the models. Raises UserError where one cannot be on a page."""
    if len(models) > MOST:
        raise UserError(f"A page holds at most {MOST} models, not {len(models)}: give fewer.")
    for model in models:
        if not model.decodes:
            raise UserError(f"{model.name} has no decoder: it draws nothing on a page.")
    found = []
    for model, column in zip(models, columns(models), strict=True):
        folder = exported(model.name, model.directory)
        files, stored = networks(model, folder)
        if model.latents is not None:
            files[LATENTS] = _latents(model.latents)
        found.append(Packed(files, stored, column | said(model, folder)))
    sliders = sliders_value(models, DEFAULT, {}, ())["attributes"]
    return Pack(found, {"attributes": sliders, "limit": LIMIT, "step": STEP, "first": FIRST})


@torch.no_grad()
def networks(model: Model, folder: Path) -> tuple[dict[str, bytes], dict[str, str]]:
    """The networks of a pair, and how each is stored: in 8 bits where images stay within `NEAR` of
    the model's on average, those of codes and those that are reconstructed, else as they are."""
    from onnx import load_from_string

    blobs = {
        name: (folder / name).read_bytes()
        for name in (DECODER, ENCODER, PRIOR)
        if (folder / name).is_file()
    }
    codes = _compared(model)
    images, stored = model.decode(codes), {}

    def shrunk(name: str, draw, wanted: Tensor) -> None:
        small = quantised(load_from_string(blobs[name])).SerializeToString()
        near = (draw(Graph(small, name)) - wanted).abs().mean() < NEAR
        stored[name] = "int8" if near else "as exported"
        blobs[name] = small if near else blobs[name]

    shrunk(DECODER, lambda graph: graph(codes), images)
    if ENCODER in blobs:
        decode = Graph(blobs[DECODER], DECODER)
        wanted = model.decode(model.encode(images))
        shrunk(ENCODER, lambda graph: decode(model.project(graph(images))), wanted)
    return blobs, stored


def _compared(model: Model) -> Tensor:
    """Codes (B, n) of the prior, and of images where some are known."""
    known = [] if model.latents is None else [model.latents.codes[:COMPARED]]
    return torch.cat([model.sample_codes(COMPARED), *known])


def _latents(latents: Latents) -> bytes:
    """latents.safetensors with the first `POINTS` codes and the directions that sliders take."""
    few = replace(
        latents,
        codes=latents.codes[:POINTS],
        labels=latents.labels[:POINTS],
        directions={name: d for name, d in latents.directions.items() if name == DEFAULT},
        map=None if latents.map is None else latents.map[:POINTS],
    )
    with tempfile.TemporaryDirectory() as folder:
        write_latents(folder, few)
        return (Path(folder) / LATENTS).read_bytes()


def said(model: Model, folder: Path) -> dict:
    """What the page knows and says of a model: model.json, main figures, training, licence."""
    known, trained = model.metrics, model.config.get("trained", {})
    system = model.system
    count, data = trained.get("training_images", 0), ", ".join(model.data)
    grouped = f"{count:,}".replace(",", "\u202f")  # as every language groups digits
    return {
        "name": model.name,
        "set": model.directory.parent.name,
        "weights": model.weights,
        "description": description.read(folder).model_dump(exclude_none=True),
        "figures": [[f.title, f.text(known[f.name])] for f in figures_of(MAIN) if f.name in known],
        "explanation": " ".join((system.explanation if system else model.explanation).split()),
        "source": system.source if system else "",
        "trained": say("{count} images: {data}", count=grouped, data=data) if count else "",
    }
