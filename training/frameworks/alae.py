"""Adversarial latent autoencoder."""

from dataclasses import dataclass
from typing import Literal

from torch import Generator, Tensor

from training import losses
from training.augment import augment
from training.codes.priors import Normal, PushedForward
from training.config import Config
from training.frameworks.base import Batch, Flow, Framework, Loss, Phase, without_graph
from training.frameworks.options import ImageJudge
from training.networks.common import CodeDiscriminator
from training.networks.paper import Approximator
from training.schema import CodeSize


class ALAE(Framework):
    """ALAE (Pidhorskyi et al. 2020, algorithm 1): codes w = F(z), z ~ N(0, I), of a learned
    distribution, and a discriminator of images that is D on their codes, D(E(x)).

        discrimination   min over E, D   E_x[sp(-D(E(x)))] + E_z[sp(D(E(G(F(z)))))]   sp = softplus
                                         + r1_gamma / 2 E_x ||grad_x D(E(x))||^2
        generation       min over F, G   E_z[sp(-D(E(G(F(z)))))]
        reciprocity      min over E, G   E_z ||F(z) - E(G(F(z)))||^2

    The prior of the codes is the distribution of F(z). E has no batch norm, as the first half of a
    discriminator. Here G and E are the common networks; the paper grows those of StyleGAN.
    """

    @dataclass(frozen=True)
    class Options(ImageJudge):
        prior: Literal["normal"] = "normal"
        noise_size: CodeSize = 256  # Random numbers that F makes a code from

    id = "alae"
    title = "ALAE"
    source = "Pidhorskyi et al. 2020, Adversarial Latent Autoencoders, algorithm 1"
    explanation = """
        A generative adversarial network, both of whose networks are split in two. A mapping F turns
        random noise z into a code w, and a generator G turns w into an image. An encoder E turns an
        image into a code, and D tells the codes of real images from those of fake ones. E and G
        also learn to recover the code that F gave. So the distribution of the codes is learned, and
        the error is measured on codes, as in F-AAE, never on pixels.
    """
    flows = Flow.lines("""
        E and D tell real images from fake ones, F and G learn to fool them
            | x > E > E(x) > D | z > F > w > G > G(w) > E > ŵ > D
        E and G: recover the code of a fake image | z > F > w > G > G(w) > E > ŵ ~ w
    """)
    shipped = ("G", "E", "F")
    judged_by = ("mse", "mse_refined", "sharpness", "sample_sharpness", "morph_middle", "frechet")

    def __init__(self, config: Config):
        super().__init__(config)
        n = config.latent_size
        self.F = Approximator(config.noise_size, n)
        self.G = self.generator(n)
        self.E = self.nets.encoder(config.image_size, config.width, n, "none")
        self.D = CodeDiscriminator(n)
        self.noise = Normal(config.noise_size)
        self.prior = PushedForward(n, self.noise, self.F)

    def phases(self) -> list[Phase]:
        lr, lr_d = self.config.lr, self.config.lr_d
        return [
            Phase("discrimination", ("E", "D"), lr_d, self.discriminate),
            Phase("generation", ("F", "G"), lr, self.generate),
            Phase("reciprocity", ("E", "G"), lr, self.reciprocate),
        ]

    def image_logits(self, x: Tensor, generator: Generator, *condition: Tensor) -> Tensor:
        return self.D(self.encode(augment(x, self.config.augment, generator)))

    def discriminate(self, batch: Batch) -> Loss:
        return self.separate_images(batch, x_hat=without_graph(self.G, batch.z))  # z is F's already

    def generate(self, batch: Batch) -> Loss:
        w = self.F(self.noise.sample(len(batch.x), batch.generator))  # (B, n)
        fooling = losses.fooling_loss(self.image_logits(self.decode(w), batch.generator))
        return fooling, {"fooling": fooling}

    def reciprocate(self, batch: Batch) -> Loss:
        error = losses.code_error(batch.z, self.encode(self.decode(batch.z)))
        return error, {"re-encoding": error}
