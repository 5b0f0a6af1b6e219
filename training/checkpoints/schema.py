"""What the files of a checkpoint hold; one that holds anything else is refused when it is read."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, FiniteFloat, Json, JsonValue, NonNegativeInt

from training.codes.directions import METHODS
from training.schema import LabelName, Strict

Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class Trained(Strict):
    """Facts of a training."""

    images_seen: NonNegativeInt = 0
    images_seen_before: NonNegativeInt = 0
    training_images: NonNegativeInt = 0
    epochs: FiniteFloat = 0.0
    hours: FiniteFloat = 0.0
    hardware: str = "unknown hardware"
    torch: str = "unknown"


class Content(Strict):
    """config.json."""

    format: int
    framework: str
    weights_sha256: Digest
    trained: Trained
    settings: dict[str, JsonValue]


class Refined(Strict):
    """After how many steps refined codes were measured, and on how many images."""

    steps: NonNegativeInt
    images: NonNegativeInt


class Domain(Strict):
    """`measure.domain.calibrate`."""

    mean: list[FiniteFloat]
    precision: list[list[FiniteFloat]]
    limit: FiniteFloat
    auc: FiniteFloat
    beyond: FiniteFloat
    others_beyond: FiniteFloat
    images: NonNegativeInt
    data: list[str]
    others: list[str]


class Traded(Strict):
    """Of refined codes: mean squared error, and sharpness relative to the images'."""

    mse: FiniteFloat
    sharpness: FiniteFloat


class Objectives(Strict):
    """`measure.objectives.trade`."""

    figures: dict[str, Traded]
    steps: NonNegativeInt
    images: NonNegativeInt
    data: list[str]


class Metrics(Strict):
    """metrics.json; left_out: figures that were measured and are not finite."""

    figures: dict[str, FiniteFloat]
    left_out: list[str] = []
    images: NonNegativeInt
    data: list[str]
    refined: Refined
    features: str
    weights_sha256: Digest
    domain: Domain | None = None
    objectives: Objectives | None = None


class Point(Strict):
    """Figures of a run at one time."""

    images_seen: NonNegativeInt


class Curve(Strict):
    """curve.json."""

    points: list[Point] = []


def _distinct(names: list[str]) -> list[str]:
    if len({*names}) < len(names):
        raise ValueError("each name must be there once")
    return names


class Names(Strict):
    """The metadata of latents.safetensors."""

    names: Json[Annotated[list[LabelName], AfterValidator(_distinct)]]
    methods: Json[list[Literal[*METHODS]]] = []
