"""Adversarial autoencoder with a Gaussian posterior."""

from dataclasses import dataclass
from typing import Literal

from torch import Tensor

from training.config import Config
from training.frameworks import aae
from training.frameworks.base import Batch, Flow, reparametrised


class AAEGaussian(aae.AAE):
    """AAE whose encoder gives a Gaussian, its mean and log-variance, to draw a code from
    (Makhzani et al. 2015, section 2).

        a code of x      z_hat = mu(x) + sigma(x) eps,   (mu, log sigma^2) = E(x),   eps ~ N(0, I)
        regularisation   min over D      E_z[sp(-D(z))] + E_{x,eps}[sp(D(z_hat))]  sp = softplus
        reconstruction   min over G, E   alpha E_{x,eps} ||x - G(z_hat)||^2 / (3 H W)
        and to fool D    min over E      + lambda_adv E_{x,eps}[sp(-D(z_hat))]

    `encode` gives mu(x).
    """

    @dataclass(frozen=True)
    class Options(aae.AAE.Options):
        prior: Literal["normal"] = "normal"

    id = "aae-gaussian"
    title = "AAE, Gaussian posterior"
    source = "Makhzani et al. 2015, Adversarial Autoencoders, section 2"
    explanation = """
        An adversarial autoencoder whose encoder gives a Gaussian posterior for each image in place
        of a single code: a mean μ and a standard deviation σ for each number. Training draws a code
        from it each time, so that codes near each other have to decode to similar images. The code
        of an image that is shown or edited is the mean μ.
    """
    flows = Flow.lines("""
        E and G: reconstruct the image from a code drawn from its posterior
            | x > E > μ, σ > ẑ > G > x̂ ~ x
        D tells prior samples from codes of images, E learns to fool it
            | z > D | x > E > μ, σ > ẑ > D
    """)

    def __init__(self, config: Config):
        super().__init__(config)
        self.E = self.encoder(2 * config.latent_size)

    def posterior(self, batch: Batch) -> Tensor:
        return reparametrised(*self.E(batch.x).chunk(2, dim=1), batch.generator)

    def encode(self, x: Tensor) -> Tensor:
        mean, _ = self.E(x).chunk(2, dim=1)
        return mean
