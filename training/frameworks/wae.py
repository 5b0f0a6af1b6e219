"""Wasserstein autoencoder."""

from torch import Tensor

from training import losses
from training.config import Config
from training.frameworks.aae import AAE
from training.frameworks.base import Batch, Flow, Phase, Terms


class WAE(AAE):
    """WAE (Tolstikhin et al. 2018; Xu et al. 2019, section II): a transport cost on images, a
    distance between the distributions of codes.

        reconstruction   min over G, E   alpha E_x ||x - G(E(x))||^2 / (3 H W)
        and a penalty    min over E      + lambda_mmd MMD^2(z, E(x))     with --penalty mmd
                         or              + lambda_adv E_x[sp(-D(E(x)))]  with --penalty adversarial

    The MMD has the inverse multiquadratic kernel. The adversary D is the AAE's, here with the
    prior N(0, I): regularisation   min over D   E_z[sp(-D(z))] + E_x[sp(D(E(x)))],  sp = softplus.
    """

    id = "wae"
    title = "WAE"
    source = "Tolstikhin et al. 2018; Xu et al. 2019, section II"
    explanation = (
        "An autoencoder that keeps the error of the pixels small, while the codes of all images "
        "taken together are to be spread like random ones. How far the two heaps of codes are "
        "apart is measured from samples of both, or by an adversary as AAE has one. A single "
    )
    flows = (
        Flow("E and G: the image is drawn again", "x > E > ẑ > G > x̂ ~ x"),
        Flow("E: all codes together are spread like random ones", "x > E > ẑ ~ z"),
    )
    priors = ("normal",)

    def __init__(self, config: Config):
        super().__init__(config)
        if config.penalty == "mmd":
            del self.D

    def phases(self) -> list[Phase]:
        if self.config.penalty == "mmd":
            return [Phase("reconstruction", ("G", "E"), self.config.lr, self.reconstruct_by_mmd)]
        return super().phases()

    def reconstruct_by_mmd(self, batch: Batch) -> tuple[Tensor, Terms]:
        z_hat = self.encode(batch.x)  # (B, n)
        error = losses.pixel_error(batch.x, self.decode(z_hat))
        distance = losses.mmd(batch.z, z_hat)
        loss = self.config.alpha * error + self.config.lambda_mmd * distance
        return loss, {"reconstruction": error, "MMD": distance}
