"""Invertible conditional GAN."""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from training import losses
from training.codes.priors import Switches, joint
from training.config import Config
from training.frameworks.base import Batch, CodeLabels, Flow, Framework, Loss, Phase, without_graph
from training.frameworks.options import FeatureAdversary, FirstStage, Labels


class ICGAN(Framework):
    """ICGAN (Perarnau et al. 2016; Luo et al. 2017, eq. 3): codes are noise z and labels y, which
    can be switched one by one.

        discrimination   min over D          E_{x,y}[sp(-D(x, y))] + E_{z,y}[sp(D(G(z, y), y))]
        generation       min over G          E_{z,y}[sp(-D(G(z, y), y))]          sp = softplus
        encoding         min over E_z, E_y   E_{z,y} ||z - E_z(G(z, y))||^2
                                             + s E_{x,y labelled} ||y - E_y(x)||^2

    Beyond the papers: an image without known labels takes those that E_y predicts, rounded; s is
    the share of a batch's images with known ones. With every image labelled this is the papers'
    objective. The y of G(z, y) are those of the batch's images, so that fake pairs have the labels
    of real ones.

    The encoders are trained together with the conditional GAN, or after it: with an ICGAN as
    --first-stage, its G is kept, and only they are trained.
    """

    @dataclass(frozen=True)
    class Options(FeatureAdversary, Labels, FirstStage):
        prior: Literal["normal", "sphere", "box"] = "normal"

    id = "icgan"
    title = "ICGAN"
    source = "Perarnau et al. 2016, Invertible Conditional GANs; Luo et al. 2017, eq. 3"
    explanation = """
        A GAN whose generator takes labels y beside the code z, such as smiling or not, and whose
        discriminator sees them beside the image. Two encoders belong to it: E_z predicts the code
        of an image, E_y its labels. So a photo can be encoded and decoded again with one label
        switched and the rest of its code unchanged.
    """
    flows = Flow.lines("""
        D tells real images from fake ones, each with its labels, G learns to fool it
            | x, y > D | z, y > G > G(z, y), y > D
        E_z: recover the code of a fake image | z, y > G > G(z, y) > E_z > ẑ ~ z
        E_y: predict the labels of a real image | x > E_y > ŷ ~ y
    """)
    shipped = ("G", "E_z", "E_y")
    needs_labels = True
    first_stages = ("icgan",)

    def __init__(self, config: Config):
        super().__init__(config)
        n, labels = config.latent_size, len(config.labels)
        self.prior = joint(self.prior, Switches(labels))
        self.code_labels = CodeLabels(config.labels, exclusive=False)
        self.frozen = ("G",) if config.first_stage else ()
        self.G = self.generator(n + labels)
        self.D = self.image_discriminator(labels)
        self.E_z = self.encoder(n)
        self.E_y = self.encoder(labels)

    def phases(self) -> list[Phase]:
        config = self.config
        encoding = Phase("encoding", ("E_z", "E_y"), config.lr, self.invert)
        if config.first_stage:
            return [encoding]
        return [
            Phase("discrimination", ("D",), config.lr_d, self.discriminate),
            Phase("generation", ("G",), config.lr, self.fool),
            encoding,
        ]

    def discriminate(self, batch: Batch) -> Loss:
        y = self.completed(batch, without_graph(self.read, batch.x))  # (B, labels)
        x_hat = without_graph(self.generate, batch.z, y)  # (B, 3, H, W)
        return self.separate_images(batch, x_hat, real=(y,), fake=(y,))

    def fool(self, batch: Batch) -> Loss:
        y = self.completed(batch, without_graph(self.read, batch.x))
        x_hat = self.generate(batch.z, y)
        fooling = self.fooling(batch, x_hat, real=(y,), fake=(y,))
        return fooling, {"fooling": fooling}

    def invert(self, batch: Batch) -> Loss:
        y_hat = self.read(batch.x)
        y = self.completed(batch, y_hat.detach())
        x_hat = without_graph(self.generate, batch.z, y)
        z, _ = self.prior.split(batch.z)
        error = losses.code_error(z, self.prior.first.squash(self.E_z(x_hat)))
        misread = (batch.y - y_hat).square().sum(dim=1)  # (B,)
        misread = (misread * batch.labelled).mean()
        return error + misread, {"re-encoding": error, "misread": misread}

    def completed(self, batch: Batch, y_hat: Tensor) -> Tensor:
        """The labels (B, labels), 0 or 1, of the batch's images: `y_hat` rounded where unknown."""
        return torch.where(batch.labelled[:, None], batch.y, y_hat.round())

    def generate(self, z: Tensor, y: Tensor) -> Tensor:
        """G of the noise in codes z (B, n + labels), with labels y instead of theirs."""
        noise, _ = self.prior.split(z)
        return self.decode(torch.cat([noise, y], dim=1))

    def read(self, x: Tensor) -> Tensor:
        """Images (B, 3, H, W) -> how likely each label is, (B, labels)."""
        return self.prior.second.squash(self.E_y(x))

    def encode(self, x: Tensor) -> Tensor:
        return self.prior.squash(torch.cat([self.E_z(x), self.E_y(x)], dim=1))
