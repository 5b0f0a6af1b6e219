"""The settings of a run: one frozen dataclass of what every run heeds, which each system extends by
its own options (`Framework.Options`). The command line is made from them, config.json stores them.
"""

import dataclasses
import inspect
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import ValidationError
from tyro.conf import Fixed, Suppress

from training.codes.priors import PRIORS
from training.errors import QUOTED, UserError, choose
from training.networks.common import SIZES_PX
from training.networks.paper import NETS
from training.schema import (
    NOT_NEGATIVE,
    POSITIVE,
    BelowOne,
    CodeSize,
    Images,
    NotNegative,
    Positive,
    Seed,
    ShortText,
    Steps,
    Width,
    at_most,
    check_options,
    checked,
    fault,
)

CHECKPOINTS = Path(__file__).parents[1] / "checkpoints"  # those that the page shows


@dataclass(frozen=True)
class Config:
    """Options of every run, with help as comments; defaults are of F-AAE section 4.1."""

    framework: Suppress[Fixed[str]] = ""  # Id of the system to train
    out: str = ""  # Folder for the checkpoint and for what --resume needs

    data: tuple[str, ...] = ()  # Folder, zip files, or a torchvision dataset's name
    data_root: str = "data"  # Where torchvision datasets are stored or downloaded to
    # Labels: a table of file names and attributes, or 'classes' for the data's own
    attributes: str = ""
    skip_unreadable: bool = False  # Go on where more than 1 % of the images are unreadable
    images_of: ShortText = "picture"  # What the images show, in the singular, such as face or digit
    licence: str = "not stated"  # Licence of the data and of the weights, for the card
    image_size: Literal[*SIZES_PX] = 32  # Side of the images, px
    crop: str = "center"  # 'center' (largest square), 'none', or a side in px
    flip: bool = True  # Mirror half of the images of each batch
    # Largest random translation of the images of a batch, px in each direction
    shift: Annotated[int, NOT_NEGATIVE, at_most(128)] = 0

    # Systems narrow these two, and inherit a help that is a string, not one that is a comment
    prior: Literal[*PRIORS] = "sphere"
    """Distribution of the codes"""
    latent_size: CodeSize = 256
    """Numbers in a code"""
    width: Width = 64  # Feature maps of G and E at full resolution
    nets: Literal[*NETS] = "common"  # Networks: common, nested or residual ones, or a paper's
    norm: Literal["batch", "none"] = "batch"  # Normalisation in G and E

    batch_size: Images = 64  # Images a step, over all processes
    epochs: Annotated[float, POSITIVE, at_most(10**6)] = 50.0  # Passes over the training images
    lr: Positive = 3e-4  # Learning rate of G and E
    beta1: BelowOne = 0.9  # Adam's first decay rate
    beta2: BelowOne = 0.999  # Adam's second decay rate
    # Learning rate over time; cosine ends at 0
    schedule: Literal["constant", "inverse", "cosine"] = "inverse"
    lr_decay: NotNegative = 1e-4  # For the inverse schedule: lr / (1 + lr_decay * step)
    # Decay of the moving average of the weights, a step; 0 for none
    ema: BelowOne = 0.0

    # Checkpoint whose networks this run continues from; a run's folder gives D too; nested networks
    # grow from those of a smaller --image-size
    start: str = ""
    # Networks to train, the others keep the weights that --start gave them; default all
    train: tuple[str, ...] = ()
    seed: Seed = 0  # Of weights, order, flips and codes
    device: str = "auto"  # auto, cpu, cuda, or cuda:N
    # bf16 autocast, fp32, or bf16 where it is faster
    precision: Literal["auto", "fp32", "bf16"] = "auto"
    compile: bool = False  # G and E through torch.compile; no gain on a CPU
    # Labelled images whose codes the checkpoint keeps, for the map
    keep_codes: Images = 4096
    store: Literal["float32", "half", "int8"] = "float32"  # How the checkpoint stores its weights
    # Minutes from one checkpoint to the next, which waits for a step of --log-every
    checkpoint_minutes: NotNegative = 5.0
    log_every: Steps = 50  # Steps from one logged figure to the next

    def __post_init__(self):
        check_options(self)
        if not re.fullmatch("center|none|[1-9][0-9]{0,5}", self.crop):
            raise UserError(
                f"--crop takes 'center', 'none' or a side in px, not '{self.crop:.{QUOTED}}'."
            )


def option_names(options: type[Config]) -> list[str]:
    """Of a system's options, `framework` aside: a system has no choice there."""
    return [each.name for each in dataclasses.fields(options) if each.name != "framework"]


def resolve(framework: type, preset: str, given: dict) -> Config:
    """Defaults, then the preset, then the framework's part of it, then what is given; raises
    UserError for a preset or an option that the framework does not have."""
    choose("preset", preset, {**PRESETS, **framework.presets})
    shared, known = PRESETS.get(preset, {}), option_names(framework.Options)
    merged = {
        "out": str(CHECKPOINTS / "mine" / framework.id),
        **{name: value for name, value in shared.items() if name in known},
        **framework.presets.get(preset, {}),
        **given,
    }
    return from_dict(framework, merged)


def from_dict(framework: type, values: dict) -> Config:
    """A framework's options from plain JSON values; an unknown or invalid one is a UserError."""
    known = option_names(framework.Options)
    for name in values:
        if name not in known:
            raise UserError(
                f"{framework.id} has no option {name:.{QUOTED}}; it has: {', '.join(known)}."
            )
    return framework.Options(framework=framework.id, **_tuples(values))


def read_toml(path: Path) -> dict:
    """The content of a TOML file; UserError where it is no TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path.name}: {error}.") from None


def from_table(kind: type, table: dict, where: str):
    """`kind(**table)`, lists as tuples; UserError, `where` first, for an unknown or missing key, or
    a value of another type than `kind` has."""
    signature = inspect.signature(kind)
    try:
        signature.bind_partial(**table)  # an unknown key is named before a missing one
        signature.bind(**table)
    except TypeError as error:
        known = ", ".join(signature.parameters)
        raise UserError(f"{where}: {error}; its keys are: {known}.") from None
    try:
        return checked(kind(**_tuples(table)))
    except ValidationError as error:
        raise UserError(f"{where}: {' '.join(fault(error))}.") from None


def _tuples(value):
    """A TOML or JSON value with tuples in place of lists."""
    if isinstance(value, dict):
        return {key: _tuples(each) for key, each in value.items()}
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def _presets() -> dict[str, dict]:
    """presets.toml, each preset with the settings of the one that it extends."""
    presets = {}
    for name, table in read_toml(Path(__file__).parent / "frameworks" / "presets.toml").items():
        presets[name] = {**presets.get(table.pop("extends", ""), {}), **_tuples(table)}
    return presets


PRESETS = _presets()
