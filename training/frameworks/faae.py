"""Flipped adversarial autoencoder."""

from math import pi

import torch
from torch import Tensor
from torch.nn.functional import normalize

from training import losses
from training.config import Config
from training.frameworks.base import Batch, Flow, Framework, Phase, Terms, without_graph

EVEN = {"alpha": 1.0, "lambda_adv": 1.0}  # the two terms of G, weighed alike


class FAAE(Framework):
    """F-AAE (Zhang et al. 2018, eq. 4): an adversary on images, an error on codes.

        regularisation   min over D      E_x[sp(-D(x))] + E_z[sp(D(G(z)))]        sp = softplus
        re-encoding      min over G, E   alpha E_z ||z - E(G(z))||^2
        and to fool D    min over G      + lambda_adv E_z[sp(-D(G(z)))]
        beyond the paper min over G, E   + lambda_cycle E_z ||G(z) - G(E(G(z)))||^2 / (3 H W)

    Beyond the paper too: of the pictures in both terms of D, a share `morphs` is drawn from codes
    in the four-corner morphs (eq. 5) of real images, so that G learns to draw those as well, as
    the critic of ACAI sees interpolations (Berthelot et al. 2018). D is told which, and how
    evenly mixed (and real images are of any such kind), or a fault of the one could make up for the
    opposite fault of the other. E is not trained on them: a regression on codes that it made
    itself would draw them together, ever more.

    The two terms of G are one sum, as eq. 4 has them, so that their weights count: Adam would
    cancel them from separate steps. Eq. 4 prints E_theta(G_phi); it means E_phi(G_theta).
    """

    id = "faae"
    title = "F-AAE"
    source = "Zhang et al. 2018, Flipped-Adversarial AutoEncoders, eq. 4"
    explanation = (
        "A generator G turns random codes into images, and an adversary D tells them from real "
        "ones, so that G learns to draw pictures that are sharp. An encoder E looks at the drawn "
        "pictures and has to name the code that each was drawn from. It is never taught on a real "
        "picture, yet what it has learned to read off drawn ones it reads off photos too. It is an "
        "autoencoder the other way round: the error is on codes, the adversary on images."
    )
    flows = (
        Flow("D tells images from drawn ones, G learns to fool it", "x > D", "z > G > G(z) > D"),
        Flow("G and E: the code is found again", "z > G > G(z) > E > ẑ ~ z"),
    )
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
        self.D = self.label_discriminator(2) if config.morphs else self.image_discriminator()

    def phases(self) -> list[Phase]:
        return [
            Phase("regularisation", ("D",), self.config.lr_d, self.regularise),
            Phase("re-encoding", ("G", "E"), self.config.lr, self.re_encode),
        ]

    def regularise(self, batch: Batch) -> tuple[Tensor, Terms]:
        z, between, kind = self.codes(batch)
        x_hat = without_graph(self.G, torch.cat([z, between]))
        return self.separate_images(batch, x_hat, real=kind, fake=kind)

    def re_encode(self, batch: Batch) -> tuple[Tensor, Terms]:
        config, (z, between, kind) = self.config, self.codes(batch)
        x_hat = self.decode(torch.cat([z, between]))  # (B, 3, H, W)
        sample = x_hat[: len(z)]
        z_hat = self.encode(self.disturbed(sample, batch.generator))
        error = losses.code_error(z, z_hat)
        fooling = losses.fooling_loss(self.judge(x_hat, batch.generator, *kind))
        loss = config.alpha * error + config.lambda_adv * fooling
        terms = {"re-encoding": error, "fooling": fooling}
        if config.lambda_cycle:
            terms["cycle"] = losses.pixel_error(sample, self.decode(z_hat))
            loss = loss + config.lambda_cycle * terms["cycle"]
        return loss, terms

    @torch.no_grad()
    def codes(self, batch: Batch) -> tuple[Tensor, Tensor, tuple[Tensor, ...]]:
        """Codes to draw from, B in all: from the prior (B - M, n), and in the morphs of the batch's
        images (M, n), with M the share `config.morphs` of B. Then, unless that is 0, what D is told
        of each (B, 2): whether it lies between others, and how evenly, from 0 in a corner of its
        morph to 1 in the middle."""
        count = int(self.config.morphs * len(batch.z))
        z, between = batch.z[count:], batch.z[:count]
        if not self.config.morphs:
            return z, between, ()
        mode = self.E.training
        self.E.eval()  # its statistics stay those of drawn images, as they are after training
        code = self.encode(batch.x[:count])
        self.E.train(mode)
        corners = torch.stack([code.roll(shift, dims=0) for shift in range(4)])  # (4, M, n)
        place = {"generator": batch.generator, "device": z.device}
        # Where in its square each lies: anywhere, more often near the corners, the images' own.
        u, v = torch.rand(2, count, 1, **place).mul(pi / 2).sin().square()
        weights = torch.stack([(1 - u) * (1 - v), u * (1 - v), (1 - u) * v, u * v])  # (4, M, 1)
        norm = (weights * corners.norm(dim=2, keepdim=True)).sum(dim=0)  # as a Gaussian needs
        between = self.prior.project(norm * normalize((weights * corners).sum(dim=0), dim=1))
        evenness = (1 - weights.square().sum(dim=0)) / (1 - 1 / 4)  # (M, 1)
        told = torch.cat([torch.ones_like(evenness), evenness], dim=1)
        return z, between, (torch.cat([told.new_zeros(len(z), 2), told]),)
