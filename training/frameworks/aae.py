"""Adversarial autoencoder."""

from dataclasses import dataclass

from torch import Tensor

from training import losses
from training.config import Config
from training.frameworks.base import Batch, Flow, Framework, Loss, Phase, without_graph
from training.frameworks.options import AdversarialTerm, Adversary, Reconstruction
from training.networks.common import CodeDiscriminator


class AAE(Framework):
    """AAE with a deterministic encoder (Makhzani et al. 2015; Zhang et al. 2018, eq. 2): a
    discriminator of codes, an error on images.

        regularisation   min over D      E_z[sp(-D(z))] + E_x[sp(D(E(x)))]        sp = softplus
        reconstruction   min over G, E   alpha E_x ||x - G(E(x))||^2 / (3 H W)
        and to fool D    min over E      + lambda_adv E_x[sp(-D(E(x)))]

    The two terms of E are one sum, as eq. 2 has them (see FAAE).
    """

    @dataclass(frozen=True)
    class Options(Adversary, Reconstruction, AdversarialTerm):
        pass

    id = "aae"
    title = "AAE"
    source = "Makhzani et al. 2015; Zhang et al. 2018, eq. 2"
    explanation = """
        An encoder E turns an image into a code, and a generator G turns the code back into an
        image. The reconstruction error is measured on pixels, and where G is uncertain it averages,
        which blurs. A discriminator D tells prior samples from the codes of images, and E learns to
        fool it. The distribution of all codes, the aggregate posterior, comes to match the prior,
        so that G can generate new images from prior samples.
    """
    flows = Flow.lines("""
        E and G: reconstruct the image | x > E > ẑ > G > x̂ ~ x
        D tells prior samples from codes of images, E learns to fool it | z > D | x > E > ẑ > D
    """)

    def __init__(self, config: Config):
        super().__init__(config)
        n = config.latent_size
        self.G = self.generator(n)
        self.E = self.encoder(n)
        self.D = self.code_discriminator()

    def code_discriminator(self) -> CodeDiscriminator | None:
        """D, built last so that G and E start alike whatever it is; None for a system without."""
        return CodeDiscriminator(self.config.latent_size, self.prior.scale)

    def phases(self) -> list[Phase]:
        return [
            Phase("regularisation", ("D",), self.config.lr_d, self.regularise),
            Phase("reconstruction", ("G", "E"), self.config.lr, self.reconstruct),
        ]

    def regularise(self, batch: Batch) -> Loss:
        z_hat = without_graph(self.posterior, batch)  # (B, n)
        loss = losses.discriminator_loss(self.D(batch.z), self.D(z_hat))
        return loss, {"D": loss}

    def reconstruct(self, batch: Batch) -> Loss:
        z_hat = self.posterior(batch)  # (B, n)
        error = losses.pixel_error(batch.x, self.decode(z_hat))
        fooling = losses.fooling_loss(self.D(z_hat))
        loss = self.config.alpha * error + self.config.lambda_adv * fooling
        return loss, {"reconstruction": error, "fooling": fooling}

    def posterior(self, batch: Batch) -> Tensor:
        """A code (B, n) of each image, drawn from q(z|x), which is E(x) alone here."""
        return self.encode(batch.x)
