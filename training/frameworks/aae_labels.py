"""Adversarial autoencoder with labels in the regulariser."""

from dataclasses import dataclass, replace
from typing import Literal

import torch
from torch import Tensor

from training import losses
from training.config import Config
from training.frameworks import aae
from training.frameworks.base import Batch, Flow, Loss, without_graph
from training.frameworks.options import EncoderNoise, Labels
from training.networks.common import CodeDiscriminator
from training.schema import CodeSize


class AAELabels(aae.AAE):
    """AAE whose discriminator sees the label beside the code, so that each class takes its own part
    of a 2-D prior (Makhzani et al. 2015, section 2.3, figures 3 and 4).

        the label        y of x, one-hot, with one class more for 'unlabelled'
        a code for it    z ~ p(z|y), the part of the prior that is y's; p(z) if y is 'unlabelled'
        regularisation   min over D      E_{z,y}[sp(-D(z, y))] + E_{x,y}[sp(D(E(x), y))]
        reconstruction   min over G, E   alpha E_x ||x - G(E(x))||^2 / (3 H W)
        and to fool D    min over E      + lambda_adv E_{x,y}[sp(-D(E(x), y))]     sp = softplus

    Labels are used in training only: E sees nothing but the image.
    """

    @dataclass(frozen=True)
    class Options(aae.AAE.Options, Labels, EncoderNoise):
        prior: Literal["mixture", "swiss-roll"] = "mixture"
        latent_size: CodeSize = 2

    id = "aae-labels"
    title = "AAE, labels in the regulariser"
    source = "Makhzani et al. 2015, Adversarial Autoencoders, section 2.3"
    explanation = """
        An adversarial autoencoder with codes of two numbers only, so that the whole code space can
        be seen on a plane. The prior has a part for each class: ten petals of a Gaussian mixture,
        or ten stretches of a swiss roll. The discriminator sees the class beside the code, so that
        the encoder has to place the images of a class in the part of the prior that belongs to it.
    """
    flows = Flow.lines("""
        E and G: reconstruct the image | x > E > ẑ > G > x̂ ~ x
        D tells samples of a class's part of the prior from codes of its images, E learns to fool it
            | z, y > D | x > E > ẑ, y > D
    """)
    presets = {
        "digits": {
            "latent_size": 2,
            "lambda_adv": 10.0,
            "encoder_noise": 0.1,
            "lr": 1e-3,
            "shift": 1,
        }
    }
    needs_labels = needs_classes = True
    judged_by = ("mse", "frechet", "class_share")

    def __init__(self, config: Config):
        super().__init__(config)
        self.prior = replace(self.prior, classes=len(config.labels))

    def code_discriminator(self) -> CodeDiscriminator:
        return CodeDiscriminator(self.config.latent_size + len(self.config.labels) + 1)

    @property
    def classes(self) -> tuple[str, ...]:
        return self.config.labels

    def class_of(self, z: Tensor) -> Tensor:
        return self.prior.class_of(z)

    def regularise(self, batch: Batch) -> Loss:
        y = shown_labels(batch)  # (B, classes + 1)
        of_class = self.prior.sample_of(batch.y.argmax(dim=1), batch.generator)
        z = torch.where(batch.labelled[:, None], of_class, batch.z)  # (B, 2)
        z_hat = without_graph(self.posterior, batch)
        loss = losses.discriminator_loss(self.code_logits(z, y), self.code_logits(z_hat, y))
        return loss, {"D": loss}

    def reconstruct(self, batch: Batch) -> Loss:
        z_hat = self.posterior(batch)  # (B, 2)
        error = losses.pixel_error(batch.x, self.decode(z_hat))
        fooling = losses.fooling_loss(self.code_logits(z_hat, shown_labels(batch)))
        loss = self.config.alpha * error + self.config.lambda_adv * fooling
        return loss, {"reconstruction": error, "fooling": fooling}

    def posterior(self, batch: Batch) -> Tensor:
        return self.encode(self.disturbed(batch.x, batch.generator))

    def code_logits(self, z: Tensor, y: Tensor) -> Tensor:
        """Logits (B,) of D for codes (B, 2) and their labels (B, classes + 1)."""
        return self.D(torch.cat([z, y], dim=1))


def shown_labels(batch: Batch) -> Tensor:
    """What D sees of the labels: one-hot (B, classes + 1), the last for images without one."""
    labelled = batch.labelled[:, None]
    return torch.cat([batch.y * labelled, ~labelled], dim=1)
