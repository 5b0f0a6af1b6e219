"""Supervised adversarial autoencoder."""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from training import losses
from training.codes.priors import OneHot, joint
from training.config import Config
from training.frameworks import aae
from training.frameworks.base import Batch, CodeLabels, Flow, Framework, Loss, Phase, without_graph
from training.frameworks.options import Labels
from training.networks.common import CodeDiscriminator


class AAESupervised(Framework):
    """AAE whose generator takes the class beside the code, which then holds the style alone
    (Makhzani et al. 2015, section 4, figures 6 and 7).

        regularisation   min over D      E_z[sp(-D(z))] + E_x[sp(D(E(x)))]         sp = softplus
        reconstruction   min over G, E   alpha s E_{x,y} ||x - G(E(x), y)||^2 / (3 H W)
        and to fool D    min over E      + lambda_adv E_x[sp(-D(E(x)))]

    E gives no class: `encode` appends to the style the class y of least ||x - G(E(x), y)||^2. An
    image without a label has no reconstruction error: s is the share of images with one, 1 in the
    paper.
    """

    @dataclass(frozen=True)
    class Options(aae.AAE.Options, Labels):
        prior: Literal["normal"] = "normal"

    id = "aae-supervised"
    title = "Supervised AAE"
    source = "Makhzani et al. 2015, Adversarial Autoencoders, section 4"
    explanation = """
        An adversarial autoencoder whose generator is given the class of the image. The code need
        not contain the class, and keeps the rest: the style, such as slant and stroke width of a
        digit. One style can then be decoded in every class.
    """
    flows = Flow.lines("""
        E and G: reconstruct the image, given its class | x > E > ẑ, y > G > x̂ ~ x
        D tells prior samples from styles of images, E learns to fool it | z > D | x > E > ẑ > D
    """)
    # With a longer code or a weaker adversary the style contains the digit: G ignores the class
    presets = {"digits": {"latent_size": 3, "lambda_adv": 20.0, "lr": 1e-3}}
    needs_labels = needs_classes = True
    judged_by = ("mse", "frechet", "class_error")

    def __init__(self, config: Config):
        super().__init__(config)
        n, classes = config.latent_size, len(config.labels)
        self.prior = joint(self.prior, OneHot(classes))
        self.code_labels = CodeLabels(config.labels, exclusive=True)
        self.G = self.generator(n + classes)
        self.E = self.encoder(n)
        self.D = CodeDiscriminator(n)

    def phases(self) -> list[Phase]:
        return [
            Phase("regularisation", ("D",), self.config.lr_d, self.regularise),
            Phase("reconstruction", ("G", "E"), self.config.lr, self.reconstruct),
        ]

    def regularise(self, batch: Batch) -> Loss:
        z, _ = self.prior.split(batch.z)  # (B, n)
        loss = losses.discriminator_loss(self.D(z), self.D(without_graph(self.E, batch.x)))
        return loss, {"D": loss}

    def reconstruct(self, batch: Batch) -> Loss:
        z_hat = self.E(batch.x)  # (B, n)
        x_hat = self.decode(torch.cat([z_hat, batch.y], dim=1))
        error = (losses.pixel_errors(batch.x, x_hat) * batch.labelled).mean()
        fooling = losses.fooling_loss(self.D(z_hat))
        loss = self.config.alpha * error + self.config.lambda_adv * fooling
        return loss, {"reconstruction": error, "fooling": fooling}

    def encode(self, x: Tensor) -> Tensor:
        z_hat, classes = self.E(x), torch.eye(len(self.classes), device=x.device)
        codes = [torch.cat([z_hat, y.expand(x.shape[0], -1)], dim=1) for y in classes]
        errors = torch.stack(
            [losses.pixel_errors(x, self.decode(code)) for code in codes]
        )  # (classes, B)
        found = errors.argmin(dim=0)
        return torch.cat([z_hat, classes[found]], dim=1)
