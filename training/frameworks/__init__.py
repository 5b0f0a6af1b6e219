"""Every system by its id. A new one is one file beside this and one line in `FRAMEWORKS`, where
loop, command line, tests and app find it."""

from training.config import Config, from_dict, option_names
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


def read_settings(settings: dict) -> Config:
    """The options of a run from the plain settings in its config.json or state.pt, where options of
    other systems are dropped: older files list those of all. UserError for an unknown one."""
    framework = FRAMEWORKS[settings["framework"]]
    foreign = {name for each in FRAMEWORKS.values() for name in option_names(each.Options)}
    foreign = {"framework", *foreign}.difference(option_names(framework.Options))
    return from_dict(framework, {k: v for k, v in settings.items() if k not in foreign})
