"""BiGAN with a cycle."""

from torch import Tensor

from training import losses
from training.frameworks.base import Batch, Flow, Terms
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

    def match(self, batch: Batch) -> tuple[Tensor, Terms]:
        z_hat = self.posterior(batch)  # (B, n)
        fooling = self.fooling(batch, z_hat)
        error = losses.pixel_error(batch.x, self.decode(z_hat))
        loss = self.config.lambda_adv * fooling + self.config.alpha * error
        return loss, {"fooling": fooling, "cycle": error}
