"""What every system is: networks, a prior, and phases that the loop plays in turn."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Generator, Tensor, nn

from training import losses
from training.augment import augment
from training.config import Config
from training.priors import PRIORS


@dataclass(frozen=True)
class Batch:
    """What one step of training sees.

    x: images (B, 3, H, W) in [0, 1]; z: codes from the prior (B, n); generator: the step's source
    of any further randomness; step: counted from 0.
    """

    x: Tensor
    z: Tensor
    generator: Generator
    step: int


Terms = dict[str, Tensor]


@dataclass(frozen=True)
class Phase:
    """One move of the game: `players` (names of networks) minimise `loss`, all others frozen.

    `loss` takes a Batch and gives the scalar to minimise and the figures to show.
    """

    name: str
    players: tuple[str, ...]
    lr: float
    loss: Callable[[Batch], tuple[Tensor, Terms]]


class Framework(nn.Module):
    """A system of `G`, `E` and whatever else it needs; subclasses state their objective.

    `shipped` names the networks that a checkpoint keeps; `presets` adds to the common presets.
    """

    id: str
    title: str
    source: str
    shipped: tuple[str, ...] = ("G", "E")
    presets: dict[str, dict] = {}

    def __init__(self, config: Config):
        super().__init__()
        self.config = config
        self.prior = PRIORS[config.prior]

    def phases(self) -> list[Phase]:
        """The phases of one step, in their order."""
        raise TypeError(f"{type(self).__name__} states no phases")

    def encode(self, x: Tensor) -> Tensor:
        """Images (B, 3, H, W) in [0, 1] -> codes (B, n) on the prior's support."""
        return self.prior.project(self.E(x))

    def decode(self, z: Tensor) -> Tensor:
        """Codes (B, n) -> images (B, 3, H, W) in [0, 1]."""
        return self.G(z)

    def judge(self, x: Tensor, generator: Generator) -> Tensor:
        """Logits (B,) of the image discriminator on what augmentation lets it see of `x`."""
        return self.D(augment(x, self.config.augment, generator))

    def separate_images(self, batch: Batch, x_hat: Tensor) -> tuple[Tensor, Terms]:
        """Loss of an image discriminator `D` on real x against x_hat, with R1 (gamma / 2,
        every `r1_every` steps and so many times as heavy)."""
        config = self.config
        penalised = config.r1_gamma > 0 and batch.step % config.r1_every == 0
        x = batch.x.detach().requires_grad_(penalised)
        real, fake = self.judge(x, batch.generator), self.judge(x_hat, batch.generator)
        loss = losses.discriminator_loss(real, fake)
        terms = {"D": loss}
        if penalised:
            terms["R1"] = losses.r1_penalty(x, real)
            loss = loss + config.r1_gamma / 2 * config.r1_every * terms["R1"]
        return loss, terms


def trainable(framework: Framework, phase: Phase) -> list[nn.Parameter]:
    """The parameters of a phase's players, which alone require grad from here on."""
    framework.requires_grad_(False)
    players = [getattr(framework, name) for name in phase.players]
    for player in players:
        player.requires_grad_(True)
    return [parameter for player in players for parameter in player.parameters()]


@torch.no_grad()
def without_graph(network: nn.Module, inputs: Tensor) -> Tensor:
    """The network's output as data: another player's picture or code to judge."""
    return network(inputs)
