"""BiGAN with a cycle."""

import torch
from torch import Tensor

from training import losses
from training.frameworks.base import Batch, Flow, Terms, without_graph
from training.frameworks.bigan import NORMED, BiGAN


class ALICE(BiGAN):
    """ALICE (Li et al. 2017; Xu et al. 2019, table I): BiGAN that is told which code belongs to
    which image, by a cycle.

        as BiGAN, its matching weighted by lambda_adv, and
        matching         min over G, E   + alpha E_x ||x - G(E(x))||^2 / (3 H W)
    """

    id = "alice"
    title = "ALICE"
    source = "Li et al. 2017, ALICE: Towards Understanding Adversarial Learning"
    explanation = (
        "BiGAN with one wish more. Its adversary sees pairs of an image and a code, which leaves "
        "open which code belongs to which image. Here the image, encoded and drawn again, is to "
        "be the same to the pixel: that settles it."
    )
    flows = (
        *BiGAN.flows,
        Flow("E and G: the image is drawn again", "x > E > ẑ > G > x̂ ~ x"),
    )
    presets = dict.fromkeys(("small", "best", "gpu"), {"alpha": 30.0, "lambda_adv": 1.0, **NORMED})

    def discriminate(self, batch: Batch) -> tuple[Tensor, Terms]:
        z_hat = without_graph(self.posterior, batch)  # (B, n)
        x_hat, _ = without_graph(self.draw, batch.z, z_hat)
        return self.separate_images(batch, x_hat, real=(z_hat,), fake=(batch.z,))

    def match(self, batch: Batch) -> tuple[Tensor, Terms]:
        z_hat = self.posterior(batch)  # (B, n)
        x_hat, x_again = self.draw(batch.z, z_hat)
        fooling = self.fooling(batch, z_hat, x_hat)
        error = losses.pixel_error(batch.x, x_again)
        loss = self.config.lambda_adv * fooling + self.config.alpha * error
        return loss, {"fooling": fooling, "cycle": error}

    def draw(self, z: Tensor, z_hat: Tensor) -> tuple[Tensor, Tensor]:
        """Images (B, 3, H, W) of both kinds of codes (B, n), drawn as one batch. In two, batch norm
        would give G other statistics for each kind in training, and one mean of both afterwards,
        with which it draws neither."""
        return self.decode(torch.cat([z, z_hat])).chunk(2)
