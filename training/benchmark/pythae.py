"""pythae's AAE (Chadebec et al. 2022) on our networks; ImportError where it is missing."""

import tempfile

import torch
from pythae.data.datasets import BaseDataset
from pythae.models import Adversarial_AE, Adversarial_AE_Config
from pythae.models.base.base_utils import ModelOutput
from pythae.models.nn import BaseDecoder, BaseDiscriminator, BaseEncoder
from pythae.trainers import AdversarialTrainer, AdversarialTrainerConfig
from torch import Tensor

from training.config import Config
from training.frameworks.aae import AAE


class Encoder(BaseEncoder):
    def __init__(self, system: AAE):
        super().__init__()
        self.E, self.prior = system.E, system.prior

    def forward(self, x: Tensor) -> ModelOutput:
        z = self.prior.project(self.E(x))
        return ModelOutput(embedding=z, log_covariance=torch.zeros_like(z))


class Decoder(BaseDecoder):
    def __init__(self, system: AAE):
        super().__init__()
        self.G = system.G

    def forward(self, z: Tensor) -> ModelOutput:
        return ModelOutput(reconstruction=self.G(z))


class Discriminator(BaseDiscriminator):
    def __init__(self, system: AAE):
        super().__init__()
        self.D = system.D

    def forward(self, z: Tensor) -> ModelOutput:
        return ModelOutput(embedding=self.D(z).sigmoid())  # pythae's loss takes probabilities


def trainer(config: Config, images: Tensor, device: torch.device) -> AdversarialTrainer:
    """pythae's own trainer, ready for `train_step`: one epoch over uint8 images (N, 3, H, W), in
    fp32, its only precision, with its own data loader, losses and optimisers."""
    system = AAE(config)
    model_config = Adversarial_AE_Config(
        input_dim=tuple(images.shape[1:]),
        latent_dim=config.latent_size,
        deterministic_posterior=True,
    )
    with tempfile.TemporaryDirectory() as unused:
        made = AdversarialTrainer(
            Adversarial_AE(model_config, Encoder(system), Decoder(system), Discriminator(system)),
            BaseDataset(images.float() / 255, torch.zeros(len(images))),
            training_config=AdversarialTrainerConfig(
                output_dir=unused,
                per_device_train_batch_size=config.batch_size,
                autoencoder_learning_rate=config.lr,
                discriminator_learning_rate=config.lr_d,
                no_cuda=device.type == "cpu",
            ),
        )
        made.prepare_training()
    return made
