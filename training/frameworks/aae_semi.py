"""Semi-supervised adversarial autoencoder."""

from dataclasses import dataclass
from typing import Literal

from torch.nn.functional import cross_entropy

from training.config import Config
from training.frameworks import aae
from training.frameworks.aae_cluster import AAECluster
from training.frameworks.base import Batch, Flow, Loss, Phase
from training.frameworks.options import Classes, EncoderNoise, Labels


class AAESemi(AAECluster):
    """AAE with labels for some of the images (Makhzani et al. 2015, section 5).

        as the clustering AAE, with the labels' classes for clusters, and
        classification   min over E      s E_{x,y labelled}[-log y_hat_y],   y_hat of E(x)

    s is the share of a batch's images with a label, 1 in the paper. Classification is a phase of
    its own, as in the paper: Adam scales its steps, so that it is as strong where few images have
    one; `labelled_share` gives them a share of every batch.
    """

    @dataclass(frozen=True)
    class Options(aae.AAE.Options, Labels, EncoderNoise, Classes):
        prior: Literal["normal"] = "normal"

    id = "aae-semi"
    title = "Semi-supervised AAE"
    source = "Makhzani et al. 2015, Adversarial Autoencoders, section 5"
    explanation = """
        An adversarial autoencoder whose encoder splits an image into a class ŷ and a style ẑ. One
        discriminator makes the classes look like one-hot vectors, the other makes the styles look
        like samples of a Gaussian prior. Most images come without a label; the cross-entropy of the
        few that have one decides which output stands for which class.
    """
    flows = (
        *AAECluster.flows,
        *Flow.lines("E: predict the class of a labelled image | x > E > ŷ ~ y"),
    )
    needs_labels = needs_classes = True

    @staticmethod
    def class_names(config: Config) -> tuple[str, ...]:
        return config.labels

    def phases(self) -> list[Phase]:
        own = Phase("classification", ("E",), self.config.lr, self.classify_labelled)
        return [*super().phases(), own]

    def classify_labelled(self, batch: Batch) -> Loss:
        _, logits = self.prior.split(self.E(self.disturbed(batch.x, batch.generator)))
        errors = cross_entropy(logits, batch.y, reduction="none")  # (B,)
        error = (errors * batch.labelled).mean()
        return error, {"cross-entropy": error}
