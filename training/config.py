"""All settings of a run in one frozen dataclass; the command line is generated from it."""

import dataclasses
import typing
from argparse import SUPPRESS, ArgumentParser, BooleanOptionalAction
from dataclasses import dataclass, field

from training.augment import POLICIES
from training.codes.priors import PRIORS
from training.errors import UserError, choose, flag
from training.networks.common import D_NORMS, SIZES_PX
from training.networks.paper import NETS

SCHEDULES = ("constant", "inverse", "cosine")
PRECISIONS = ("auto", "fp32", "bf16")
STORES = ("float32", "half", "int8")
PENALTIES = ("mmd", "adversarial")


def option(default, text: str, choices=None):
    return field(default=default, metadata={"help": text, "choices": choices})


@dataclass(frozen=True)
class Config:
    """Defaults are the paper's (F-AAE section 4.1) where it names them."""

    framework: str = option("faae", "which system to train")
    out: str = option("runs/faae", "folder for the checkpoint and what --resume needs")

    data: tuple[str, ...] = option((), "folder, zip files, or a torchvision dataset's name")
    data_root: str = option("data", "where torchvision datasets lie or are downloaded to")
    attributes: str = option(
        "", "labels: a CSV with file_name, list_attr_celeba.txt, or 'classes' for the data's own"
    )
    labels: tuple[str, ...] = option(
        (), "which of the labels a system with labels takes; default all"
    )
    labelled: int = option(0, "images that keep their label, spread over the classes; 0 for all")
    licence: str = option("not stated", "licence of the data and of the weights, for the card")
    image_size: int = option(32, "side of the images, px", SIZES_PX)
    crop: str = option("center", "'center' (largest square), 'none', or a side in px")
    flip: bool = option(True, "mirror half of the images of each batch")
    shift: int = option(0, "most px that an image of a batch is moved by, up or down and sideways")

    prior: str = option("sphere", "distribution of the codes, if a system allows", tuple(PRIORS))
    latent_size: int = option(256, "numbers in a code")
    width: int = option(64, "feature maps of G and E at full resolution")
    d_width: int = option(64, "feature maps of the image discriminator's first layer")
    nets: str = option(
        "common", "networks: the common ones, nested ones, or those of a paper", tuple(NETS)
    )
    norm: str = option("batch", "normalisation in G and E", ("batch", "none"))

    code_norm: str = option(
        "none", "bigan, alice: normalisation of the codes of E, unless drawn", ("none", "batch")
    )
    d_norm: str = option("none", "normalisation in the image discriminator", D_NORMS)

    alpha: float = option(100.0, "weight of the re-encoding or reconstruction error")
    lambda_adv: float = option(0.1, "weight of the adversarial term for G or E")
    lambda_cycle: float = option(0.0, "F-AAE: weight of the pixel error of re-encoded samples")
    morphs: float = option(
        0.0, "F-AAE: share of what D judges that is drawn from codes between those of real images"
    )
    lambda_kl: float = option(4e-3, "vae: weight of the KL divergence of q(z|x) from the prior")
    penalty: str = option("mmd", "wae: how far the codes are from the prior", PENALTIES)
    lambda_mmd: float = option(10.0, "wae: weight of the MMD penalty; --lambda-adv of the other")
    noise_size: int = option(
        8, "aae-noise: random numbers joined to what E sees; aaae: those that codes are made of"
    )
    stochastic: bool = option(False, "bigan, alice: E gives a Gaussian to draw from, as in ALI")
    pixel_loss: str = option(
        "cross-entropy", "aegan: between G(z) and G(E(G(z)))", ("cross-entropy", "squared")
    )
    gan_loss: str = option(
        "softplus", "gan: non-saturating loss, or WGAN-GP's", ("softplus", "wasserstein")
    )
    lambda_gp: float = option(10.0, "WGAN-GP and aaae: weight of the critic's gradient penalty")
    critic_steps: int = option(
        5, "WGAN-GP: steps of D to one of G; aaae: of the approximator to one of the autoencoder"
    )
    clusters: int = option(16, "aae-cluster: how many")
    encoder_noise: float = option(
        0.0,
        "F-AAE, aae-labels, aae-semi, aae-cluster: most deviation of the noise on what E sees in "
        "training, on [0, 1] pixels",
    )
    batch_size: int = option(64, "images a step, over all processes")
    epochs: float = option(50.0, "times through the training images")
    lr: float = option(3e-4, "learning rate of G and E, a step")
    lr_d: float = option(1e-3, "learning rate of D, a step")
    beta1: float = option(0.9, "Adam's first decay rate")
    beta2: float = option(0.999, "Adam's second decay rate")
    schedule: str = option("inverse", "learning rate over time; cosine ends at 0", SCHEDULES)
    lr_decay: float = option(1e-4, "for the inverse schedule: lr / (1 + lr_decay * step)")

    ema: float = option(0.0, "decay of the moving average of the weights, a step; 0 for none")
    r1_gamma: float = option(0.0, "R1 penalty on the image discriminator; 0 for none")
    r1_every: int = option(8, "steps from one R1 penalty to the next")
    augment: tuple[str, ...] = option(
        (), "differentiable augmentation of what D sees", tuple(POLICIES)
    )

    start: str = option(
        "",
        "checkpoint whose networks this run goes on from; a run's folder gives D too; nested "
        "networks grow from those of a smaller --image-size",
    )
    first_stage: str = option("", "checkpoint that a two-stage system stands on, and freezes")
    train: tuple[str, ...] = option(
        (), "networks that learn, the others stand still as --start gave them; default all"
    )
    seed: int = option(0, "of weights, order, flips and codes")
    device: str = option("auto", "auto, cpu, cuda, or cuda:N")
    precision: str = option("auto", "bf16 autocast, fp32, or bf16 where it helps", PRECISIONS)
    compile: bool = option(False, "G and E through torch.compile; no gain on a CPU")
    keep_codes: int = option(4096, "labelled images whose codes the checkpoint keeps, for the map")
    store: str = option("float32", "how the checkpoint stores its weights", STORES)
    checkpoint_minutes: float = option(5.0, "minutes from one checkpoint to the next")
    log_every: int = option(50, "steps from one logged figure to the next")

    def __post_init__(self):
        for each in dataclasses.fields(self):
            value, choices = getattr(self, each.name), each.metadata["choices"]
            for one in value if isinstance(value, tuple) else (value,):
                if choices:
                    choose(f"value for {flag(each.name)}", one, choices)
        positive = ("latent_size", "width", "d_width", "batch_size", "epochs", "r1_every", "lr")
        positive += ("noise_size", "clusters", "critic_steps", "keep_codes")
        for name in positive:
            if getattr(self, name) <= 0:
                raise UserError(f"{flag(name)} must be greater than 0.")
        if not 0 <= self.ema < 1:
            raise UserError("--ema must be at least 0 and less than 1.")
        if not 0 <= self.morphs < 1:
            raise UserError("--morphs must be at least 0 and less than 1.")
        for name in ("seed", "shift"):
            if getattr(self, name) < 0:
                raise UserError(f"{flag(name)} must be 0 or greater.")
        if self.crop not in ("center", "none") and not self.crop.isdigit():
            raise UserError(f"--crop takes 'center', 'none' or a side in px, not '{self.crop}'.")


# A framework adds its own to these (`Framework.presets`): loss weights mean different things.
_BEYOND_PAPER = {
    "beta1": 0.5,
    "beta2": 0.99,
    "schedule": "cosine",
    "ema": 0.999,
    "r1_gamma": 0.1,
    "r1_every": 16,
}
PRESETS: dict[str, dict] = {
    "paper": {},
    "small": {**_BEYOND_PAPER, "width": 32},
    "best": {**_BEYOND_PAPER, "width": 32, "d_width": 96},
    "gpu": {**_BEYOND_PAPER, "width": 64, "d_width": 128, "batch_size": 128},
    "digits": {
        **_BEYOND_PAPER,
        "data": ("digits",),
        "attributes": "classes",
        "licence": "scikit-learn's digits (Alpaydin and Kaynak, UCI 1998): no licence stated",
        "flip": False,
        "shift": 2,  # half a pixel of the 8x8 that there are
        "width": 16,
        "latent_size": 8,
        "epochs": 40.0,
    },
}


def add_options(parser: ArgumentParser) -> None:
    """One command-line option a field; an option not given leaves no trace in the namespace."""
    for each in dataclasses.fields(Config):
        if each.name == "framework":
            continue
        default, choices = each.default, each.metadata["choices"]
        shown = (
            "none"
            if default in ((), "")
            else " ".join(map(str, default))
            if isinstance(default, tuple)
            else default
        )
        text = f"{each.metadata['help']} (default: {shown})"
        kind = (
            {"action": BooleanOptionalAction}
            if isinstance(default, bool)
            else {
                "type": str if isinstance(default, tuple) else type(default),
                "metavar": "|".join(map(str, choices)) if choices else each.name.upper(),
            }
        )
        if isinstance(default, tuple):
            kind["nargs"] = "*"
        parser.add_argument(flag(each.name), default=SUPPRESS, help=text, **kind)


def resolve(framework: type, preset: str, given: dict) -> Config:
    """Defaults, then the preset, then the framework's part of it, then what was given."""
    choose("preset", preset, {**PRESETS, **framework.presets})
    names = {each.name for each in dataclasses.fields(Config)}
    merged = {
        "out": f"runs/{framework.id}",
        "prior": framework.priors[0],
        **PRESETS.get(preset, {}),
        **framework.presets.get(preset, {}),
        **{name: value for name, value in given.items() if name in names},
    }
    return from_dict({**merged, "framework": framework.id})


def from_dict(values: dict) -> Config:
    """A Config from plain JSON values; an unknown or mistyped one is a UserError."""
    hints = typing.get_type_hints(Config)
    for name, value in values.items():
        choose("setting", name, hints)
        if isinstance(value, list):
            values = {**values, name: tuple(value)}
    return Config(**values)


def to_dict(config: Config) -> dict:
    return dataclasses.asdict(config)
