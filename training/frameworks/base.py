"""What every system is: networks, a prior, and the phases of a training step."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import torch
from torch import Generator, Tensor, nn

from training import losses
from training.augment import augment
from training.codes.priors import PRIORS, Prior
from training.config import Config, option_names, resolve
from training.errors import UserError
from training.networks.paper import NETS, Nets
from training.networks.projected import FeatureDiscriminator, need_package


@dataclass(frozen=True)
class Batch:
    """The data of one training step.

    x: images (B, 3, H, W) in [0, 1]; z: codes from the prior (B, n); generator: the source of any
    further randomness, of each process its own; step: counted from 0; y: labels (B, A), 0 or 1, and
    labelled (B,) bool: whose labels are known; None where the data have no labels.
    """

    x: Tensor
    z: Tensor
    generator: Generator
    step: int
    y: Tensor | None = None
    labelled: Tensor | None = None


Loss = tuple[Tensor, dict[str, Tensor]]  # the scalar to minimise, and figures to show


@dataclass(frozen=True)
class Phase:
    """One optimiser step: the `networks`, by their names, minimise `loss`, all others are frozen.

    `loss` takes a Batch and gives the scalar to minimise and the figures to show, whose names no
    other phase has. A phase takes place in every `every`-th step.
    """

    name: str
    networks: tuple[str, ...]
    lr: float
    loss: Callable[[Batch], Loss]
    every: int = 1


class CodeLabels(NamedTuple):
    """The labels that a code ends in, one number each, from 0 to 1: their names, and whether a
    code has exactly one of them (classes) or any number (attributes)."""

    names: tuple[str, ...]
    exclusive: bool


class Flow(NamedTuple):
    """Data-flow diagram of one term of the objective: its title, then one or two chains such as
    "z > G > G(z) > E > ẑ ~ z". Names of the system's networks are networks, all else is data; `~`
    stands between the two sides of an error; two chains meet in the network that both end in."""

    title: str
    chain: str
    other: str = ""

    @classmethod
    def lines(cls, text: str) -> tuple["Flow", ...]:
        """The flows of a text, one a line: title | chain, or title | chain | other chain."""
        lines = re.split(r"\n(?!\s*\|)", text.strip())  # a line that begins with | goes on
        return tuple(cls(*(part.strip() for part in line.split("|"))) for line in lines)


class Framework(nn.Module):
    """A system of `G`, `E` and whatever else it needs; subclasses state their objective.

    Options: the dataclass of its settings; presets: its part of the common presets, and its own;
    explanation, flows: a paragraph and data-flow diagrams for readers who do not know the paper;
    codes_from: the distribution of codes in words, with the settings' names in braces;
    shipped: the networks that a checkpoint keeps; differentiated_twice: those of them through which
    a penalty on gradients goes, which `torch.compile` cannot;
    encodes, decodes: whether it has an encoder, without which images are inverted by recovery, and
    a generator; without_gradients: why codes cannot be refined by descent, empty where they can;
    needs_labels: whether the images must have labels (`config.labels` names them), needs_classes:
    and each exactly one of them; code_labels: the labels that its codes end in, None without;
    first_stages: ids of the systems whose checkpoint `config.first_stage` may give, `frozen` the
    networks that are taken from it and never change; judged_by: the figures that decide which of
    two checkpoints is better (`training.measure.figures.compare`).
    """

    Options: type[Config] = Config
    id: str
    title: str
    source: str
    explanation: str
    flows: tuple[Flow, ...]
    codes_from: str = "prior '{prior}'"
    shipped: tuple[str, ...] = ("G", "E")
    differentiated_twice: tuple[str, ...] = ()
    presets: dict[str, dict] = {}
    encodes: bool = True
    decodes: bool = True
    without_gradients: str = ""
    needs_labels: bool = False
    needs_classes: bool = False
    code_labels: CodeLabels | None = None
    first_stages: tuple[str, ...] = ()
    frozen: tuple[str, ...] = ()
    judged_by: tuple[str, ...] = ("mse", "frechet")

    def __init_subclass__(cls):
        if "explanation" in vars(cls):  # a base of several systems has none
            cls.explanation = " ".join(cls.explanation.split())

    def __init__(self, config: Config):
        super().__init__()
        self.config = config
        self.prior: Prior = PRIORS[config.prior](config.latent_size)

    @classmethod
    def check(cls, config: Config, processes: int = 1) -> None:
        """UserError where a run of these settings, in so many processes, lacks what it begins with
        or what a step needs."""
        if cls.frozen and not config.first_stage:
            raise UserError(
                f"{cls.id} needs the networks of another system: give --first-stage the "
                f"checkpoint of {' or '.join(cls.first_stages)}."
            )
        if getattr(config, "d_features", False):
            need_package()
        if config.batch_size == processes and cls.normalises(config):
            raise UserError(
                "Batch normalisation needs two images a process: give --batch-size "
                f"{2 * processes} or more, or networks without it (--norm none, --d-norm none)."
            )

    @classmethod
    def normalises(cls, config: Config) -> bool:
        """Whether a network of these settings has batch normalisation."""
        if cls.needs_labels:  # by default those of the data, which are not known here
            config = replace(config, labels=config.labels or ("a", "b"))
        with torch.device("meta"):
            layers = cls(config).modules()
        return any(isinstance(each, nn.BatchNorm1d | nn.BatchNorm2d) for each in layers)

    @classmethod
    def networks(cls) -> frozenset[str]:
        """Names of the networks that a run of default settings trains, and of the frozen ones."""
        smallest = {"width": 1, "d_width": 1, "labels": ("a", "b")}
        options = {name: smallest[name] for name in option_names(cls.Options) if name in smallest}
        with torch.random.fork_rng():  # only names are of interest
            made = cls(resolve(cls, "paper", options))
        trained = {name for phase in made.phases() for name in phase.networks}
        return frozenset(trained | set(made.frozen))

    @property
    def device(self) -> torch.device:
        """Where its networks are."""
        return next(self.parameters()).device

    @property
    def nets(self) -> Nets:
        return NETS[self.config.nets]

    def generator(self, inputs: int) -> nn.Module:
        """G for codes of so many numbers."""
        config = self.config
        return self.nets.generator(config.image_size, config.width, inputs, config.norm)

    def encoder(self, outputs: int, inputs: int = 3) -> nn.Module:
        """E with so many outputs, for images of so many channels."""
        config = self.config
        return self.nets.encoder(config.image_size, config.width, outputs, config.norm, inputs)

    def discriminator(self, kind: Callable[..., nn.Module], *inputs, **further) -> nn.Module:
        """D of a `kind` of `nets` that sees images, and what further inputs the kind has."""
        config = self.config
        return kind(config.image_size, config.d_width, *inputs, norm=config.d_norm, **further)

    def image_discriminator(self, labels: int = 0) -> nn.Module:
        """D of images, and of so many labels, by their features too with `d_features`."""
        if labels:
            pixels = self.discriminator(self.nets.label_discriminator, labels)
        else:
            pixels = self.discriminator(self.nets.image_discriminator)
        if not self.config.d_features:
            return pixels
        return FeatureDiscriminator(pixels, self.config.image_size, labels)

    def train(self, mode: bool = True) -> "Framework":
        """As in nn.Module, but networks that are not trained stay in evaluation mode."""
        super().train(mode)
        for name, network in self.named_children():
            if not self.learns(name):
                network.eval()
        return self

    def learns(self, name: str) -> bool:
        """Whether the run trains a network: not frozen, and in `config.train` if that is given."""
        return name not in self.frozen and (not self.config.train or name in self.config.train)

    def phases(self) -> list[Phase]:
        """The phases of one step, in their order."""
        raise TypeError(f"{type(self).__name__} states no phases")

    def encode(self, x: Tensor) -> Tensor:
        """Images (B, 3, H, W) in [0, 1] -> codes (B, n) on the prior's support."""
        return self.prior.squash(self.E(x))

    def decode(self, z: Tensor) -> Tensor:
        """Codes (B, n) -> images (B, 3, H, W) in [0, 1]."""
        return self.G(z)

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes that `class_of` tells apart, () where it tells none."""
        labels = self.code_labels
        return labels.names if labels and labels.exclusive else ()

    def class_of(self, z: Tensor) -> Tensor:
        """Codes (B, n) -> the class of each among `classes`, long (B,); UserError without any."""
        if not self.classes:
            raise UserError(f"{self.title} tells no classes apart: choose a system that does.")
        return z[:, -len(self.classes) :].argmax(dim=1)

    def disturbed(self, x: Tensor, generator: Generator) -> Tensor:
        """Images with noise of random deviation up to `encoder_noise`: E reads what is visible."""
        most, device = self.config.encoder_noise, generator.device
        if not most:
            return x
        deviation = most * torch.rand(len(x), 1, 1, 1, generator=generator, device=device)
        return x + deviation * torch.randn(x.shape, generator=generator, device=device)

    def image_logits(self, x: Tensor, generator: Generator, *condition: Tensor) -> Tensor:
        """Logits of the image discriminator for the augmented `x`, and a code or labels if any."""
        return self.D(augment(x, self.config.augment, generator), *condition)

    def separate_images(
        self, batch: Batch, x_hat: Tensor, real: Sequence[Tensor] = (), fake: Sequence[Tensor] = ()
    ) -> Loss:
        """Loss of the image discriminator `D` of x against x_hat, with the codes or labels `real`
        and `fake` as conditions, and with lazy R1 and R2. With `pairing` an image goes with the
        fake one at its place, or with as many in turn as there are for each."""
        config = self.config
        x_hat = x_hat.detach().requires_grad_(config.r2_gamma > 0 and self.penalises(batch))
        logits = self.image_logits(x_hat, batch.generator, *fake)
        adversarial = losses.pairing_loss if config.pairing else losses.discriminator_loss
        loss, terms = self.separate(batch, logits, real, adversarial)
        if x_hat.requires_grad:
            terms["R2"] = losses.r1_penalty(x_hat, logits)
            loss = loss + config.r2_gamma / 2 * config.r1_every * terms["R2"]
        return loss, terms

    def fooling(
        self, batch: Batch, x_hat: Tensor, real: Sequence[Tensor] = (), fake: Sequence[Tensor] = ()
    ) -> Tensor:
        """The loss by which the maker of x_hat learns to fool the image discriminator, with
        conditions as in `separate_images`."""
        logits = self.image_logits(x_hat, batch.generator, *fake)
        if not self.config.pairing:
            return losses.fooling_loss(logits)
        return losses.pairing_loss(logits, self.image_logits(batch.x, batch.generator, *real))

    @property
    def d_every(self) -> int:
        """Steps from one update of the image discriminator to the next."""
        return 1

    def penalises(self, batch: Batch) -> bool:
        """Whether this update of the image discriminator has penalties: each `r1_every`-th has, and
        they count as often."""
        return batch.step // self.d_every % self.config.r1_every == 0

    def separate(
        self,
        batch: Batch,
        fake: Tensor,
        real: Sequence[Tensor] = (),
        adversarial: Callable[[Tensor, Tensor], Tensor] = losses.discriminator_loss,
    ) -> Loss:
        """As `separate_images`, by the logits (B, ...) of fake images and an `adversarial` loss of
        real and fake logits, with lazy R1 alone, whose weight is gamma / 2."""
        config = self.config
        x = batch.x.detach().requires_grad_(config.r1_gamma > 0 and self.penalises(batch))
        logits = self.image_logits(x, batch.generator, *real)
        loss = adversarial(logits, fake)
        terms = {"D": loss}
        if x.requires_grad:
            terms["R1"] = losses.r1_penalty(x, logits)
            loss = loss + config.r1_gamma / 2 * config.r1_every * terms["R1"]
        return loss, terms


def trainable(framework: Framework, phase: Phase) -> list[nn.Parameter]:
    """The parameters of a phase's networks, which alone require grad from here on."""
    framework.requires_grad_(False)
    networks = [getattr(framework, name) for name in phase.networks]
    for network in networks:
        network.requires_grad_(True)
    return [parameter for network in networks for parameter in network.parameters()]


@torch.no_grad()
def without_graph(network: Callable[..., Tensor], *inputs) -> Tensor:
    """The network's output as data, through which no gradient flows."""
    return network(*inputs)


def reparametrised(mean: Tensor, log_variance: Tensor, generator: Generator) -> Tensor:
    """Codes (B, n) drawn from Gaussians of mean and log-variance (B, n), differentiable in both."""
    noise = torch.randn(mean.shape, generator=generator, device=generator.device)
    return mean + (log_variance / 2).exp() * noise
