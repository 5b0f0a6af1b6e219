"""BiGAN with a cycle."""

from dataclasses import dataclass

import torch
from torch import Tensor

from training import losses
from training.frameworks.base import Batch, Flow, Loss, without_graph
from training.frameworks.bigan import NORMED, BiGAN
from training.frameworks.options import AdversarialTerm, Reconstruction


class ALICE(BiGAN):
    """ALICE (Li et al. 2017; Xu et al. 2019, table I): BiGAN with a reconstruction error, which
    settles which code belongs to which image.

        as BiGAN, its matching weighted by lambda_adv, and
        matching         min over G, E   + alpha E_x ||x - G(E(x))||^2 / (3 H W)
    """

    @dataclass(frozen=True)
    class Options(BiGAN.Options, Reconstruction, AdversarialTerm):
        pass

    id = "alice"
    title = "ALICE"
    source = (
        "Li et al. 2017, ALICE: Towards Understanding Adversarial Learning for Joint Distribution "
        "Matching"
    )
    explanation = """
        BiGAN with a reconstruction error. The discriminator of BiGAN sees pairs of an image and a
        code, which leaves open which code belongs to which image. Here each image is also encoded
        and decoded again, and the pixel error of this cycle settles which code is its own.
    """
    flows = (*BiGAN.flows, *Flow.lines("E and G: reconstruct the image | x > E > ẑ > G > x̂ ~ x"))
    presets = dict.fromkeys(("small", "best", "gpu"), {"alpha": 30.0, "lambda_adv": 1.0, **NORMED})

    def discriminate(self, batch: Batch) -> Loss:
        z_hat = without_graph(self.posterior, batch)  # (B, n)
        x_hat, _ = without_graph(self.generate, batch.z, z_hat)
        return self.separate_images(batch, x_hat, real=(z_hat,), fake=(batch.z,))

    def match(self, batch: Batch) -> Loss:
        z_hat = self.posterior(batch)  # (B, n)
        x_hat, x_again = self.generate(batch.z, z_hat)
        fooling = self.fooling(batch, x_hat, real=(z_hat,), fake=(batch.z,))
        error = losses.pixel_error(batch.x, x_again)
        loss = self.config.lambda_adv * fooling + self.config.alpha * error
        return loss, {"fooling": fooling, "cycle": error}

    def generate(self, z: Tensor, z_hat: Tensor) -> tuple[Tensor, Tensor]:
        """Images (B, 3, H, W) of both kinds of codes (B, n), generated as one batch: in two, batch
        norm would have other statistics for each kind in training, and one mean of both afterwards,
        which fits neither."""
        return self.decode(torch.cat([z, z_hat])).chunk(2)
