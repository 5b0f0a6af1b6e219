"""Autoencoder-based inverse of a generator."""

from dataclasses import dataclass
from typing import Literal

from training import losses
from training.frameworks import inverse
from training.frameworks.base import Batch, Loss, without_graph

PIXEL_LOSSES = {"cross-entropy": losses.cross_entropy, "squared": losses.pixel_error}


@dataclass(frozen=True)
class Options(inverse.Options):
    # Error between G(z) and G(E(G(z)))
    pixel_loss: Literal["cross-entropy", "squared"] = "cross-entropy"


class AEGAN(inverse.Inverse):
    """AEGAN (Luo et al. 2017, eq. 5, algorithm 1): the inverse of a GAN's generator, trained on the
    error of images.

        inversion        min over E   E_z[d(G(z), G(E(G(z))))]

    d is the cross-entropy of pixels, or their squared error by --pixel-loss. G is that of the GAN
    that --first-stage gives, and is not trained; the paper calls E the inverse generator, IG.
    """

    Options = Options

    def invert(self, batch: Batch) -> Loss:
        x = without_graph(self.G, batch.z)  # (B, 3, H, W)
        x_hat = self.decode(self.encode(x))
        error = PIXEL_LOSSES[self.config.pixel_loss](x, x_hat)
        return error, {"reconstruction": error}
