"""Adversarial autoencoder with a Gaussian posterior."""

from torch import Tensor

from training.config import Config
from training.frameworks.aae import AAE
from training.frameworks.base import Batch, Flow, reparametrised


class AAEGaussian(AAE):
    """AAE whose encoder gives a Gaussian, its mean and log-variance, to draw a code from
    (Makhzani et al. 2015, section 2).

        a code of x      z_hat = mu(x) + sigma(x) eps,   (mu, log sigma^2) = E(x),   eps ~ N(0, I)
        regularisation   min over D      E_z[sp(-D(z))] + E_{x,eps}[sp(D(z_hat))]  sp = softplus
        reconstruction   min over G, E   alpha E_{x,eps} ||x - G(z_hat)||^2 / (3 H W)
        and to fool D    min over E      + lambda_adv E_{x,eps}[sp(-D(z_hat))]

    The code of an image is mu(x) wherever it is asked for one.
    """

    id = "aae-gaussian"
    title = "AAE, Gaussian posterior"
    source = "Makhzani et al. 2015, Adversarial Autoencoders, section 2"
    explanation = (
        "An adversarial autoencoder whose encoder gives a cloud of codes for each image rather "
        "than one: a mean μ and a spread σ for each number. Training draws one of the cloud each "
        "time, so that codes near each other have to give much the same picture. The code of an "
    )
    flows = (
        Flow(
            "E and G: the image is drawn again from one code of its cloud",
            "x > E > μ, σ > ẑ > G > x̂ ~ x",
        ),
        Flow(
            "D tells codes of images from random ones, E learns to fool it",
            "z > D",
            "x > E > μ, σ > ẑ > D",
        ),
    )
    priors = ("normal",)

    def __init__(self, config: Config):
        super().__init__(config)
        self.E = self.encoder(2 * config.latent_size)

    def posterior(self, batch: Batch) -> Tensor:
        return reparametrised(*self.E(batch.x).chunk(2, dim=1), batch.generator)

    def encode(self, x: Tensor) -> Tensor:
        mean, _ = self.E(x).chunk(2, dim=1)
        return mean
