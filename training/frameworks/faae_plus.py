"""F-AAE with an encoder that is trained on real images too."""

from dataclasses import dataclass

import torch
from torch import Tensor

from training import losses
from training.frameworks.base import Batch, Flow, Loss, without_graph
from training.frameworks.faae import FAAE
from training.frameworks.options import AdversarialTerm, EncoderNoise, FeatureAdversary
from training.schema import BelowOne, NotNegative, UpToOne


class FAAEPlus(FAAE):
    """F-AAE with AAAE's terms of reconstructions: their pixel error, and a discriminator of them.

        regularisation   min over D      E_x[sp(-D(x))] + E_z[sp(D(G(z)))] / 2
                                         + E_x[sp(D(G(E(x))))] / 2                sp = softplus
        re-encoding      min over G, E   alpha E_z ||z - E(G(z))||^2
                                         + lambda_pixel E_x ||x - G(E(x))||^2 / (3 H W)
        and to fool D    min over G, E   + lambda_adv E_z[sp(-D(G(z)))] / 2
                                         + lambda_adv E_x[sp(-D(G(E(x))))] / 2

    It is of no paper. With `morphs`, interpolated codes take the place of some z in the terms of D,
    as in F-AAE; D is given reconstructions as interpolations with all weight on one image. One D
    sees both kinds of fake images, so that it judges by one standard. With
    `encoder_noise` E sees G(z) with noise in the re-encoding term, whose gradient for G, not that
    for E, is multiplied by `alpha_share`.
    """

    @dataclass(frozen=True)
    class Options(FeatureAdversary, AdversarialTerm, EncoderNoise):
        alpha: NotNegative = 100.0  # Weight of the re-encoding error
        alpha_share: UpToOne = 1.0  # Share of that weight for G; E has all of it
        lambda_pixel: NotNegative = 100.0  # Weight of the pixel error of reconstructions
        # Share of the prior samples in D's terms whose place interpolated codes take
        morphs: BelowOne = 0.0

    id = "faae-plus"
    title = "F-AAE+"
    source = "F-AAE with the terms of reconstructions of AAAE (Xu et al. 2019, algorithm 1)"
    explanation = """
        F-AAE whose encoder sees real images as well. The generator and the encoder learn what
        F-AAE's do, and also to reconstruct real images: pixel by pixel, and so that the
        discriminator cannot tell reconstructions from images. Samples and reconstructions stay
        sharp, and reconstructions come nearer to the person.
    """
    flows = (
        *FAAE.flows,
        *Flow.lines("""
            E and G: reconstruct the image | x > E > ẑ > G > x̂ ~ x
            D tells images from reconstructions, E and G learn to fool it
                | x > D | x > E > ẑ > G > x̂ > D
        """),
    )
    presets = dict.fromkeys(
        ("small", "best", "gpu"), {"alpha": 3.0, "lambda_adv": 1.0, "encoder_noise": 0.02}
    )

    def regularise(self, batch: Batch) -> Loss:
        _, codes, kind = without_graph(self.all_codes, batch)
        x_hat = without_graph(self.G, codes)
        return self.separate_images(batch, x_hat, real=self.half(kind), fake=kind)

    def re_encode(self, batch: Batch) -> Loss:
        config, (z, codes, kind) = self.config, self.all_codes(batch)
        x_hat = self.decode(codes)  # (2 B, 3, H, W)
        sample = losses.damped(x_hat[: len(z)], config.alpha_share)
        z_hat = self.encode(self.disturbed(sample, batch.generator))
        terms = {
            "re-encoding": losses.code_error(z, z_hat),
            "reconstruction": losses.pixel_error(batch.x, x_hat[-len(batch.x) :]),
            "fooling": self.fooling(batch, x_hat, real=self.half(kind), fake=kind),
        }
        weights = config.alpha, config.lambda_pixel, config.lambda_adv
        return sum(w * term for w, term in zip(weights, terms.values(), strict=True)), terms

    @staticmethod
    def half(kind: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """Conditions for the images: those of every other fake."""
        return tuple(each[::2] for each in kind)

    def all_codes(self, batch: Batch) -> tuple[Tensor, Tensor, tuple[Tensor, ...]]:
        """Prior samples (B - M, n), then all codes for G (2 B, n): those, the M interpolated ones,
        and the codes of the images, generated as one batch so that batch norm sees one mixture;
        D's condition for each as in `codes`."""
        z, between, kind = self.codes(batch)
        z_hat = self.encode(batch.x)
        if kind:
            corner = z_hat.new_tensor([1.0, 0.0]).expand(len(z_hat), 2)
            kind = (torch.cat([*kind, corner]),)
        return z, torch.cat([z, between, z_hat]), kind
