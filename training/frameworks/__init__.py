"""Every system by its id. A new one is one file beside this and one line in `SYSTEMS`."""

from collections.abc import Iterable
from importlib import import_module

from training.config import Config, from_dict, option_names
from training.errors import choose
from training.frameworks.base import Batch, Flow, Framework, Phase

# file and class of each, in the order in which they are shown
SYSTEMS = (
    "faae.FAAE",
    "aae.AAE",
    "faae_plus.FAAEPlus",
    "aae_gaussian.AAEGaussian",
    "aae_noise.AAENoise",
    "aae_labels.AAELabels",
    "aae_supervised.AAESupervised",
    "aae_semi.AAESemi",
    "aae_cluster.AAECluster",
    "vae.VAE",
    "soft_intro_vae.SoftIntroVAE",
    "wae.WAE",
    "gan.GAN",
    "inverse.Inverse",
    "indomain.InDomain",
    "aegan.AEGAN",
    "icgan.ICGAN",
    "bigan.BiGAN",
    "alice.ALICE",
    "aaae.AAAE",
    "alae.ALAE",
)


def _load(system: str) -> type[Framework]:
    file, name = system.split(".")
    return getattr(import_module(f"{__name__}.{file}"), name)


def by_id(systems: Iterable[type[Framework]]) -> dict[str, type[Framework]]:
    """TypeError for two of one id, such as a system that inherits another's."""
    found: dict[str, type[Framework]] = {}
    for each in systems:
        if each.id in found:
            one, other = found[each.id].__name__, each.__name__
            raise TypeError(f"{one} and {other} have one id, {each.id!r}: give each its own")
        found[each.id] = each
    return found


FRAMEWORKS = by_id(map(_load, SYSTEMS))


def read_settings(settings: dict) -> Config:
    """The options of a run from the plain settings in its config.json or state.pt, where options of
    other systems are dropped: older files list those of all. UserError for an unknown one."""
    framework = FRAMEWORKS[choose("framework", str(settings.get("framework")), FRAMEWORKS)]
    foreign = {name for each in FRAMEWORKS.values() for name in option_names(each.Options)}
    foreign = {"framework", *foreign}.difference(option_names(framework.Options))
    return from_dict(framework, {k: v for k, v in settings.items() if k not in foreign})
