"""Bidirectional GAN, and adversarially learned inference."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from torch import Tensor, nn

from training import losses
from training.config import Config
from training.frameworks.base import (
    Batch,
    Flow,
    Framework,
    Loss,
    Phase,
    reparametrised,
    without_graph,
)
from training.frameworks.gan import AEGAN_GAN
from training.frameworks.options import ImageAdversary

NORMED = {"code_norm": "batch"}


class BiGAN(Framework):
    """BiGAN (Donahue et al. 2016; Zhang et al. 2018, eq. 3): a discriminator of pairs of an image
    and a code.

        discrimination   min over D      E_x[sp(-D(x, E(x)))] + E_z[sp(D(G(z), z))]  sp = softplus
        matching         min over G, E   E_x[sp(D(x, E(x)))] + E_z[sp(-D(G(z), z))]

    With --stochastic it is ALI (Dumoulin et al. 2016): E gives mean and log-variance of a Gaussian
    from which the code is drawn; G is deterministic, as in ALI's experiments. `encode` gives the
    mean.

    Beyond the papers: with `code_norm` each number of a deterministic code has mean 0 and variance
    1 over the batch, as under N(0, I). Without it the codes of E collapse onto a few directions, by
    which D recognises them.
    """

    @dataclass(frozen=True)
    class Options(ImageAdversary):
        prior: Literal["normal", "sphere", "box"] = "normal"
        stochastic: bool = False  # E gives a Gaussian to draw the code from, as in ALI
        # Normalisation of the codes of E, without --stochastic
        code_norm: Literal["none", "batch"] = "none"

    id = "bigan"
    title = "BiGAN"
    source = "Donahue et al. 2016; Dumoulin et al. 2016, ALI; Zhang et al. 2018, eq. 3"
    explanation = """
        A generator G turns prior samples into images, an encoder E turns images into codes, and
        neither sees the other's output. A discriminator D sees pairs of an image and a code, and
        tells real images with their codes by E from prior samples with their images by G. Both fool
        it best when each inverts the other. As no pixels are compared, a reconstruction resembles
        its image rather than matching it.
    """
    flows = Flow.lines("""
        D tells the two kinds of pairs apart, G and E learn to fool it
            | x > E > x, E(x) > D | z > G > G(z), z > D
    """)
    presets = {"aegan": AEGAN_GAN, **dict.fromkeys(("small", "best", "gpu"), NORMED)}

    def __init__(self, config: Config):
        super().__init__(config)
        n = config.latent_size
        self.G = self.generator(n)
        self.E = self.encoder(2 * n if config.stochastic else n)
        if config.code_norm == "batch" and not config.stochastic:
            self.E = nn.Sequential(self.E, nn.BatchNorm1d(n, affine=False))
        self.D = self.discriminator(self.nets.joint_discriminator, n, scale=self.prior.scale)

    def phases(self) -> list[Phase]:
        return [
            Phase("discrimination", ("D",), self.config.lr_d, self.discriminate),
            Phase("matching", ("G", "E"), self.config.lr, self.match),
        ]

    def discriminate(self, batch: Batch) -> Loss:
        z_hat = without_graph(self.posterior, batch)  # (B, n)
        x_hat = without_graph(self.G, batch.z)  # (B, 3, H, W)
        return self.separate_images(batch, x_hat, real=(z_hat,), fake=(batch.z,))

    def match(self, batch: Batch) -> Loss:
        codes = {"real": (self.posterior(batch),), "fake": (batch.z,)}
        fooling = self.fooling(batch, self.decode(batch.z), **codes)
        return fooling, {"fooling": fooling}

    def fooling(
        self, batch: Batch, x_hat: Tensor, real: Sequence[Tensor] = (), fake: Sequence[Tensor] = ()
    ) -> Tensor:
        """As in the base class, and E is to fool D by the codes of real images."""
        of_x = self.image_logits(batch.x, batch.generator, *real)
        of_x_hat = self.image_logits(x_hat, batch.generator, *fake)
        if self.config.pairing:
            return losses.pairing_loss(of_x_hat, of_x)
        return losses.fooling_loss(-of_x) + losses.fooling_loss(of_x_hat)

    def posterior(self, batch: Batch) -> Tensor:
        """A code (B, n) of each image, drawn from q(z|x): E(x) itself unless stochastic."""
        if not self.config.stochastic:
            return self.encode(batch.x)
        drawn = reparametrised(*self.E(batch.x).chunk(2, dim=1), batch.generator)
        return self.prior.squash(drawn)

    def encode(self, x: Tensor) -> Tensor:
        mean = self.E(x)[:, : self.prior.size]
        return self.prior.squash(mean)
