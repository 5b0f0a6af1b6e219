"""Adversarial autoencoder for unsupervised clustering."""

from dataclasses import dataclass
from typing import Literal

from torch import Tensor, nn

from training import losses
from training.codes.priors import OneHot, joint
from training.config import Config
from training.frameworks import aae
from training.frameworks.base import Batch, CodeLabels, Flow, Framework, Loss, Phase, without_graph
from training.frameworks.options import Classes, EncoderNoise
from training.networks.common import CodeDiscriminator
from training.schema import CodeSize


class AAECluster(Framework):
    """AAE whose encoder gives a class beside the style, with a discriminator for each (Makhzani et
    al. 2015, section 6: unsupervised clustering, the classes being the clusters).

        a code of x      (z_hat, y_hat) = E(x),   y_hat a softmax
        regularisation   min over D, D_y E_z[sp(-D(z))] + E_x[sp(D(z_hat))]       z ~ N(0, I)
                                         + E_y[sp(-D_y(y))] + E_x[sp(D_y(y_hat))] y one-hot
        reconstruction   min over G, E   alpha E_x ||x - G(z_hat, y_hat)||^2 / (3 H W)
        and to fool both min over E      + lambda_adv E_x[sp(-D(z_hat)) + sp(-D_y(y_hat))]

    D_y makes y_hat one-hot and all classes equally frequent; sp = softplus. The cluster of an image
    is the largest entry of y_hat. E ends in batch normalisation, so that every cluster has images
    from the start: without it half of them never get one (digits, 16 clusters). Its scale for the
    logits of y_hat starts at `logit_scale`: from 1, the softmax stays far from one-hot for long,
    and D_y wins at once.
    """

    @dataclass(frozen=True)
    class Options(aae.AAE.Options, EncoderNoise, Classes):
        prior: Literal["normal"] = "normal"
        clusters: CodeSize = 16  # Number of clusters

    id = "aae-cluster"
    title = "Clustering AAE"
    source = "Makhzani et al. 2015, Adversarial Autoencoders, section 6"
    explanation = """
        An adversarial autoencoder whose encoder splits an image into one of several clusters ŷ and
        a style ẑ, without any labels. One discriminator makes the clusters look like
        one-hot vectors, all equally frequent, the other makes the styles look like samples of a
        Gaussian prior. Images that have much in common come to share a cluster.
    """
    flows = Flow.lines("""
        E and G: reconstruct the image | x > E > ẑ, ŷ > G > x̂ ~ x
        D tells prior samples from styles of images, E learns to fool it | z > D | x > E > ẑ > D
        D_y tells one-hot vectors from E's outputs, E learns to fool it | y > D_y | x > E > ŷ > D_y
    """)
    presets = {"digits": {"lambda_adv": 1.0, "encoder_noise": 0.1}}
    judged_by = ("mse", "frechet", "class_error")

    def __init__(self, config: Config):
        super().__init__(config)
        names = self.class_names(config)
        n, classes = config.latent_size, len(names)
        self.prior = joint(self.prior, OneHot(classes))
        self.code_labels = CodeLabels(names, exclusive=True)
        self.G = self.generator(n + classes)
        end = nn.BatchNorm1d(n + classes) if config.norm == "batch" else nn.Identity()
        if config.norm == "batch":
            nn.init.constant_(end.weight[n:], config.logit_scale)
        self.E = nn.Sequential(self.encoder(n + classes), end)
        self.D = CodeDiscriminator(n)
        self.D_y = CodeDiscriminator(classes)

    @staticmethod
    def class_names(config: Config) -> tuple[str, ...]:
        return tuple(f"cluster {number + 1}" for number in range(config.clusters))

    def phases(self) -> list[Phase]:
        return [
            Phase("regularisation", ("D", "D_y"), self.config.lr_d, self.regularise),
            Phase("reconstruction", ("G", "E"), self.config.lr, self.reconstruct),
        ]

    def regularise(self, batch: Batch) -> Loss:
        z, y = self.prior.split(batch.z)  # (B, n), (B, classes)
        z_hat, y_hat = self.prior.split(without_graph(self.posterior, batch))
        of_z = losses.discriminator_loss(self.D(z), self.D(z_hat))
        of_y = losses.discriminator_loss(self.D_y(y), self.D_y(y_hat))
        return of_z + of_y, {"D": of_z, "D_y": of_y}

    def reconstruct(self, batch: Batch) -> Loss:
        code = self.posterior(batch)  # (B, n + classes)
        z_hat, y_hat = self.prior.split(code)
        error = losses.pixel_error(batch.x, self.decode(code))
        of_z, of_y = losses.fooling_loss(self.D(z_hat)), losses.fooling_loss(self.D_y(y_hat))
        loss = self.config.alpha * error + self.config.lambda_adv * (of_z + of_y)
        return loss, {"reconstruction": error, "fooling": of_z, "fooling_y": of_y}

    def posterior(self, batch: Batch) -> Tensor:
        return self.encode(self.disturbed(batch.x, batch.generator))
