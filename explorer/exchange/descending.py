"""Networks as descents compute with them."""

from torch import Tensor

from explorer.exchange.pair import Network
from training.codes.priors import Prior
from training.frameworks import Framework
from training.precision import autocast


class Descending:
    """The networks of a `Framework` in bf16, where the hardware is faster with it.

    Codes, losses and steps stay in fp32, as in training. Refined codes are as good, and those of
    several pictures take a third less (explorer/WORKSHOP.md). Pairs of others compute as they are:
    their operators may know no bf16.
    """

    def __init__(self, network: Network):
        self.network = network
        self.prior: Prior = network.prior
        self.encodes: bool = network.encodes
        self.precision = "auto" if isinstance(network, Framework) else "fp32"

    def encode(self, x: Tensor) -> Tensor:
        """Images (B, 3, H, W) in [0, 1] -> codes (B, n) on the prior's support."""
        with autocast(self.precision, x.device):
            return self.network.encode(x).float()

    def decode(self, z: Tensor) -> Tensor:
        """Codes (B, n) -> images (B, 3, H, W) in [0, 1]."""
        with autocast(self.precision, z.device):
            return self.network.decode(z).float()
