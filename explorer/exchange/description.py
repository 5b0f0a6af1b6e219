"""model.json: what a pair of ONNX networks is, as a schema with a version."""

from functools import reduce
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from explorer.pictures.arrays import LARGEST_PX
from training.checkpoints import CheckpointError, reading
from training.codes import priors
from training.codes.priors import Prior
from training.frameworks import FRAMEWORKS
from training.frameworks.base import CodeLabels
from training.schema import POSITIVE, CodeSize, Strict, at_most

MODEL, ENCODER, DECODER, PRIOR = "model.json", "encoder.onnx", "decoder.onnx", "prior.onnx"
VERSION = 1
Word = Annotated[str, StringConstraints(max_length=200)]
Crop = Annotated[str, StringConstraints(pattern=r"^(center|none|[1-9][0-9]{0,5})$")]
ImageSize = Annotated[int, POSITIVE, at_most(LARGEST_PX)]
KINDS: dict[str, type[Prior]] = {
    "normal": priors.Normal,
    "sphere": priors.Sphere,
    "uniform": priors.Box,
    "mixture": priors.Mixture,
    "swiss-roll": priors.SwissRoll,
    "one-hot": priors.OneHot,
    "switches": priors.Switches,
}
NETWORKS = ("fitted", "pushed-forward")  # what prior.onnx makes of standard normal noise
OFFERED = ("normal", "sphere", "uniform", "fitted")  # for models of others


class Part(Strict, extra="forbid", frozen=True):
    """A prior over `size` consecutive numbers of the code. noise: numbers that prior.onnx takes;
    classes: of a mixture or a swiss roll."""

    kind: Literal[*KINDS, *NETWORKS]
    size: CodeSize
    noise: CodeSize | None = None
    classes: CodeSize | None = None


class Description(Strict, extra="forbid", frozen=True):
    """The content of model.json. `crop` is how images were cropped for training. The parts of the
    prior make up the code, in order; the code ends in the labels, of which it has exactly one where
    they are `exclusive`."""

    version: Literal[VERSION] = VERSION
    name: Word
    system: Word = ""
    image_size: ImageSize
    crop: Crop = "center"
    code_length: CodeSize
    prior: Annotated[list[Part], Field(min_length=1)]
    images_of: Word = "picture"
    labels: list[Word] = []
    exclusive: bool = False
    licence: str = "not stated"
    explanation: str = ""

    @property
    def title(self) -> str:
        """Of its system where that is ours, else its own name."""
        return FRAMEWORKS[self.system].title if self.system in FRAMEWORKS else self.name

    @property
    def code_labels(self) -> CodeLabels | None:
        return CodeLabels(tuple(self.labels), self.exclusive) if self.labels else None


def read(directory: Path) -> Description:
    """model.json of a folder, checked; raises CheckpointError."""
    with reading(directory / MODEL):
        found = Description.model_validate_json((directory / MODEL).read_bytes())
    if len(found.labels) > found.code_length:
        raise CheckpointError(f"Model '{directory}': {MODEL} has more labels than code_length.")
    total = sum(part.size for part in found.prior)
    if total != found.code_length:
        raise CheckpointError(
            f"Model '{directory}': the prior in {MODEL} is over {total} numbers, but code_length "
            f"is {found.code_length}."
        )
    return found


def parts_of(prior: Prior) -> list[Part]:
    """How model.json describes a prior."""
    match prior:
        case priors.Joint():
            return [*parts_of(prior.first), *parts_of(prior.second)]
        case priors.PushedForward():
            return [Part(kind="pushed-forward", size=prior.size, noise=prior.source.size)]
    kind = next(kind for kind, each in KINDS.items() if type(prior) is each)
    return [Part(kind=kind, size=prior.size, classes=getattr(prior, "classes", None))]


def prior_of(description: Description, network=None) -> Prior:
    """The prior that model.json describes; `network` is prior.onnx, where a part needs it."""

    def made(part: Part) -> Prior:
        if part.kind in NETWORKS:
            return priors.PushedForward(part.size, priors.Normal(part.noise or part.size), network)
        further = {"classes": part.classes} if part.classes else {}
        return KINDS[part.kind](part.size, **further)

    return reduce(priors.joint, map(made, description.prior))
