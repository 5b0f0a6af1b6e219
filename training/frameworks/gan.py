"""Generative adversarial network, the first stage of others."""

from dataclasses import dataclass
from typing import Literal

from torch import Tensor

from training import losses
from training.augment import augment
from training.config import Config
from training.errors import UserError, flag
from training.frameworks.base import Batch, Flow, Framework, Loss, Phase, without_graph
from training.frameworks.options import FeatureAdversary, GradientPenalty
from training.schema import Steps

# AEGAN's appendix: networks by tables 3 to 6, codes by section 3.2
AEGAN_ENCODER = {
    "nets": "aegan",
    "image_size": 64,
    "prior": "box",
    "latent_size": 100,
    "lr": 2e-4,
    "beta1": 0.5,
    "schedule": "constant",
}
AEGAN_GAN = {**AEGAN_ENCODER, "d_norm": "batch", "lr_d": 2e-4}


class GAN(Framework):
    """GAN (Goodfellow et al. 2014; Zhang et al. 2018, eq. 1), with the given penalties on D.

        discrimination   min over D   E_x[sp(-D(x))] + E_z[sp(D(G(z)))]           sp = softplus
        generation       min over G   E_z[sp(-D(G(z)))]

    With --gan-loss wasserstein it is WGAN-GP (Gulrajani et al. 2017), v between x and G(z). Its
    penalty is in place of R1, so that it leaves out the r1_gamma of a preset; it has no R2, pairing
    or features, and no batch norm in D, since the penalty is of each image alone:

        criticism        min over D   E_z[D(G(z))] - E_x[D(x)] + lambda_gp E_v(||grad D(v)|| - 1)^2
        generation       min over G   -E_z[D(G(z))],   in every critic_steps-th step

    It has no encoder: an image is inverted by recovery, or by a system that has this one as its
    first stage.
    """

    @dataclass(frozen=True)
    class Options(FeatureAdversary, GradientPenalty):
        prior: Literal["box", "sphere", "normal"] = "box"
        # Non-saturating loss, which takes --pairing, --d-features, --r1-gamma and --r2-gamma; or
        # WGAN-GP's, which takes --lambda-gp and leaves out --r1-gamma
        gan_loss: Literal["softplus", "wasserstein"] = "softplus"
        critic_steps: Steps = 5  # WGAN-GP: steps of D to one of G

    id = "gan"
    title = "GAN"
    source = "Goodfellow et al. 2014; Mescheder et al. 2018, R1; Luo et al. 2017, eq. 4"
    explanation = """
        A generator G turns prior samples into images, and a discriminator D learns to tell them
        from real ones: each improves against the other. There is no encoder. The code of a photo
        has to be found by optimisation: gradient descent from several random codes towards the
        image of G that is nearest to the photo.
    """
    flows = Flow.lines("""
        D tells real images from fake ones, G learns to fool it | x > D | z > G > G(z) > D
    """)
    shipped = ("G",)
    presets = {"aegan": AEGAN_GAN}
    encodes = False
    judged_by = ("frechet", "sample_sharpness")

    def __init__(self, config: Config):
        super().__init__(config)
        self.G = self.generator(config.latent_size)
        self.D = self.image_discriminator()

    @classmethod
    def check(cls, config: Config, processes: int = 1) -> None:
        if config.gan_loss == "wasserstein":
            for name in ("pairing", "d_features", "r2_gamma"):
                if getattr(config, name):
                    raise UserError(
                        f"{flag(name)} goes with --gan-loss softplus: leave one of them out."
                    )
            if config.d_norm == "batch":
                raise UserError(
                    "WGAN-GP penalises D at each image alone, which batch normalisation mixes with "
                    "the others: give --d-norm none or spectral."
                )
        super().check(config, processes)

    def phases(self) -> list[Phase]:
        config = self.config
        if config.gan_loss == "wasserstein":
            every = config.critic_steps
            return [
                Phase("criticism", ("D",), config.lr_d, self.criticise),
                Phase("generation", ("G",), config.lr, self.please, every),
            ]
        return [
            Phase("discrimination", ("D",), config.lr_d, self.discriminate),
            Phase("generation", ("G",), config.lr, self.fool),
        ]

    def discriminate(self, batch: Batch) -> Loss:
        return self.separate_images(batch, x_hat=without_graph(self.G, batch.z))

    def fool(self, batch: Batch) -> Loss:
        fooling = self.fooling(batch, self.decode(batch.z))
        return fooling, {"fooling": fooling}

    def criticise(self, batch: Batch) -> Loss:
        images = batch.x, without_graph(self.G, batch.z)
        x, x_hat = (augment(each, self.config.augment, batch.generator) for each in images)
        loss = losses.critic_loss(self.D(x), self.D(x_hat))
        penalty = losses.gradient_penalty(self.D, x, x_hat, batch.generator)
        return loss + self.config.lambda_gp * penalty, {"D": loss, "penalty": penalty}

    def please(self, batch: Batch) -> Loss:
        loss = -self.image_logits(self.decode(batch.z), batch.generator).mean()
        return loss, {"G": loss}

    def encode(self, x: Tensor) -> Tensor:
        raise UserError(f"{self.title} has no encoder: its images are inverted by recovery.")
