"""Adversarial latent autoencoder."""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Generator, Tensor, nn

from training import losses
from training.codes.priors import Normal, PushedForward
from training.config import Config
from training.frameworks.base import Batch, Flow, Framework, Loss, Phase, without_graph
from training.frameworks.options import ImagePenalty
from training.networks.common import CodeDiscriminator
from training.networks.paper import Approximator
from training.schema import CodeSize, NotNegative, Positive


class Mapping(Approximator):
    """F: noise (B, m) -> codes (B, n), each number of mean 0 and variance 1. Otherwise codes would
    grow without bound, since batch norm in G undoes any scale, and at first be nearly alike."""

    def __init__(self, noise_size: int, latent_size: int):
        super().__init__(noise_size, latent_size)
        self.norm = nn.BatchNorm1d(latent_size, affine=False)

    def forward(self, z: Tensor) -> Tensor:
        return self.norm(super().forward(z))


class ALAE(Framework):
    """ALAE (Pidhorskyi et al. 2020, algorithm 1): codes w = F(z), z ~ N(0, I), of a learned
    distribution, and a discriminator of images D(E(x)), which sees them by their codes.

        discrimination   min over E, D   E_x[sp(-D(E(x)))] + E_z[sp(D(E(G(F(z)))))]   sp = softplus
                                         + r1_gamma / 2 E_x ||grad_x D(E(x))||^2
        generation       min over F, G   E_z[sp(-D(E(G(F(z)))))]
        reciprocity      in both         + lambda_code E_z ||F(z) - E(G(F(z)))||^2 / n

    The first phase lowers the reciprocity error over E, the second over G; F(z) is data in it. The
    paper lowers it in a step of its own, by the optimisers of the other two, where Adam would leave
    its weight without effect. The prior of the codes is the distribution of F(z). E has no batch
    norm, as the first half of a discriminator. Here G and E are the common networks; the paper
    grows those of StyleGAN.
    """

    @dataclass(frozen=True)
    class Options(ImagePenalty):
        prior: Literal["normal"] = "normal"
        lr: Positive = 3e-4
        """Learning rate of F and G"""
        lr_d: Positive = 1e-3
        """Learning rate of E and D"""
        lambda_code: NotNegative = 1.0  # Weight of the reciprocity error per number of a code
        noise_size: CodeSize = 256  # Random numbers that F makes a code from

    id = "alae"
    title = "ALAE"
    source = "Pidhorskyi et al. 2020, Adversarial Latent Autoencoders, algorithm 1"
    explanation = """
        A generative adversarial network, both of whose networks are split in two. A mapping F turns
        random noise z into a code w, and a generator G turns w into an image. An encoder E turns an
        image into a code, and D tells the codes of real images from those of fake ones. E and G
        also learn to recover the code that F gave. So the distribution of the codes is learned, and
        the error is measured on codes, as in F-AAE, never on pixels.
    """
    flows = Flow.lines("""
        E and D tell real images from fake ones, F and G learn to fool them
            | x > E > E(x) > D | z > F > w > G > G(w) > E > ŵ > D
        E and G: recover the code of a fake image | z > F > w > G > G(w) > E > ŵ ~ w
    """)
    codes_from = "distributed as F(z), z of {noise_size} normal numbers"
    shipped = ("G", "E", "F")
    differentiated_twice = ("E",)
    judged_by = ("mse", "mse_refined", "sharpness", "sample_sharpness", "morph_middle", "frechet")

    def __init__(self, config: Config):
        super().__init__(config)
        n = config.latent_size
        self.F = Mapping(config.noise_size, n)
        self.G = self.generator(n)
        self.E = self.nets.encoder(config.image_size, config.width, n, "none")
        self.D = CodeDiscriminator(n)
        self.noise = Normal(config.noise_size)
        self.prior = PushedForward(n, self.noise, self.F)

    def phases(self) -> list[Phase]:
        return [
            Phase("discrimination", ("E", "D"), self.config.lr_d, self.discriminate),
            Phase("generation", ("F", "G"), self.config.lr, self.fool),
        ]

    def image_logits(self, x: Tensor, generator: Generator, *condition: Tensor) -> Tensor:
        return self.D(self.encode(x))

    def discriminate(self, batch: Batch) -> Loss:
        w = batch.z  # F's already
        w_hat = self.encode(without_graph(self.G, w))
        loss, terms = self.separate(batch, self.D(w_hat))
        terms["reciprocity"] = self.reciprocity(w, w_hat)
        return loss + self.config.lambda_code * terms["reciprocity"], terms

    def fool(self, batch: Batch) -> Loss:
        w = self.F(self.noise.sample(len(batch.x), batch.generator))  # (B, n)
        w_hat = self.encode(self.decode(torch.cat([w, batch.z])))
        fooling = losses.fooling_loss(self.D(w_hat[: len(w)]))
        error = self.reciprocity(batch.z, w_hat[len(w) :])
        return fooling + self.config.lambda_code * error, {"fooling": fooling}

    def reciprocity(self, w: Tensor, w_hat: Tensor) -> Tensor:
        """Error of codes (B, n), averaged over batch and numbers."""
        return losses.code_error(w, w_hat) / self.config.latent_size
