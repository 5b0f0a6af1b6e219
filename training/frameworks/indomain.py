"""In-domain inversion of a generator."""

from dataclasses import dataclass

from training import losses
from training.config import Config
from training.frameworks.base import Batch, Flow, Framework, Loss, Phase, without_graph
from training.frameworks.options import (
    AdversarialTerm,
    FeatureAdversary,
    FirstStage,
    Reconstruction,
)
from training.schema import NotNegative


class InDomain(Framework):
    """In-domain inversion (Zhu et al. 2020, eq. 2): an encoder of real images for a finished G.

        discrimination   min over D   E_x[sp(-D(x))] + E_x[sp(D(G(E(x))))]        sp = softplus
        inversion        min over E   alpha E_x ||x - G(E(x))||^2 / (3 H W)
                                      + lambda_adv E_x[sp(-D(G(E(x))))]
                                      + lambda_code E_z ||z - E(G(z))||^2

    G is that of --first-stage, and is not trained. The paper's error of VGG features is left out:
    VGG's weights do not come with this project. The last term is not in the paper's eq. 2: it keeps
    E the inverse of G on samples, as F-AAE's is.
    """

    @dataclass(frozen=True)
    class Options(FeatureAdversary, Reconstruction, AdversarialTerm, FirstStage):
        lambda_code: NotNegative = 3.0  # Weight of the re-encoding error of samples

    id = "indomain"
    title = "In-domain inversion"
    source = "Zhu et al. 2020, In-Domain GAN Inversion for Real Image Editing, eq. 2"
    explanation = """
        An encoder for the finished generator of another system, trained on real images. It learns
        codes whose images are like the real ones pixel by pixel, and which a discriminator cannot
        tell from them, so that the codes stay where the generator makes sharp images. On samples
        it still has to recover the code that each was generated from.
    """
    flows = Flow.lines("""
        E: reconstruct the image | x > E > ẑ > G > x̂ ~ x
        D tells images from reconstructions, E learns to fool it | x > D | x > E > ẑ > G > x̂ > D
        E: recover the code of a fake image | z > G > G(z) > E > ẑ ~ z
    """)
    presets = dict.fromkeys(("small", "best", "gpu"), {"lambda_adv": 1.0})
    first_stages = (
        *("faae", "faae-plus", "gan", "bigan", "alice", "vae", "wae", "soft-intro-vae"),
        *("aae", "aae-gaussian", "aae-noise"),
    )
    frozen = ("G",)
    judged_by = ("mse", "sharpness", "reencoding_error", "frechet_reconstructions")

    def __init__(self, config: Config):
        super().__init__(config)
        self.G = self.generator(config.latent_size)
        self.E = self.encoder(config.latent_size)
        self.D = self.image_discriminator()

    def phases(self) -> list[Phase]:
        return [
            Phase("discrimination", ("D",), self.config.lr_d, self.discriminate),
            Phase("inversion", ("E",), self.config.lr, self.invert),
        ]

    def discriminate(self, batch: Batch) -> Loss:
        x_hat = without_graph(lambda x: self.decode(self.encode(x)), batch.x)
        return self.separate_images(batch, x_hat)

    def invert(self, batch: Batch) -> Loss:
        config = self.config
        x_hat = self.decode(self.encode(batch.x))
        error = losses.pixel_error(batch.x, x_hat)
        fooling = self.fooling(batch, x_hat)
        code = losses.code_error(batch.z, self.encode(without_graph(self.G, batch.z)))
        loss = config.alpha * error + config.lambda_adv * fooling + config.lambda_code * code
        return loss, {"reconstruction": error, "fooling": fooling, "re-encoding": code}
