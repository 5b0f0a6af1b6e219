"""Every system by its id. A new one is one file beside this and one line in this list; loop,
command line, tests and app find it here alone."""

from training.frameworks.aaae import AAAE
from training.frameworks.aae import AAE
from training.frameworks.aae_cluster import AAECluster
from training.frameworks.aae_gaussian import AAEGaussian
from training.frameworks.aae_labels import AAELabels
from training.frameworks.aae_noise import AAENoise
from training.frameworks.aae_semi import AAESemi
from training.frameworks.aae_supervised import AAESupervised
from training.frameworks.aegan import AEGAN
from training.frameworks.alice import ALICE
from training.frameworks.base import Batch, Flow, Framework, Phase
from training.frameworks.bigan import BiGAN
from training.frameworks.faae import FAAE
from training.frameworks.gan import GAN
from training.frameworks.icgan import ICGAN
from training.frameworks.inverse import Inverse
from training.frameworks.vae import VAE
from training.frameworks.wae import WAE

FRAMEWORKS: dict[str, type[Framework]] = {
    each.id: each
    for each in (
        FAAE,
        AAE,
        AAEGaussian,
        AAENoise,
        AAELabels,
        AAESupervised,
        AAESemi,
        AAECluster,
        VAE,
        WAE,
        GAN,
        Inverse,
        AEGAN,
        ICGAN,
        BiGAN,
        ALICE,
        AAAE,
    )
}
