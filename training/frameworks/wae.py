"""Wasserstein autoencoder."""

from dataclasses import dataclass
from typing import Literal

from training import losses
from training.config import Config
from training.errors import UserError
from training.frameworks import aae
from training.frameworks.base import Batch, Flow, Loss, Phase
from training.networks.common import CodeDiscriminator
from training.schema import NotNegative


class WAE(aae.AAE):
    """WAE (Tolstikhin et al. 2018; Xu et al. 2019, section II): a transport cost on images, and a
    distance of the aggregate posterior from the prior.

        reconstruction   min over G, E   alpha E_x ||x - G(E(x))||^2 / (3 H W)
        and a penalty    min over E      + lambda_mmd MMD^2(z, E(x))     with --penalty mmd
                         or              + lambda_adv E_x[sp(-D(E(x)))]  with --penalty adversarial

    The MMD has the inverse multiquadratic kernel. The adversary D is the AAE's, here with the
    prior N(0, I): regularisation   min over D   E_z[sp(-D(z))] + E_x[sp(D(E(x)))],  sp = softplus.
    """

    @dataclass(frozen=True)
    class Options(aae.AAE.Options):
        prior: Literal["normal"] = "normal"
        # Distance of the aggregate posterior from the prior
        penalty: Literal["mmd", "adversarial"] = "mmd"
        # Weight of the MMD penalty; --lambda-adv is that of the other
        lambda_mmd: NotNegative = 10.0

    id = "wae"
    title = "WAE"
    source = "Tolstikhin et al. 2018; Xu et al. 2019, section II"
    explanation = """
        An autoencoder that minimises the reconstruction error while the aggregate posterior, the
        distribution of the codes of all images taken together, is made to match the prior. The
        mismatch is measured by the maximum mean discrepancy of samples from both, or by a
        discriminator as AAE has one. A single image's posterior need not match the prior, as it has
        to in a VAE, so that the codes of different images can stay apart.
    """
    flows = Flow.lines("""
        E and G: reconstruct the image | x > E > ẑ > G > x̂ ~ x
        E: match the aggregate posterior to the prior | x > E > ẑ ~ z
    """)

    @classmethod
    def check(cls, config: Config, processes: int = 1) -> None:
        super().check(config, processes)
        if config.penalty == "mmd" and config.batch_size // processes < 2:
            raise UserError(
                "An MMD compares the codes of a batch with one another: give a --batch-size of two "
                "images a process or more."
            )

    def code_discriminator(self) -> CodeDiscriminator | None:
        return None if self.config.penalty == "mmd" else super().code_discriminator()

    def phases(self) -> list[Phase]:
        if self.config.penalty == "mmd":
            return [Phase("reconstruction", ("G", "E"), self.config.lr, self.reconstruct_by_mmd)]
        return super().phases()

    def reconstruct_by_mmd(self, batch: Batch) -> Loss:
        z_hat = self.encode(batch.x)  # (B, n)
        error = losses.pixel_error(batch.x, self.decode(z_hat))
        distance = losses.mmd(batch.z, z_hat)
        loss = self.config.alpha * error + self.config.lambda_mmd * distance
        return loss, {"reconstruction": error, "MMD": distance}
