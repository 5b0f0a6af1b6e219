"""A pair of ONNX networks in a folder, as the networks of a model."""

from pathlib import Path
from typing import Protocol

import torch
from torch import Tensor, nn

from explorer.exchange.description import (
    DECODER,
    ENCODER,
    MODEL,
    NETWORKS,
    PRIOR,
    Description,
    prior_of,
    read,
)
from explorer.exchange.graphs import Graph
from training.checkpoints import CheckpointError, reading
from training.codes.priors import Prior
from training.errors import UserError
from training.frameworks.base import CodeLabels


class Settings(Protocol):
    image_size: int
    crop: str
    images_of: str


class Network(Protocol):
    """What a model's networks have to offer: those of a `Framework`, or a `Pair`.

    encodes, decodes: whether there is an encoder, a decoder; without_gradients: why codes cannot be
    refined, empty where they can; decode is differentiable otherwise.
    """

    id: str
    title: str
    prior: Prior
    config: Settings
    encodes: bool
    decodes: bool
    code_labels: CodeLabels | None
    without_gradients: str

    def encode(self, x: Tensor) -> Tensor:
        """Images (B, 3, H, W) in [0, 1] -> codes (B, n) on the prior's support."""

    def decode(self, z: Tensor) -> Tensor:
        """Codes (B, n) -> images (B, 3, H, W) in [0, 1]."""


class Pair(nn.Module):
    """Encoder and decoder of a folder, either of which may be missing; see `Network`."""

    def __init__(self, directory: Path):
        super().__init__()
        self.config: Description = read(directory)
        self.id, self.title = self.config.system, self.config.title
        self.code_labels = self.config.code_labels
        graphs = {name: _graph(directory, name) for name in (ENCODER, DECODER, PRIOR)}
        self.encoder, self.decoder, network = graphs.values()
        self.encodes, self.decodes = self.encoder is not None, self.decoder is not None
        if not self.encodes and not self.decodes:
            raise CheckpointError(f"Model '{directory}' has neither {ENCODER} nor {DECODER}.")
        if network is None and any(part.kind in NETWORKS for part in self.config.prior):
            raise CheckpointError(
                f"Model '{directory}' has no {PRIOR}: `python -m explorer describe` fits it."
            )
        try:
            self.prior = prior_of(self.config, network)
        except UserError as error:
            raise CheckpointError(f"Model '{directory}': {error}") from None
        self._check(directory)

    @property
    def without_gradients(self) -> str:
        if not self.decodes:
            return f"{self.title} has no decoder."
        try:
            _ = self.decoder.differentiable  # made now, or it is said why it cannot be
        except UserError as error:
            return str(error)
        return ""

    def encode(self, x: Tensor) -> Tensor:
        return self.prior.project(self.encoder(x))

    def decode(self, z: Tensor) -> Tensor:
        if self.decoder is None:
            raise UserError(f"{self.title} has no decoder: it encodes images, and draws none.")
        return self.decoder(z)

    def _check(self, directory: Path) -> None:
        """CheckpointError unless the networks take and give what model.json says."""
        size, n = self.config.image_size, self.config.code_length
        images, codes = torch.zeros(2, 3, size, size), torch.zeros(2, n)
        for graph, given, wanted in ((self.encoder, images, codes), (self.decoder, codes, images)):
            if graph is None:
                continue
            try:
                found = tuple(graph(given).shape)
            except CheckpointError as error:
                raise CheckpointError(
                    f"Model '{directory}': {error} Export it for a batch of any size, with the "
                    f"sizes of {MODEL}."
                ) from error
            if found != tuple(wanted.shape):
                raise CheckpointError(
                    f"Model '{directory}': {graph.name} gives {found}, not {tuple(wanted.shape)} "
                    f"as {MODEL} says."
                )


def _graph(directory: Path, name: str) -> Graph | None:
    path = directory / name
    if not path.is_file():
        return None
    with reading(path):
        blob = path.read_bytes()
    return Graph(blob, name)
