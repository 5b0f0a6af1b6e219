"""Tiny pictures, settings and systems: everything here runs in seconds on two cores."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch.nn.functional import one_hot

from training.config import option_names, resolve
from training.data import ImageSet
from training.frameworks import FRAMEWORKS, Framework

TINY = {"width": 4, "d_width": 4, "batch_size": 8, "precision": "fp32"}
CHECKPOINTS = Path(__file__).parents[2] / "checkpoints"
CLASSES = ("disc", "square", "ring")


def draw(index: int, size: int = 40) -> Image.Image:
    """A disc on a plain ground, both of colours and places that the index decides."""
    rng = np.random.default_rng(index)
    rows, columns = np.mgrid[:size, :size]
    x, y, radius = rng.uniform(0.3, 0.7, 2).tolist() + [rng.uniform(0.15, 0.3)]
    inside = (rows - size * y) ** 2 + (columns - size * x) ** 2 < (size * radius) ** 2
    ground, disc = rng.integers(0, 256, (2, 3))
    return Image.fromarray(np.where(inside[..., None], disc, ground).astype(np.uint8))


def draw_into(folder: Path, count: int) -> None:
    """Pictures `00.png`, `01.png` and so on, in a new folder."""
    folder.mkdir()
    for index in range(count):
        draw(index).save(folder / f"{index:02d}.png")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """40 pictures `00.png`…`39.png`, half of them one folder down."""
    root = tmp_path / "pictures"
    (root / "deeper").mkdir(parents=True)
    for index in range(40):
        draw(index).save((root / "deeper" if index % 2 else root) / f"{index:02d}.png")
    return root


@pytest.fixture
def images() -> ImageSet:
    """40 pictures, each said to be of one of `CLASSES`."""
    arrays = np.stack([np.asarray(draw(i).resize((32, 32))) for i in range(40)])
    tensor = torch.from_numpy(arrays).permute(0, 3, 1, 2).contiguous()
    labels = one_hot(torch.arange(40) % len(CLASSES), len(CLASSES)).bool()
    names = [f"{i:02d}.png" for i in range(40)]
    known = torch.ones(40, dtype=torch.bool)
    return ImageSet(tensor, names, labels=labels, attributes=CLASSES, labelled=known)


def config_of(framework: str, **overrides):
    """The system's settings for two cores, made tiny."""
    system = FRAMEWORKS[framework]
    size = min(resolve(system, "small", {}).latent_size, 8)
    tiny = heeded(system, {**TINY, "latent_size": size, "labels": CLASSES, "ema": 0.0})
    return resolve(system, "small", {**tiny, **overrides})


def heeded(system: type[Framework], settings: dict) -> dict:
    """Those of the settings that are options of the system."""
    return {name: settings[name] for name in settings.keys() & option_names(system.Options)}
