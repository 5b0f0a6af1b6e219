"""Every system by its id. A new one is one file beside this and one line in this list; loop,
command line, tests and app find it here alone."""

from training.frameworks.aae import AAE
from training.frameworks.base import Batch, Framework, Phase
from training.frameworks.faae import FAAE
from training.frameworks.faae_plus import FAAEPlus

FRAMEWORKS: dict[str, type[Framework]] = {each.id: each for each in (FAAE, FAAEPlus, AAE)}

__all__ = ["FRAMEWORKS", "Batch", "Framework", "Phase"]
