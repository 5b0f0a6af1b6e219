"""Autoencoder-based inverse of a generator."""

from dataclasses import dataclass
from typing import Literal

from training import losses
from training.frameworks import inverse
from training.frameworks.base import Batch, Flow, Loss, without_graph


class AEGAN(inverse.Inverse):
    """AEGAN (Luo et al. 2017, eq. 5, algorithm 1): the inverse of a GAN's generator, trained on the
    error of images.

        inversion        min over E   E_z[d(G(z), G(E(G(z))))]

    d is the cross-entropy of pixels, or their squared error by --pixel-loss. G is that of the GAN
    that --first-stage gives, and is not trained; the paper calls E the inverse generator, IG.
    """

    @dataclass(frozen=True)
    class Options(inverse.Inverse.Options):
        # Error between G(z) and G(E(G(z)))
        pixel_loss: Literal["cross-entropy", "squared"] = "cross-entropy"

    id = "aegan"
    title = "AEGAN"
    source = "Luo et al. 2017, Learning Inverse Mapping by AutoEncoder based GANs, eq. 5"
    explanation = """
        An encoder for a finished GAN, whose generator stays as it is. The generator turns a prior
        sample into an image, E encodes it, and the generator decodes that code again. The error is
        measured between the two images. So E attends to what is visible in an image, and may ignore
        what is not.
    """
    flows = Flow.lines("""
        E: reconstruct a fake image | z > G > G(z) > E > ẑ > G > G(ẑ) ~ G(z)
    """)

    def invert(self, batch: Batch) -> Loss:
        x = without_graph(self.G, batch.z)  # (B, 3, H, W)
        x_hat = self.decode(self.encode(x))
        error = losses.PIXEL_LOSSES[self.config.pixel_loss](x, x_hat).mean()
        return error, {"reconstruction": error}
