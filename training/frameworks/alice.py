"""BiGAN with a cycle."""

from torch import Tensor

from training import losses
from training.frameworks.base import Batch, Terms
from training.frameworks.bigan import BiGAN


class ALICE(BiGAN):
    """ALICE (Li et al. 2017; Xu et al. 2019, table I): BiGAN that is told which code belongs to
    which image, by a cycle.

        as BiGAN, its matching weighted by lambda_adv, and
        matching         min over G, E   + alpha E_x ||x - G(E(x))||^2 / (3 H W)
    """

    id = "alice"
    title = "ALICE"
    source = "Li et al. 2017, ALICE: Towards Understanding Adversarial Learning"
    presets = {name: {"alpha": 30.0, "lambda_adv": 1.0} for name in ("small", "best", "gpu")}

    def match(self, batch: Batch) -> tuple[Tensor, Terms]:
        z_hat = self.posterior(batch)  # (B, n)
        fooling = self.fooling(batch, z_hat)
        error = losses.pixel_error(batch.x, self.decode(z_hat))
        loss = self.config.lambda_adv * fooling + self.config.alpha * error
        return loss, {"fooling": fooling, "cycle": error}
