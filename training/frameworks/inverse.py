"""Directly trained inverse of a generator."""

from torch import Tensor

from training import losses
from training.config import Config
from training.frameworks.base import Batch, Flow, Framework, Phase, Terms, without_graph
from training.frameworks.gan import AEGAN_SETTINGS, GAN


class Inverse(Framework):
    """The inverse of a GAN's generator, trained on codes alone (ICGAN's without labels, as Luo et
    al. 2017 compare with it).

        inversion        min over E   E_z ||z - E(G(z))||^2

    G is that of the GAN which --first-stage gives, and stays as it is.
    """

    id = "inverse"
    title = "Direct inverse"
    source = "Perarnau et al. 2016; Luo et al. 2017, section 2"
    explanation = (
        "An encoder for a GAN that is finished and stays as it is. The GAN draws pictures from "
        "random codes, and E learns to name the code of each. What counts is how far the codes "
        "are apart."
    )
    flows = (Flow("E: the code is found again", "z > G > G(z) > E > ẑ ~ z"),)
    presets = {"aegan": AEGAN_SETTINGS}
    priors = GAN.priors
    first_stages = ("gan",)
    frozen = ("G",)
    judged_by = ("mse", "dhash_generated")

    def __init__(self, config: Config):
        super().__init__(config)
        self.G = self.generator(config.latent_size)
        self.E = self.encoder(config.latent_size)

    def phases(self) -> list[Phase]:
        return [Phase("inversion", ("E",), self.config.lr, self.invert)]

    def invert(self, batch: Batch) -> tuple[Tensor, Terms]:
        z_hat = self.encode(without_graph(self.G, batch.z))  # (B, n)
        error = losses.code_error(batch.z, z_hat)
        return error, {"re-encoding": error}
