"""Adversarially approximated autoencoder."""

from dataclasses import dataclass
from typing import Literal

from training import losses
from training.codes.priors import Normal, PushedForward
from training.config import Config
from training.frameworks.base import Batch, Flow, Framework, Loss, Phase, without_graph
from training.frameworks.options import (
    AdversarialTerm,
    GradientPenalty,
    ImageAdversary,
    Reconstruction,
)
from training.networks.paper import Approximator, CodeCritic, as_table_3
from training.schema import CodeSize, Steps


class AAAE(Framework):
    """AAAE (Xu et al. 2019, algorithm 1): an autoencoder with unconstrained codes c, and an
    approximator A that learns their distribution, c ~ A(z), z ~ N(0, I).

        discrimination   min over D      E_x[sp(-D(x))] + E_x[sp(D(G(E(x))))]     sp = softplus
        reconstruction   min over G, E   alpha E_x ||x - G(E(x))||^2 / (3 H W)
        and to fool D    min over G, E   + lambda_adv E_x[sp(-D(G(E(x))))]
        criticism        min over D_c    E_z[D_c(A(z))] - E_x[D_c(E(x))]
                                         + lambda_gp E_v(||grad D_c(v)|| - 1)^2
        approximation    min over A      -E_z[D_c(A(z))]

    D gives a logit for each patch. The first three are minimised in every critic_steps-th step, the
    paper's k. The prior of the codes is the distribution of A(z). Slips of the paper: eq. 7 has
    lambda_1 at the error, table II uses it as the weight of D, here lambda_adv; eq. 9 takes the
    penalty at A(z), WGAN-GP at v between E(x) and A(z).
    """

    @dataclass(frozen=True)
    class Options(ImageAdversary, Reconstruction, AdversarialTerm, GradientPenalty):
        prior: Literal["normal"] = "normal"
        noise_size: CodeSize = 64  # Random numbers that A makes a code from
        critic_steps: Steps = 2  # Steps of A to one of the autoencoder

    id = "aaae"
    title = "AAAE"
    source = "Xu et al. 2019, Adversarially Approximated Autoencoder, algorithm 1"
    explanation = """
        An autoencoder whose codes c follow no prior, so that nothing limits its reconstructions,
        with a discriminator D of image patches that keeps them sharp. Alongside, another network A,
        the approximator, learns to turn random noise z into codes like those of images, trained
        against a discriminator D_c of codes. New images are generated from the codes that A gives.
    """
    flows = Flow.lines("""
        E and G: reconstruct the image | x > E > c > G > x̂ ~ x
        D tells patches of images from those of reconstructions, E and G learn to fool it
            | x > D | x > E > c > G > x̂ > D
        D_c tells codes of images from those of A, which learns to fool it
            | x > E > c > D_c | z > A > ĉ > D_c
    """)
    codes_from = "distributed as A(z), z of {noise_size} normal numbers"
    shipped = ("G", "E", "A")
    presets = {
        **dict.fromkeys(
            ("small", "best", "gpu"),
            {"lambda_adv": 1.0, "r1_gamma": 0.2, "r1_every": 8},  # in steps as often as the others
        ),
        "aaae": {
            "nets": "aaae",
            "latent_size": 128,
            "alpha": 4.0,  # the paper's pixels lie in [-1, 1]
            "lambda_adv": 1e-3,
            "lr": 1e-4,
            "lr_d": 1e-4,
            "beta1": 0.5,  # and beta2 0.999: the table prints 10^-1
            "schedule": "constant",
            "batch_size": 100,
            "epochs": 200.0,
        },
    }

    def __init__(self, config: Config):
        super().__init__(config)
        n = config.latent_size
        self.G = self.generator(n)
        self.E = self.encoder(n)
        self.D = self.discriminator(self.nets.patch_discriminator)
        self.A = Approximator(config.noise_size, n)
        self.D_c = CodeCritic(n)
        if config.nets == "aaae":
            self.apply(as_table_3)
        self.noise = Normal(config.noise_size)
        self.prior = PushedForward(n, self.noise, self.A)

    @property
    def d_every(self) -> int:
        return self.config.critic_steps

    def phases(self) -> list[Phase]:
        lr, lr_d, every = self.config.lr, self.config.lr_d, self.d_every
        return [
            Phase("discrimination", ("D",), lr_d, self.discriminate, every),
            Phase("reconstruction", ("G", "E"), lr, self.reconstruct, every),
            Phase("criticism", ("D_c",), lr_d, self.criticise),
            Phase("approximation", ("A",), lr, self.approximate),
        ]

    def discriminate(self, batch: Batch) -> Loss:
        x_hat = without_graph(lambda x: self.decode(self.encode(x)), batch.x)
        return self.separate_images(batch, x_hat)

    def reconstruct(self, batch: Batch) -> Loss:
        x_hat = self.decode(self.encode(batch.x))
        error = losses.pixel_error(batch.x, x_hat)
        fooling = self.fooling(batch, x_hat)
        loss = self.config.alpha * error + self.config.lambda_adv * fooling
        return loss, {"reconstruction": error, "fooling": fooling}

    def criticise(self, batch: Batch) -> Loss:
        c, c_hat = without_graph(self.encode, batch.x), batch.z  # (B, n); z is A's already
        loss = losses.critic_loss(self.D_c(c), self.D_c(c_hat))
        penalty = losses.gradient_penalty(self.D_c, c, c_hat, batch.generator)
        return loss + self.config.lambda_gp * penalty, {"D_c": loss, "penalty": penalty}

    def approximate(self, batch: Batch) -> Loss:
        z = self.noise.sample(len(batch.x), batch.generator)  # (B, m)
        loss = -self.D_c(self.A(z)).mean()
        return loss, {"A": loss}
