"""Folded networks compute what those compute that they were made of."""

from copy import deepcopy
from functools import partial

import pytest
import torch
from torch import nn

from training.networks.common import Encoder, Generator, UpConv
from training.networks.folding import folded
from training.networks.nested import NestedEncoder, NestedGenerator

CODES, PX = 6, 64


def used(network: nn.Module) -> nn.Module:
    """In evaluation mode, with running means and variances of its own."""
    torch.manual_seed(0)
    for layer in network.modules():
        if isinstance(layer, nn.BatchNorm2d):
            nn.init.normal_(layer.running_mean)
            nn.init.uniform_(layer.running_var, 0.5, 2)
            nn.init.normal_(layer.weight)
            nn.init.normal_(layer.bias)
        if isinstance(layer, nn.Conv2d):  # those of new outer parts are 0
            nn.init.normal_(layer.weight, std=0.1)
    return network.eval().requires_grad_(False)


@pytest.mark.parametrize(
    "kind", [Generator, NestedGenerator, partial(NestedGenerator, residual=True)]
)
@pytest.mark.parametrize("norm", ["batch", "none"])
def test_a_folded_generator_draws_the_same(kind, norm):
    G = used(kind(PX, 4, CODES, norm))
    faster, z = folded(deepcopy(G)), torch.randn(5, CODES)
    assert torch.allclose(faster(z), G(z), atol=1e-5)
    layers = [*faster.modules()]
    assert not any(isinstance(layer, UpConv) for layer in layers)
    assert sum(isinstance(layer, nn.BatchNorm2d) for layer in layers) == (norm == "batch")
    assert not any(each.requires_grad for each in faster.parameters())


@pytest.mark.parametrize("kind", [Encoder, NestedEncoder, partial(NestedEncoder, residual=True)])
def test_a_folded_encoder_finds_the_same_codes(kind):
    E, x = used(kind(PX, 4, CODES)), torch.rand(5, 3, PX, PX)
    assert torch.allclose(folded(deepcopy(E))(x), E(x), atol=1e-5)


def test_a_convolution_takes_in_the_batch_norm_after_it():
    network = used(nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU()))
    faster, x = folded(deepcopy(network)), torch.rand(2, 3, 8, 8)
    assert torch.allclose(faster(x), network(x), atol=1e-5)
    assert isinstance(faster[1], nn.Identity)
