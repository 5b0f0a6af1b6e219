"""Adversarial autoencoder with a universal approximator posterior."""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from training.config import Config
from training.frameworks import aae
from training.frameworks.base import Batch, Flow
from training.schema import CodeSize


class AAENoise(aae.AAE):
    """AAE whose encoder takes noise beside the image, so that q(z|x) may have any shape
    (Makhzani et al. 2015, section 2: the universal approximator posterior).

        a code of x      z_hat = E(x, eta),   eta ~ N(0, I)
        regularisation   min over D      E_z[sp(-D(z))] + E_{x,eta}[sp(D(z_hat))]  sp = softplus
        reconstruction   min over G, E   alpha E_{x,eta} ||x - G(z_hat)||^2 / (3 H W)
        and to fool D    min over E      + lambda_adv E_{x,eta}[sp(-D(z_hat))]

    Each of the `noise_size` numbers of eta is a channel of its own, the same at every pixel.
    `encode` gives E(x, 0).
    """

    @dataclass(frozen=True)
    class Options(aae.AAE.Options):
        prior: Literal["normal"] = "normal"
        noise_size: CodeSize = 8  # Random numbers that E takes beside the image

    id = "aae-noise"
    title = "AAE, universal approximator"
    source = "Makhzani et al. 2015, Adversarial Autoencoders, section 2"
    explanation = """
        An adversarial autoencoder whose encoder takes random noise η beside the image. One image
        then has many possible codes, and their distribution, the posterior, may have any shape,
        where a Gaussian posterior has only one. The code of an image that is shown or edited is the
        one for η = 0.
    """
    flows = Flow.lines("""
        E and G: reconstruct the image | x, η > E > ẑ > G > x̂ ~ x
        D tells prior samples from codes of images, E learns to fool it | z > D | x, η > E > ẑ > D
    """)

    def __init__(self, config: Config):
        super().__init__(config)
        self.E = self.encoder(config.latent_size, inputs=3 + config.noise_size)

    def posterior(self, batch: Batch) -> Tensor:
        generator, shape = batch.generator, (len(batch.x), self.config.noise_size)
        eta = torch.randn(shape, generator=generator, device=generator.device)
        return self.E(joined(batch.x, eta))

    def encode(self, x: Tensor) -> Tensor:
        return self.E(joined(x, x.new_zeros(len(x), self.config.noise_size)))


def joined(x: Tensor, eta: Tensor) -> Tensor:
    """Images (B, 3, H, W) and noise (B, m) -> (B, 3 + m, H, W)."""
    planes = eta[:, :, None, None].expand(-1, -1, *x.shape[2:])
    return torch.cat([x, planes], dim=1).contiguous(memory_format=torch.channels_last)
