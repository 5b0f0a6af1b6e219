"""Directly trained inverse of a generator."""

from dataclasses import dataclass
from typing import Literal

from training import losses
from training.config import Config
from training.frameworks.base import Batch, Flow, Framework, Loss, Phase, without_graph
from training.frameworks.gan import AEGAN_ENCODER
from training.frameworks.options import FirstStage


class Inverse(Framework):
    """The inverse of a GAN's generator, trained on the error of codes (ICGAN's without labels, with
    which Luo et al. 2017 compare).

        inversion        min over E   E_z ||z - E(G(z))||^2

    G is that of the GAN that --first-stage gives, and is not trained.
    """

    @dataclass(frozen=True)
    class Options(FirstStage):
        prior: Literal["box", "sphere", "normal"] = "box"

    id = "inverse"
    title = "Direct inverse"
    source = "Perarnau et al. 2016; Luo et al. 2017, section 2"
    explanation = """
        An encoder for a finished GAN, whose generator stays as it is. The generator turns prior
        samples into images, and E learns to predict the code of each. The error is the squared
        distance of the two codes: the images of G that they give are not compared.
    """
    flows = Flow.lines("""
        E: recover the code of a fake image | z > G > G(z) > E > ẑ ~ z
    """)
    presets = {"aegan": AEGAN_ENCODER}
    first_stages = ("gan",)
    frozen = ("G",)
    judged_by = ("mse", "dhash_generated")

    def __init__(self, config: Config):
        super().__init__(config)
        self.G = self.generator(config.latent_size)
        self.E = self.encoder(config.latent_size)

    def phases(self) -> list[Phase]:
        return [Phase("inversion", ("E",), self.config.lr, self.invert)]

    def invert(self, batch: Batch) -> Loss:
        z_hat = self.encode(without_graph(self.G, batch.z))  # (B, n)
        error = losses.code_error(batch.z, z_hat)
        return error, {"re-encoding": error}
