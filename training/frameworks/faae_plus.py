"""F-AAE whose encoder also sees real images."""

from torch import Tensor

from training import losses
from training.frameworks.base import Batch, Phase, Terms
from training.frameworks.faae import FAAE


class FAAEPlus(FAAE):
    """F-AAE, with E trained on real images too: by the features of D, so that fine detail has to
    be alike, not equal to the pixel (as Larsen et al. 2016 match them in VAE/GAN).

        as F-AAE, and
        matching         min over E      lambda_features E_x d(D_l(x), D_l(G(E(x))))

    D_l are the feature maps of D's levels, d their squared distance relative to D_l(x)'s energy.
    """

    id = "faae-plus"
    title = "F-AAE+"
    source = "a variant of ours of Zhang et al. 2018, Flipped-Adversarial AutoEncoders, eq. 4"

    def phases(self) -> list[Phase]:
        return [*super().phases(), Phase("matching", ("E",), self.config.lr, self.match)]

    def match(self, batch: Batch) -> tuple[Tensor, Terms]:
        x_hat = self.decode(self.encode(batch.x))
        error = losses.feature_error(self.D.features(batch.x), self.D.features(x_hat))
        return self.config.lambda_features * error, {"features": error}
