"""Flipped adversarial autoencoder."""

from torch import Tensor

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

    The two terms of G are one sum, as eq. 4 has them, so that their weights count: Adam would
    cancel them from separate steps. Eq. 4 prints E_theta(G_phi); it means E_phi(G_theta).
    """

    id = "faae"
    title = "F-AAE"
    source = "Zhang et al. 2018, Flipped-Adversarial AutoEncoders, eq. 4"
    explanation = (
        "A generator G turns random codes into images, and an adversary D tells them from real "
        "ones, so that G learns to draw pictures that are sharp. An encoder E looks at the drawn "
        "pictures and has to name the code that each was drawn from. It never sees a real picture "
        "in training, yet what it has learned to read off drawn ones reads off photos too. It is "
        "an autoencoder the other way round: the error is on codes, the adversary on images."
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
        self.D = self.image_discriminator()

    def phases(self) -> list[Phase]:
        return [
            Phase("regularisation", ("D",), self.config.lr_d, self.regularise),
            Phase("re-encoding", ("G", "E"), self.config.lr, self.re_encode),
        ]

    def regularise(self, batch: Batch) -> tuple[Tensor, Terms]:
        return self.separate_images(batch, x_hat=without_graph(self.G, batch.z))

    def re_encode(self, batch: Batch) -> tuple[Tensor, Terms]:
        config, z = self.config, batch.z  # (B, n)
        x_hat = self.decode(z)  # (B, 3, H, W)
        z_hat = self.encode(self.disturbed(x_hat, batch.generator))
        error = losses.code_error(z, z_hat)
        fooling = losses.fooling_loss(self.judge(x_hat, batch.generator))
        loss = config.alpha * error + config.lambda_adv * fooling
        terms = {"re-encoding": error, "fooling": fooling}
        if config.lambda_cycle:
            terms["cycle"] = losses.pixel_error(x_hat, self.decode(z_hat))
            loss = loss + config.lambda_cycle * terms["cycle"]
        return loss, terms
