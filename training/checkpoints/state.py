"""state.pt: what resuming a run needs, beside its checkpoint."""

import hashlib
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from pydantic import ConfigDict, FiniteFloat, NonNegativeInt
from torch import Tensor

from training.checkpoints.files import CheckpointError
from training.checkpoints.schema import Digest
from training.memory import loading
from training.schema import Strict

STATE = "state.pt"


class Images(Strict):
    """Which images a run was trained on."""

    count: NonNegativeInt
    names_sha256: Digest

    @classmethod
    def named(cls, names: Sequence[str]) -> "Images":
        text = "\n".join(names).encode("utf-8", "surrogateescape")
        return cls(count=len(names), names_sha256=hashlib.sha256(text).hexdigest())


class Networks(Strict):
    """What state.pt has for `--start`."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    framework: dict[str, Tensor]


class State(Networks):
    """The content of state.pt; images, seen_before: None in those of earlier versions; the latter
    are images that the checkpoints had seen that it started from."""

    config: dict[str, Any]
    step: NonNegativeInt
    seconds: FiniteFloat
    averaged: dict[str, Tensor] | None
    optimizers: list[dict[str, Any]]
    images: Images | None = None
    seen_before: NonNegativeInt | None = None


def read_state(directory: Path, kind: type[Networks]) -> Networks:
    """The state of the run in a folder, as a `State` or its `Networks` alone; raises UserError."""
    path = directory / STATE
    with loading(path, damaged(directory)):
        with zipfile.ZipFile(path) as archive:
            if archive.testzip():  # its sums, which PyTorch does not check
                raise ValueError
        return kind.model_validate(torch.load(path, map_location="cpu", weights_only=True))


def damaged(directory: Path) -> CheckpointError:
    return CheckpointError(
        f"'{directory / STATE}' is damaged: put a whole copy in its place, or remove "
        f"'{directory}' to start anew."
    )
