"""Directions that the images of a checkpoint do not suffice to measure."""

from types import SimpleNamespace

import pytest
import torch

from explorer.verbs.edit import attributes
from training.checkpoints import CheckpointError, Directions, Latents, read_latents, write_latents

NAMES = ("A", "B", "C", "D")


def write(folder, vectors: torch.Tensor) -> None:
    """Of four attributes the first alone has finite figures."""
    auc, d = torch.tensor([0.9, 0.9, 0.9, torch.nan]), torch.tensor([1, torch.inf, torch.nan, 1])
    directions = {"mean": Directions(vectors, auc, d, torch.full((4,), 0.1))}
    write_latents(folder, Latents(torch.randn(6, 8), torch.rand(6, 4) > 0.5, NAMES, directions))


def test_attributes_of_which_a_figure_is_not_finite_are_left_out(tmp_path):
    write(tmp_path, torch.ones(4, 8))
    model = SimpleNamespace(latents=read_latents(tmp_path))
    assert [*attributes(model, "mean")] == ["A"]


def test_directions_that_are_infinite_are_refused(tmp_path):
    write(tmp_path, torch.full((4, 8), torch.inf))
    with pytest.raises(CheckpointError, match="mean.vectors in latents.safetensors is not finite"):
        read_latents(tmp_path)
