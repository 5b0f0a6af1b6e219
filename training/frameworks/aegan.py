"""Autoencoder-based inverse of a generator."""

from torch import Tensor

from training import losses
from training.frameworks.base import Batch, Flow, Terms, without_graph
from training.frameworks.inverse import Inverse

PIXEL_LOSSES = {"cross-entropy": losses.cross_entropy, "squared": losses.pixel_error}


class AEGAN(Inverse):
    """AEGAN (Luo et al. 2017, eq. 5, algorithm 1): the inverse of a GAN's generator, trained on
    what its codes look like.

        inversion        min over E   E_z[d(G(z), G(E(G(z))))]

    d is the cross-entropy of pixels, or their squared error by --pixel-loss. G is that of the GAN
    which --first-stage gives, and stays as it is; the paper calls E the inverse generator, IG.
    """

    id = "aegan"
    title = "AEGAN"
    source = "Luo et al. 2017, Learning Inverse Mapping by AutoEncoder based GANs, eq. 5"
    explanation = (
        "An encoder for a GAN that is finished and stays as it is. The GAN draws pictures from "
        "random codes, E names a code for each, and the GAN draws that one too: what counts is "
        "how far the two pictures are apart. So E attends to what shows in a picture, and leaves "
        "alone what does not."
    )
    flows = (
        Flow("E: the found code gives the same picture", "z > G > G(z) > E > ẑ > G > G(ẑ) ~ G(z)"),
    )

    def invert(self, batch: Batch) -> tuple[Tensor, Terms]:
        x = without_graph(self.G, batch.z)  # (B, 3, H, W)
        x_hat = self.decode(self.encode(x))
        error = PIXEL_LOSSES[self.config.pixel_loss](x, x_hat)
        return error, {"reconstruction": error}
