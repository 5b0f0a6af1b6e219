"""Adversarial autoencoder whose regulariser knows the labels."""

from dataclasses import replace

import torch
from torch import Tensor

from training import losses
from training.config import PRESETS, Config
from training.frameworks.aae import AAE
from training.frameworks.base import Batch, Flow, Terms, without_graph
from training.networks.common import CodeDiscriminator


class AAELabels(AAE):
    """AAE whose adversary sees the label beside the code, so that each class takes its own part
    of a prior in the plane (Makhzani et al. 2015, section 2.3, figures 3 and 4).

        the label        y of x, one-hot, with one class more for 'unlabelled'
        a code for it    z ~ p(z|y), the part of the prior that is y's; p(z) if y is 'unlabelled'
        regularisation   min over D      E_{z,y}[sp(-D(z, y))] + E_{x,y}[sp(D(E(x), y))]
        reconstruction   min over G, E   alpha E_x ||x - G(E(x))||^2 / (3 H W)
        and to fool D    min over E      + lambda_adv E_{x,y}[sp(-D(E(x), y))]     sp = softplus

    The labels serve the training alone: E sees only the image.
    """

    id = "aae-labels"
    title = "AAE, labels in the regulariser"
    source = "Makhzani et al. 2015, Adversarial Autoencoders, section 2.3"
    explanation = (
        "An adversarial autoencoder whose codes are two numbers only, so that all of them can be "
        "seen on a plane. Random codes come from a pattern with a part for each class: ten petals "
        "around the middle, or ten stretches of a roll. The adversary is told the class beside "
        "the code, so that the images of a class have to take the part that is its own."
    )
    flows = (
        Flow("E and G: the image is drawn again", "x > E > ẑ > G > x̂ ~ x"),
        Flow(
            "D tells codes of images of a class from random ones of its part",
            "z, y > D",
            "x > E > ẑ, y > D",
        ),
    )
    priors = ("mixture", "swiss-roll")
    presets = {name: {"latent_size": 2} for name in PRESETS}
    presets["digits"] |= {"lambda_adv": 10.0, "encoder_noise": 0.1, "lr": 1e-3, "shift": 1}
    needs_labels = needs_classes = True
    judged_by = ("mse", "frechet", "class_share")

    def __init__(self, config: Config):
        super().__init__(config)
        classes = len(config.labels)
        self.prior = replace(self.prior, classes=classes)
        self.D = CodeDiscriminator(config.latent_size + classes + 1)

    @property
    def classes(self) -> tuple[str, ...]:
        return self.config.labels

    def class_of(self, z: Tensor) -> Tensor:
        return self.prior.class_of(z)

    def regularise(self, batch: Batch) -> tuple[Tensor, Terms]:
        y = shown(batch)  # (B, classes + 1)
        of_class = self.prior.sample_of(batch.y.argmax(dim=1), batch.generator)
        z = torch.where(batch.labelled[:, None], of_class, batch.z)  # (B, 2)
        z_hat = without_graph(self.posterior, batch)
        loss = losses.discriminator_loss(self.judged(z, y), self.judged(z_hat, y))
        return loss, {"D": loss}

    def reconstruct(self, batch: Batch) -> tuple[Tensor, Terms]:
        z_hat = self.posterior(batch)  # (B, 2)
        error = losses.pixel_error(batch.x, self.decode(z_hat))
        fooling = losses.fooling_loss(self.judged(z_hat, shown(batch)))
        loss = self.config.alpha * error + self.config.lambda_adv * fooling
        return loss, {"reconstruction": error, "fooling": fooling}

    def posterior(self, batch: Batch) -> Tensor:
        return self.encode(self.disturbed(batch.x, batch.generator))

    def judged(self, z: Tensor, y: Tensor) -> Tensor:
        """Logits (B,) of D on codes (B, 2) with what is shown of their labels."""
        return self.D(torch.cat([z, y], dim=1))


def shown(batch: Batch) -> Tensor:
    """One-hot (B, classes + 1): the labels, the last for images without one."""
    labelled = batch.labelled[:, None]
    return torch.cat([batch.y * labelled, ~labelled], dim=1)
