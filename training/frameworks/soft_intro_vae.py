"""Soft introspective variational autoencoder."""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from training import losses
from training.config import Config
from training.frameworks.base import Batch, Flow, Framework, Loss, Phase, reparametrised
from training.networks.mode import evaluating
from training.schema import NotNegative

# At the published gamma_r, 1e-8, its term is below the precision of the others and costs a decoding
PUBLISHED = {"lr": 2e-4, "gamma_r": 0.0}


class SoftIntroVAE(Framework):
    """Soft-IntroVAE (Daniel and Tamar 2021, eqs. 3 and 4): a VAE whose encoder is the adversary of
    its generator, by the divergence that it gives to real and to fake images.

        a code of x      z_hat = mu(x) + sigma(x) eps,   (mu, log sigma^2) = E(x),   eps ~ N(0, I)
        a fake image     f = G(z) or f = G(z_hat), half of each
        error            r(x) = ||x - G(z_hat)||^2 / (3 H W)
        divergence       k(x) = KL(N(mu, sigma^2) || N(0, I)) / (3 H W)
        inference        min over E   E_x[beta_rec r(x) + beta_kl k(x)]
                                      + 1/2 E_f[exp(-2 (beta_rec r(f) + beta_neg k(f)))]
        generation       min over G   E_x[beta_rec r(x)] + E_f[beta_kl k(f) + gamma_r beta_rec r(f)]

    In r(f) the image f is data, for G its code too. G decodes z and z_hat as one batch (see ALICE).
    `encode` gives mu(x). The weights are the published code's of CIFAR-10; it has beta_rec 0.5 and
    beta_neg 1024 for CelebA-HQ.
    """

    @dataclass(frozen=True)
    class Options(Config):
        prior: Literal["normal"] = "normal"
        beta_rec: NotNegative = 1.0  # Weight of the reconstruction error
        # Weight of the KL divergence: of real images for E, of fake ones for G
        beta_kl: NotNegative = 1.0
        beta_neg: NotNegative = 256.0  # Weight of the KL divergence of fake images, which E raises
        # Weight of the reconstruction error of fake images for G; 0 for none
        gamma_r: NotNegative = 1e-8

    id = "soft-intro-vae"
    title = "Soft-IntroVAE"
    source = "Daniel and Tamar 2021, Soft-IntroVAE, eqs. 3 and 4"
    explanation = """
        A variational autoencoder that is its own adversary, without a discriminator. As in a VAE,
        an encoder E gives a Gaussian posterior for each image, a mean μ and a standard deviation σ
        for each number of the code, and a generator G reconstructs the image from a code drawn from
        it. Besides, E learns to give the images of G posteriors that are far from the prior, and G
        to make images whose posteriors are close to it, as they are for real ones. What is blurred
        is told from what is real, so that G's images become sharp.
    """
    flows = Flow.lines("""
        E and G: reconstruct the image from a code drawn from its posterior
            | x > E > μ, σ > ẑ > G > x̂ ~ x
        E: keep the posterior of an image close to the prior | x > E > μ, σ ~ 0, 1
        E: keep that of a fake image away from the prior, G: bring it close
            | z > G > G(z) > E > μ, σ ~ 0, 1
    """)
    presets = dict.fromkeys(("small", "best", "gpu"), PUBLISHED)

    def __init__(self, config: Config):
        super().__init__(config)
        self.G = self.generator(config.latent_size)
        self.E = self.encoder(2 * config.latent_size)

    def phases(self) -> list[Phase]:
        return [
            Phase("inference", ("E",), self.config.lr, self.infer),
            Phase("generation", ("G",), self.config.lr, self.fool),
        ]

    def infer(self, batch: Batch) -> Loss:
        config, x = self.config, batch.x
        mean, log_variance = self.gaussian(x)  # (B, n) each
        images = self.images(batch, mean, log_variance)
        error = losses.pixel_error(x, images[: len(x)])
        divergence = losses.kl_divergence(mean, log_variance)
        fake = images.detach()  # (2 B, 3, H, W)
        mean, log_variance = self.gaussian(fake)
        again = self.decode_fake(reparametrised(mean, log_variance, batch.generator))
        error_of_each = losses.pixel_errors(fake, again)  # (2 B,)
        divergence_of_each = losses.kl_divergences(mean, log_variance) / x[0].numel()
        bound = config.beta_rec * error_of_each + config.beta_neg * divergence_of_each
        passed = (-2 * bound).exp().mean()  # near 1 where E takes fake images for real ones
        loss = config.beta_rec * error + config.beta_kl * divergence / x[0].numel() + passed / 2
        return loss, {"reconstruction": error, "KL": divergence, "passed": passed}

    def fool(self, batch: Batch) -> Loss:
        config, x = self.config, batch.x
        with torch.no_grad():
            gaussian = self.gaussian(x)
        fake = self.images(batch, *gaussian)
        error = losses.pixel_error(x, fake[: len(x)])
        mean, log_variance = self.gaussian(fake)
        divergence = losses.kl_divergence(mean, log_variance)
        loss = config.beta_rec * error + config.beta_kl * divergence / x[0].numel()
        if config.gamma_r:
            z_hat = reparametrised(mean, log_variance, batch.generator).detach()
            again = losses.pixel_error(fake.detach(), self.decode_fake(z_hat))
            loss = loss + config.gamma_r * config.beta_rec * again
        return loss, {"KL of fake": divergence}

    def images(self, batch: Batch, mean: Tensor, log_variance: Tensor) -> Tensor:
        """Reconstructions from codes of Gaussians (B, n), then samples, (2 B, 3, H, W)."""
        z_hat = reparametrised(mean, log_variance, batch.generator)
        return self.decode(torch.cat([z_hat, batch.z]))

    def decode_fake(self, z: Tensor) -> Tensor:
        """Images of the codes (B, n) of fake images, far from the prior: batch norm's statistics
        stay those of real images and of samples, as after training."""
        with evaluating(self.G):
            return self.decode(z)

    def gaussian(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log-variance (B, n) of q(z|x)."""
        mean, log_variance = self.E(x).chunk(2, dim=1)
        return mean, log_variance

    def encode(self, x: Tensor) -> Tensor:
        return self.gaussian(x)[0]
