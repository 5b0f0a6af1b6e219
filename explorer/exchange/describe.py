"""What is found from images: codes and a map; for a pair, directions and a fitted prior, too."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import torch
from torch import Tensor, nn

from explorer.exchange.description import ENCODER, PRIOR, Description, prior_of, read
from explorer.exchange.folders import networks
from explorer.exchange.graphs import Graph, halved, to_onnx
from explorer.exchange.layout import layout
from training.checkpoints import Latents, encode_all, read_latents, write_atomically, write_latents
from training.codes.directions import find_directions
from training.data import load
from training.errors import UserError

KEPT = 4096  # codes that are kept, as a checkpoint keeps
LEAST = 2  # images


def describe(directory: str | Path, data: str | Sequence[str], attributes: str = "") -> Latents:
    """Encodes images and writes what is found beside the pair: their codes with a map;
    directions of `attributes`, a table of labels as `python -m training fit` takes it; and the
    prior, where that is to be fitted.

    data: folders, zips or a dataset's name. Raises UserError.
    """
    directory = Path(directory)
    description = read(directory)
    if not (directory / ENCODER).is_file():
        raise UserError(f"Model '{directory}' has no {ENCODER}: images cannot be encoded with it.")
    size, crop = description.image_size, description.crop
    images = load(_sources(data), size, crop, attributes)
    if len(images) < LEAST:
        raise UserError(f"{len(images)} images are too few to describe a model: give {LEAST}.")
    encoder = Graph((directory / ENCODER).read_bytes(), ENCODER)
    codes = prior_of(description).project(encode_all(encoder, images.images))
    if description.prior[0].kind == "fitted":
        fit(directory, description, codes)
    latents = latents_of(codes, images)
    write_latents(directory, latents)
    return latents


def lay_out(directory: str | Path, data: str | Sequence[str] = ()) -> Latents:
    """Lays the codes of a model, a pair or a checkpoint, out as a map and writes it beside them.

    data: folders, zips or a dataset's name. Their images are encoded and join the labelled ones on
    the map; those that joined it before leave it. Raises UserError.
    """
    directory = Path(directory)
    network, _ = networks(directory, torch.device("cpu"))
    n, config = network.prior.size, network.config
    latents = read_latents(directory, n)
    if data and not network.encodes:
        raise UserError(f"Model '{directory}' has no encoder: images cannot be encoded with it.")
    if data:
        images = load(_sources(data), config.image_size, config.crop)
        known = latents or Latents(torch.zeros(0, n), torch.zeros(0, 0, dtype=torch.bool), (), {})
        codes = torch.cat([known.labelled, encode_all(network.encode, images.images)])
        latents = replace(known, codes=codes)
    if latents is None:
        raise UserError(f"Model '{directory}' has no codes of images: give some with --data.")
    latents = replace(latents, map=layout(latents.codes))
    write_latents(directory, latents)
    return latents


def _sources(data: str | Sequence[str]) -> tuple[str, ...]:
    return (str(data),) if isinstance(data, str | Path) else tuple(map(str, data))


def latents_of(codes: Tensor, images) -> Latents:
    """The first codes (N, n) of the images, with directions from all labelled ones and a map."""
    kept, directions = codes[:KEPT], {}
    labels, names = torch.zeros(len(kept), 0, dtype=torch.bool), ()
    if images.labels is not None:
        codes = codes[images.labelled]
        directions = find_directions(codes, images.labels[images.labelled])
        kept, names = codes[:KEPT], images.attributes
        labels = images.labels[images.labelled][:KEPT]
    return Latents(kept, labels, names, directions, layout(kept))


def fit(directory: Path, description: Description, codes: Tensor) -> None:
    """Writes prior.onnx: an affine map of noise to the Gaussian of codes (N, n), its covariance by
    Ledoit and Wolf (2004), which has full rank for any number of codes."""
    from sklearn.covariance import LedoitWolf

    found = LedoitWolf().fit(codes.double().numpy())
    n = description.code_length
    affine = nn.Linear(n, n).requires_grad_(False)
    affine.weight.copy_(torch.linalg.cholesky(torch.from_numpy(found.covariance_)))
    affine.bias.copy_(torch.from_numpy(found.location_))
    blob = halved(to_onnx(affine, torch.zeros(2, n), "The prior")).SerializeToString()
    write_atomically(directory / PRIOR, partial(Path.write_bytes, data=blob))
