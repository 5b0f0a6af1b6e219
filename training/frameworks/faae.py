"""Flipped adversarial autoencoder."""

from dataclasses import dataclass
from math import pi

import torch
from torch import Tensor

from training import losses
from training.codes.geometry import bilinear_weights
from training.composites import composites
from training.config import Config
from training.errors import UserError
from training.frameworks.base import Batch, Flow, Framework, Loss, Phase, without_graph
from training.frameworks.options import AdversarialTerm, EncoderNoise, FeatureAdversary
from training.networks.mode import evaluating, frozen
from training.schema import BelowOne, NotNegative

SHARPNESS = 0.02  # weight of the sharpness of composites beside their pixels
EVEN = {"alpha": 1.0, "lambda_adv": 1.0}  # equal weights of the two terms of G


class FAAE(Framework):
    """F-AAE (Zhang et al. 2018, eq. 4): a discriminator of images, an error on codes.

        regularisation   min over D      E_x[sp(-D(x))] + E_z[sp(D(G(z)))]        sp = softplus
        re-encoding      min over G, E   alpha E_z ||z - E(G(z))||^2
        and to fool D    min over G      + lambda_adv E_z[sp(-D(G(z)))]
        beyond the paper min over G, E   + lambda_cycle E_z ||G(z) - G(E(G(z)))||^2 / (3 H W)
                         min over E      + lambda_composites E_y[||y - G(E(y))||^2 / (3 H W)
                                             + SHARPNESS h(log(L(G(E(y))) / L(y)))]

    Beyond the paper too: a share `morphs` of the fake images in both terms of D comes from
    interpolated codes, in the four-corner morphs (eq. 5) of real images, so that G learns to
    generate from those as well; the critic of ACAI sees interpolations likewise (Berthelot et al.
    2018). D is conditioned on whether a code is interpolated and on how even the mixture is, and
    real images get the same conditions: otherwise a fault of samples could make up for the opposite
    fault of interpolations. E is not trained on interpolated codes: they are its own outputs, and
    regression on them would contract them ever more.

    Composites y are made from the images G(z), as in `training.composites`: by them E learns to
    invert images that G does not draw, such as photos, and sees no photo. L is the energy of an
    image's Laplacian, h as in `losses.sharpness_errors`: by squared error alone E would find codes
    of soft images.

    With `encoder_noise` E sees the images G(z) and y with noise in all error terms. With `r1_gamma`
    D has an R1 penalty on real images, with `r2_gamma` one on fake ones; with `pairing` it is given
    pairs of an image and a sample, and the terms of D are E[sp(D(G(z)) - D(x))] and, to fool it,
    E[sp(D(x) - D(G(z)))]. With `d_features` D gives a logit by the pixels and four by features of a
    pretrained network (Sauer et al. 2021), and its terms are means over the five.

    The two terms of G are one sum, as in eq. 4: the size of Adam's steps does not depend on the
    scale of a loss, so in separate steps their weights would have no effect. Eq. 4 prints
    E_theta(G_phi) and means E_phi(G_theta); its norm is squared here.
    """

    @dataclass(frozen=True)
    class Options(FeatureAdversary, AdversarialTerm, EncoderNoise):
        alpha: NotNegative = 100.0  # Weight of the re-encoding error
        lambda_cycle: NotNegative = 0.0  # Weight of the pixel error of re-encoded samples
        # Share of D's fake images that come from interpolated codes of real images
        morphs: BelowOne = 0.0
        lambda_composites: NotNegative = 0.0  # Weight of the error of composites, for E alone

    id = "faae"
    title = "F-AAE"
    source = "Zhang et al. 2018, Flipped-Adversarial AutoEncoders, eq. 4"
    explanation = """
        A generator G turns prior samples, which are random codes, into images, and a discriminator
        D learns to tell them from real ones, so that G's images become sharp. An encoder E learns
        to recover the code that each of them was generated from. E is never trained on a real
        image, yet it encodes photos too. It is an autoencoder with the roles flipped: the error is
        measured on codes, and the discriminator sees images.
    """
    flows = Flow.lines("""
        D tells real images from fake ones, G learns to fool it | x > D | z > G > G(z) > D
        G and E: recover the code of a fake image | z > G > G(z) > E > ẑ ~ z
    """)
    presets = {
        **dict.fromkeys(("small", "gpu"), EVEN),
        "best": {
            "alpha": 3.0,
            "lambda_adv": 1.0,
            "encoder_noise": 0.05,
            "lambda_cycle": 3.0,
            "augment": ("translation",),
            "morphs": 0.5,
        },
    }

    judged_by = (
        "mse",
        "mse_refined",
        "sharpness",
        "sample_sharpness",
        "morph_middle",
        "reencoding_error",
        "frechet",
    )

    def __init__(self, config: Config):
        super().__init__(config)
        self.G = self.generator(config.latent_size)
        self.E = self.encoder(config.latent_size)
        self.D = self.image_discriminator(labels=2 if config.morphs else 0)

    @classmethod
    def check(cls, config: Config, processes: int = 1) -> None:
        super().check(config, processes)
        if config.morphs and int(config.morphs * (config.batch_size // processes)) < 4:
            raise UserError(
                "Codes are interpolated between four images: --morphs times the --batch-size of "
                "each process has to be 4 at least, or 0."
            )

    def phases(self) -> list[Phase]:
        return [
            Phase("regularisation", ("D",), self.config.lr_d, self.regularise),
            Phase("re-encoding", ("G", "E"), self.config.lr, self.re_encode),
        ]

    def regularise(self, batch: Batch) -> Loss:
        z, between, kind = self.codes(batch)
        x_hat = without_graph(self.G, torch.cat([z, between]))
        return self.separate_images(batch, x_hat, real=kind, fake=kind)

    def re_encode(self, batch: Batch) -> Loss:
        config, (z, between, kind) = self.config, self.codes(batch)
        x_hat = self.decode(torch.cat([z, between]))  # (B, 3, H, W)
        sample = x_hat[: len(z)]
        y = sample[:0]
        if config.lambda_composites:
            y = composites(sample.detach(), batch.generator)
        seen = self.disturbed(torch.cat([sample, y]), batch.generator)
        z_hat, z_y = self.encode(seen).split([len(sample), len(y)])  # batch norm sees one mixture
        error = losses.code_error(z, z_hat)
        fooling = self.fooling(batch, x_hat, real=kind, fake=kind)
        loss = config.alpha * error + config.lambda_adv * fooling
        terms = {"re-encoding": error, "fooling": fooling}
        if config.lambda_cycle:
            terms["cycle"] = losses.pixel_error(sample, self.decode(z_hat))
            loss = loss + config.lambda_cycle * terms["cycle"]
        if config.lambda_composites:
            with evaluating(self.G), frozen(self.G):
                y_hat = self.decode(z_y)
            terms["composites"] = losses.pixel_error(y, y_hat)
            terms["sharpness"] = losses.sharpness_errors(y, y_hat).mean()
            off = terms["composites"] + SHARPNESS * terms["sharpness"]
            loss = loss + config.lambda_composites * off
        return loss, terms

    @torch.no_grad()
    def codes(self, batch: Batch) -> tuple[Tensor, Tensor, tuple[Tensor, ...]]:
        """Codes for G, B in all: prior samples (B - M, n), and interpolated codes of the batch's
        images (M, n), with M the share `config.morphs` of B. Then, unless that is 0, D's condition
        for each (B, 2): whether the code is interpolated, and how even the mixture is, from 0 in a
        corner to 1 in the middle of the four."""
        count = int(self.config.morphs * len(batch.z))
        z, between = batch.z[count:], batch.z[:count]
        if not self.config.morphs:
            return z, between, ()
        with evaluating(self.E):  # batch norm's statistics do not follow these images
            code = self.encode(batch.x[:count])
        corners = torch.stack([code.roll(shift, dims=0) for shift in range(4)])  # (4, M, n)
        # Points anywhere in the square of the four, more often near the corners, the images' own
        square = torch.rand(2, count, 1, generator=batch.generator, device=z.device)
        weights = bilinear_weights(*square.mul(pi / 2).sin().square())  # (4, M, 1)
        between = self.prior.between(corners, weights)
        evenness = (1 - weights.square().sum(dim=0)) / (1 - 1 / 4)  # (M, 1)
        kind = torch.cat([torch.ones_like(evenness), evenness], dim=1)
        return z, between, (torch.cat([kind.new_zeros(len(z), 2), kind]),)
