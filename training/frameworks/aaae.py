"""Adversarially approximated autoencoder."""

from torch import Tensor

from training import losses
from training.codes.priors import Normal, PushedForward
from training.config import Config
from training.frameworks.base import Batch, Flow, Framework, Phase, Terms, without_graph
from training.networks.paper import Approximator, CodeCritic, as_table_3

OWN = {"noise_size": 64, "critic_steps": 2}
COMMON = {**OWN, "lambda_adv": 1.0}


class AAAE(Framework):
    """AAAE (Xu et al. 2019, algorithm 1): an autoencoder whose codes c nothing holds, and an
    approximator A that learns to draw them, c ~ A(z), z ~ N(0, I).

        discrimination   min over D      E_x[sp(-D(x))] + E_x[sp(D(G(E(x))))]     sp = softplus
        reconstruction   min over G, E   alpha E_x ||x - G(E(x))||^2 / (3 H W)
        and to fool D    min over G, E   + lambda_adv E_x[sp(-D(G(E(x))))]
        criticism        min over D_c    E_z[D_c(A(z))] - E_x[D_c(E(x))]
                                         + lambda_gp E_v(||grad D_c(v)|| - 1)^2
        approximation    min over A      -E_z[D_c(A(z))]

    D judges patches. The first three are played in every critic_steps-th step, the paper's k. The
    prior of the codes is what A makes of N(0, I). Slips: eq. 7's lambda_1 stands at the error, but
    table II has it as the weight of D, here lambda_adv; eq. 9 penalises at A(z) and not, as WGAN-GP
    does, at v between E(x) and A(z).
    """

    id = "aaae"
    title = "AAAE"
    source = "Xu et al. 2019, Adversarially Approximated Autoencoder, algorithm 1"
    explanation = (
        "An autoencoder that may lay out its codes c as it likes, so that nothing holds back its "
        "reconstructions, with an adversary D on patches of them to keep them crisp. In step with "
        "it another network A learns to make codes like those out of random numbers z, judged by "
        "an adversary D_c of its own: that is where new pictures come from."
    )
    flows = (
        Flow("E and G: the image is drawn again", "x > E > c > G > x̂ ~ x"),
        Flow(
            "D tells patches of images from drawn ones, E and G learn to fool it",
            "x > D",
            "x > E > c > G > x̂ > D",
        ),
        Flow(
            "D_c tells codes of images from made ones, A learns to fool it",
            "x > E > c > D_c",
            "z > A > ĉ > D_c",
        ),
    )
    shipped = ("G", "E", "A")
    priors = ("normal",)
    presets = {
        "paper": OWN,
        **dict.fromkeys(("small", "best", "gpu"), COMMON),
        "aaae": {
            **OWN,
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
        self.D = self.patch_discriminator()
        self.A = Approximator(config.noise_size, n)
        self.D_c = CodeCritic(n)
        if config.nets == "aaae":
            self.apply(as_table_3)
        self.noise = Normal(config.noise_size)
        self.prior = PushedForward(n, self.noise, self.A)

    def phases(self) -> list[Phase]:
        config = self.config
        lr, lr_d, every = config.lr, config.lr_d, config.critic_steps
        return [
            Phase("discrimination", ("D",), lr_d, self.discriminate, every),
            Phase("reconstruction", ("G", "E"), lr, self.reconstruct, every),
            Phase("criticism", ("D_c",), lr_d, self.criticise),
            Phase("approximation", ("A",), lr, self.approximate),
        ]

    def discriminate(self, batch: Batch) -> tuple[Tensor, Terms]:
        x_hat = without_graph(lambda x: self.decode(self.encode(x)), batch.x)
        return self.separate_images(batch, x_hat)

    def reconstruct(self, batch: Batch) -> tuple[Tensor, Terms]:
        x_hat = self.decode(self.encode(batch.x))
        error = losses.pixel_error(batch.x, x_hat)
        fooling = losses.fooling_loss(self.judge(x_hat, batch.generator))
        loss = self.config.alpha * error + self.config.lambda_adv * fooling
        return loss, {"reconstruction": error, "fooling": fooling}

    def criticise(self, batch: Batch) -> tuple[Tensor, Terms]:
        c, c_hat = without_graph(self.encode, batch.x), batch.z  # (B, n); z is A's already
        loss = losses.critic_loss(self.D_c(c), self.D_c(c_hat))
        penalty = losses.gradient_penalty(self.D_c, c, c_hat, batch.generator)
        return loss + self.config.lambda_gp * penalty, {"D_c": loss, "penalty": penalty}

    def approximate(self, batch: Batch) -> tuple[Tensor, Terms]:
        z = self.noise.sample(len(batch.x), batch.generator)  # (B, m)
        loss = -self.D_c(self.A(z)).mean()
        return loss, {"A": loss}
