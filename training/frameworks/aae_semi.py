"""Semi-supervised adversarial autoencoder."""

from torch import Tensor
from torch.nn.functional import cross_entropy

from training.config import Config
from training.frameworks.aae_cluster import AAECluster
from training.frameworks.base import Batch, Flow, Phase, Terms


class AAESemi(AAECluster):
    """AAE that is told the classes of some images (Makhzani et al. 2015, section 5).

        as the clustering AAE, its classes being those of the labels, and
        classification   min over E      E_{x,y labelled}[-log y_hat_y],   y_hat of E(x)

    Classification is a phase of its own, as in the paper: how few images have a label does not
    weaken it, Adam's steps being as long.
    """

    id = "aae-semi"
    title = "Semi-supervised AAE"
    source = "Makhzani et al. 2015, Adversarial Autoencoders, section 5"
    explanation = (
        "An adversarial autoencoder whose encoder takes an image apart into a class ŷ and a style "
        "ẑ. One adversary has the classes look like clear choices, the other the styles like "
        "random codes. Most images come without a label; the few that have one are enough to say "
        "which choice is which class."
    )
    flows = (
        *AAECluster.flows,
        Flow("E: where the class is known, it is to be found", "x > E > ŷ ~ y"),
    )
    needs_labels = needs_classes = True

    @staticmethod
    def class_names(config: Config) -> tuple[str, ...]:
        return config.labels

    def phases(self) -> list[Phase]:
        own = Phase("classification", ("E",), self.config.lr, self.classify_labelled)
        return [*super().phases(), own]

    def classify_labelled(self, batch: Batch) -> tuple[Tensor, Terms]:
        _, logits = self.prior.split(self.E(self.disturbed(batch.x, batch.generator)))
        errors = cross_entropy(logits, batch.y, reduction="none")  # (B,)
        error = (errors * batch.labelled).mean()
        return error, {"cross-entropy": error}
