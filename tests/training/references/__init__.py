"""Losses of every system's phases, re-typed with NumPy: (framework, batch) -> {phase: loss}."""

from tests.training.references import aae_family, gan_family
from tests.training.references.faae import faae_losses, faae_plus_losses, indomain_losses

REFERENCES = {
    "faae": faae_losses,
    "faae-plus": faae_plus_losses,
    "aae": aae_family.aae_losses,
    "aae-gaussian": aae_family.aae_gaussian_losses,
    "aae-noise": aae_family.aae_noise_losses,
    "aae-labels": aae_family.aae_labels_losses,
    "aae-supervised": aae_family.aae_supervised_losses,
    "aae-semi": aae_family.aae_semi_losses,
    "aae-cluster": aae_family.aae_cluster_losses,
    "vae": aae_family.vae_losses,
    "soft-intro-vae": aae_family.soft_intro_vae_losses,
    "wae": aae_family.wae_losses,
    "gan": gan_family.gan_losses,
    "inverse": gan_family.inverse_losses,
    "indomain": indomain_losses,
    "aegan": gan_family.aegan_losses,
    "icgan": gan_family.icgan_losses,
    "bigan": gan_family.bigan_losses,
    "alice": gan_family.alice_losses,
    "aaae": gan_family.aaae_losses,
    "alae": gan_family.alae_losses,
}
