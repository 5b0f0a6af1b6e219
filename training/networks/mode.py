"""The mode that networks are in: in training mode, batch norm's statistics follow the images."""

from collections.abc import Iterator
from contextlib import contextmanager

from torch import nn


@contextmanager
def evaluating(network: nn.Module) -> Iterator[None]:
    """The network in evaluation mode, and afterwards in the mode that it was in."""
    training = network.training
    network.eval()
    try:
        yield
    finally:
        network.train(training)


@contextmanager
def frozen(network: nn.Module) -> Iterator[None]:
    """Of what the network computes inside, gradients reach its input, and not its parameters."""
    learning = [each for each in network.parameters() if each.requires_grad]
    for each in learning:
        each.requires_grad_(False)
    try:
        yield
    finally:
        for each in learning:
            each.requires_grad_(True)
