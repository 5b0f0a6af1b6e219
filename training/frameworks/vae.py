"""Variational autoencoder."""

from torch import Tensor

from training import losses
from training.config import Config
from training.frameworks.base import Batch, Flow, Framework, Phase, Terms, reparametrised


class VAE(Framework):
    """VAE (Kingma and Welling 2013; Xu et al. 2019, section II): a bound on the likelihood in the
    place of an adversary.

        a code of x      z_hat = mu(x) + sigma(x) eps,   (mu, log sigma^2) = E(x),   eps ~ N(0, I)
        bound            min over G, E   alpha E_{x,eps} ||x - G(z_hat)||^2 / (3 H W)
                                         + lambda_kl E_x KL(N(mu, sigma^2) || N(0, I))

    It is the bound for pixels of variance s^2 about G's if alpha / lambda_kl = 3 H W / (2 s^2).
    The code of an image is mu(x) wherever it is asked for one.
    """

    id = "vae"
    title = "VAE"
    source = "Kingma and Welling 2013; Xu et al. 2019, section II"
    explanation = (
        "An encoder E gives a cloud of codes for each image, a mean μ and a spread σ for each "
        "number, and a generator G draws the image from one of them. There is no adversary: a "
        "formula says how far each cloud is from that of random codes. Both that and the error of "
        "the pixels are made small at once. What the clouds leave open is averaged, and so "
        "blurred."
    )
    flows = (
        Flow(
            "E and G: the image is drawn again from one code of its cloud",
            "x > E > μ, σ > ẑ > G > x̂ ~ x",
        ),
        Flow("E: each cloud is much like that of random codes", "x > E > μ, σ ~ 0, 1"),
    )
    priors = ("normal",)

    def __init__(self, config: Config):
        super().__init__(config)
        self.G = self.generator(config.latent_size)
        self.E = self.encoder(2 * config.latent_size)

    def phases(self) -> list[Phase]:
        return [Phase("bound", ("G", "E"), self.config.lr, self.bound)]

    def bound(self, batch: Batch) -> tuple[Tensor, Terms]:
        mean, log_variance = self.E(batch.x).chunk(2, dim=1)  # (B, n) each
        z_hat = reparametrised(mean, log_variance, batch.generator)
        error = losses.pixel_error(batch.x, self.decode(z_hat))
        divergence = losses.kl_divergence(mean, log_variance)
        loss = self.config.alpha * error + self.config.lambda_kl * divergence
        return loss, {"reconstruction": error, "KL": divergence}

    def encode(self, x: Tensor) -> Tensor:
        mean, _ = self.E(x).chunk(2, dim=1)
        return mean
