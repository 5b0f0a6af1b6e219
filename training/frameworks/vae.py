"""Variational autoencoder."""

from dataclasses import dataclass
from typing import Literal

from torch import Tensor

from training import losses
from training.config import Config
from training.frameworks.base import Batch, Flow, Framework, Loss, Phase, reparametrised
from training.frameworks.options import Reconstruction
from training.schema import NotNegative


class VAE(Framework):
    """VAE (Kingma and Welling 2013; Xu et al. 2019, section II): a bound on the likelihood, without
    a discriminator.

        a code of x      z_hat = mu(x) + sigma(x) eps,   (mu, log sigma^2) = E(x),   eps ~ N(0, I)
        bound            min over G, E   alpha E_{x,eps} ||x - G(z_hat)||^2 / (3 H W)
                                         + lambda_kl E_x KL(N(mu, sigma^2) || N(0, I))

    It is the evidence lower bound for pixels N(G(z_hat), s^2) if alpha / lambda_kl is
    3 H W / (2 s^2). `encode` gives mu(x).
    """

    @dataclass(frozen=True)
    class Options(Reconstruction):
        prior: Literal["normal"] = "normal"
        lambda_kl: NotNegative = 4e-3  # Weight of the KL divergence of q(z|x) from the prior

    id = "vae"
    title = "VAE"
    source = "Kingma and Welling 2013; Xu et al. 2019, section II"
    explanation = """
        An encoder E gives a Gaussian posterior for each image, a mean μ and a standard deviation σ
        for each number of the code, and a generator G reconstructs the image from a code drawn from
        it. There is no discriminator: training minimises the reconstruction error and the KL
        divergence of each posterior from the prior, which has a closed form. Where the posteriors
        of several images overlap, G averages over them, and its images are blurred.
    """
    flows = Flow.lines("""
        E and G: reconstruct the image from a code drawn from its posterior
            | x > E > μ, σ > ẑ > G > x̂ ~ x
        E: keep each posterior close to the prior | x > E > μ, σ ~ 0, 1
    """)

    def __init__(self, config: Config):
        super().__init__(config)
        self.G = self.generator(config.latent_size)
        self.E = self.encoder(2 * config.latent_size)

    def phases(self) -> list[Phase]:
        return [Phase("bound", ("G", "E"), self.config.lr, self.bound)]

    def bound(self, batch: Batch) -> Loss:
        mean, log_variance = self.E(batch.x).chunk(2, dim=1)  # (B, n) each
        z_hat = reparametrised(mean, log_variance, batch.generator)
        error = losses.pixel_error(batch.x, self.decode(z_hat))
        divergence = losses.kl_divergence(mean, log_variance)
        loss = self.config.alpha * error + self.config.lambda_kl * divergence
        return loss, {"reconstruction": error, "KL": divergence}

    def encode(self, x: Tensor) -> Tensor:
        mean, _ = self.E(x).chunk(2, dim=1)
        return mean
