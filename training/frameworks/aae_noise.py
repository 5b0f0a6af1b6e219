"""Adversarial autoencoder with a universal approximator posterior."""

import torch
from torch import Tensor

from training.config import Config
from training.frameworks.aae import AAE
from training.frameworks.base import Batch, Flow


class AAENoise(AAE):
    """AAE whose encoder sees noise beside the image, so that q(z|x) may be of any shape
    (Makhzani et al. 2015, section 2: the universal approximator posterior).

        a code of x      z_hat = E(x, eta),   eta ~ N(0, I)
        regularisation   min over D      E_z[sp(-D(z))] + E_{x,eta}[sp(D(z_hat))]  sp = softplus
        reconstruction   min over G, E   alpha E_{x,eta} ||x - G(z_hat)||^2 / (3 H W)
        and to fool D    min over E      + lambda_adv E_{x,eta}[sp(-D(z_hat))]

    Each of the `noise_size` numbers of eta is a channel of its own, the same at every pixel. The
    code of an image is E(x, 0) wherever it is asked for one.
    """

    id = "aae-noise"
    title = "AAE, universal approximator"
    source = "Makhzani et al. 2015, Adversarial Autoencoders, section 2"
    explanation = (
        "An adversarial autoencoder whose encoder sees random numbers η beside the image. One "
        "image then has many codes, and their distribution may have any shape, where a Gaussian "
        "cloud has only one."
    )
    flows = (
        Flow("E and G: the image is drawn again", "x, η > E > ẑ > G > x̂ ~ x"),
        Flow(
            "D tells codes of images from random ones, E learns to fool it",
            "z > D",
            "x, η > E > ẑ > D",
        ),
    )
    priors = ("normal",)

    def __init__(self, config: Config):
        super().__init__(config)
        self.E = self.encoder(config.latent_size, inputs=3 + config.noise_size)

    def posterior(self, batch: Batch) -> Tensor:
        place = {"generator": batch.generator, "device": batch.generator.device}
        return self.E(joined(batch.x, torch.randn(len(batch.x), self.config.noise_size, **place)))

    def encode(self, x: Tensor) -> Tensor:
        return self.E(joined(x, x.new_zeros(len(x), self.config.noise_size)))


def joined(x: Tensor, eta: Tensor) -> Tensor:
    """Images (B, 3, H, W) and noise (B, m) -> (B, 3 + m, H, W)."""
    planes = eta[:, :, None, None].expand(-1, -1, *x.shape[2:])
    return torch.cat([x, planes], dim=1).contiguous(memory_format=torch.channels_last)
