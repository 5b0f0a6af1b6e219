"""The settings of a run: one frozen dataclass of what every run heeds, which each system extends by
its own options (`Framework.Options`). The command line is made from them, config.json stores them.
"""

import dataclasses
import inspect
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, get_args, get_origin, get_type_hints

from tyro.conf import Fixed, Suppress

from training.codes.priors import PRIORS
from training.errors import UserError, choose, flag
from training.networks.common import SIZES_PX
from training.networks.paper import NETS


class Bound(NamedTuple):
    """What a number must be, for `Annotated`: in words, and as a test."""

    words: str
    holds: Callable[[float], bool]


POSITIVE = Bound("greater than 0", lambda value: value > 0)
NOT_NEGATIVE = Bound("0 or greater", lambda value: value >= 0)
SHARE = Bound("at least 0 and less than 1", lambda value: 0 <= value < 1)


@dataclass(frozen=True)
class Config:
    """Options of every run, with help as comments; defaults are of F-AAE section 4.1."""

    framework: Suppress[Fixed[str]] = ""  # Id of the system to train
    out: str = "runs/faae"  # Folder for the checkpoint and for what --resume needs

    data: tuple[str, ...] = ()  # Folder, zip files, or a torchvision dataset's name
    data_root: str = "data"  # Where torchvision datasets are stored or downloaded to
    # Labels: a CSV with file_name, list_attr_celeba.txt, or 'classes' for the data's own
    attributes: str = ""
    images_of: str = "picture"  # What the images show, in the singular, such as face or digit
    licence: str = "not stated"  # Licence of the data and of the weights, for the card
    image_size: Literal[*SIZES_PX] = 32  # Side of the images, px
    crop: str = "center"  # 'center' (largest square), 'none', or a side in px
    flip: bool = True  # Mirror half of the images of each batch
    # Largest random translation of the images of a batch, px in each direction
    shift: Annotated[int, NOT_NEGATIVE] = 0

    # Systems narrow these two, and inherit a help that is a string, not one that is a comment
    prior: Literal[*PRIORS] = "sphere"
    """Distribution of the codes"""
    latent_size: Annotated[int, POSITIVE] = 256
    """Numbers in a code"""
    width: Annotated[int, POSITIVE] = 64  # Feature maps of G and E at full resolution
    nets: Literal[*NETS] = "common"  # Networks: the common ones, nested ones, or those of a paper
    norm: Literal["batch", "none"] = "batch"  # Normalisation in G and E

    batch_size: Annotated[int, POSITIVE] = 64  # Images a step, over all processes
    epochs: Annotated[float, POSITIVE] = 50.0  # Passes over the training images
    lr: Annotated[float, POSITIVE] = 3e-4  # Learning rate of G and E
    beta1: float = 0.9  # Adam's first decay rate
    beta2: float = 0.999  # Adam's second decay rate
    # Learning rate over time; cosine ends at 0
    schedule: Literal["constant", "inverse", "cosine"] = "inverse"
    lr_decay: float = 1e-4  # For the inverse schedule: lr / (1 + lr_decay * step)
    # Decay of the moving average of the weights, a step; 0 for none
    ema: Annotated[float, SHARE] = 0.0

    # Checkpoint whose networks this run continues from; a run's folder gives D too; nested networks
    # grow from those of a smaller --image-size
    start: str = ""
    # Networks to train, the others keep the weights that --start gave them; default all
    train: tuple[str, ...] = ()
    seed: Annotated[int, NOT_NEGATIVE] = 0  # Of weights, order, flips and codes
    device: str = "auto"  # auto, cpu, cuda, or cuda:N
    # bf16 autocast, fp32, or bf16 where it is faster
    precision: Literal["auto", "fp32", "bf16"] = "auto"
    compile: bool = False  # G and E through torch.compile; no gain on a CPU
    # Labelled images whose codes the checkpoint keeps, for the map
    keep_codes: Annotated[int, POSITIVE] = 4096
    store: Literal["float32", "half", "int8"] = "float32"  # How the checkpoint stores its weights
    checkpoint_minutes: float = 5.0  # Minutes from one checkpoint to the next
    log_every: int = 50  # Steps from one logged figure to the next

    def __post_init__(self):
        for name, hint in get_type_hints(type(self), include_extras=True).items():
            _check(name, getattr(self, name), hint)
        if self.crop not in ("center", "none") and not self.crop.isdigit():
            raise UserError(f"--crop takes 'center', 'none' or a side in px, not '{self.crop}'.")


def _check(name: str, value, hint) -> None:
    """UserError where a value is none of its field's choices or breaks its `Bound`."""
    if get_origin(hint) is tuple:
        for each in value:
            _check(name, each, get_args(hint)[0])
    elif get_origin(hint) is Literal:
        choose(f"value for {flag(name)}", value, get_args(hint))
    for bound in getattr(hint, "__metadata__", ()):
        if isinstance(bound, Bound) and not bound.holds(value):
            raise UserError(f"{flag(name)} must be {bound.words}.")


def option_names(options: type[Config]) -> list[str]:
    """Of a system's options, `framework` aside: a system has no choice there."""
    return [each.name for each in dataclasses.fields(options) if each.name != "framework"]


def resolve(framework: type, preset: str, given: dict) -> Config:
    """Defaults, then the preset, then the framework's part of it, then what is given; raises
    UserError for a preset or an option that the framework does not have."""
    choose("preset", preset, {**PRESETS, **framework.presets})
    shared, known = PRESETS.get(preset, {}), option_names(framework.Options)
    merged = {
        "out": f"runs/{framework.id}",
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
            raise UserError(f"{framework.id} has no option {name}; it has: {', '.join(known)}.")
    return framework.Options(framework=framework.id, **_tuples(values))


def read_toml(path: Path) -> dict:
    """The content of a TOML file; UserError where it is no TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{path.name}: {error}.") from None


def from_table(kind: type, table: dict, where: str):
    """`kind(**table)`, lists as tuples; UserError, `where` first, for an unknown or missing key."""
    signature = inspect.signature(kind)
    try:
        signature.bind_partial(**table)  # an unknown key is named before a missing one
        signature.bind(**table)
    except TypeError as error:
        known = ", ".join(signature.parameters)
        raise UserError(f"{where}: {error}; its keys are: {known}.") from None
    return kind(**_tuples(table))


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
