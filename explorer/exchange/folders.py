"""Where models lie, and which networks a folder holds."""

import hashlib
import os
from pathlib import Path

import torch

from explorer.exchange.description import MODEL
from explorer.exchange.pair import Network, Pair
from training import checkpoints
from training.errors import UserError
from training.networks.folding import folded


def folders(root: str | Path) -> dict[str, Path]:
    """The folders of models by name, SET/NAME: those under `root`, and those that are `given`.
    Raises UserError where two have one name."""
    under = Path(str(root).split(os.pathsep)[0]).glob("*/*")
    found = sorted(filter(_filled, under))
    named: dict[str, Path] = {}
    for folder in [*found, *given(root)]:
        name = f"{folder.parent.name}/{folder.name}"
        other = named.setdefault(name, folder)
        if other.resolve() != folder.resolve():
            raise UserError(f"Both {other} and {folder} would be {name}: rename a folder of one.")
        named[name] = folder
    return named


def _filled(folder: Path) -> bool:
    """Whether it is a folder that holds anything; so is one that cannot be read, of which that is
    said where it is loaded."""
    try:
        return folder.is_dir() and any(folder.iterdir())
    except OSError:
        return True


def given(root: str | Path) -> list[Path]:
    """The folders of single models that `root` names after the first, separated as in PATH."""
    return [Path(place).resolve() for place in str(root).split(os.pathsep)[1:]]


def weights(directory: Path) -> str:
    """The SHA-256 of a pair's networks; a checkpoint's config.json has that of its own."""
    files = sorted(directory.glob("*.onnx"))
    digests = (hashlib.sha256(file.read_bytes()).digest() for file in files)
    return hashlib.sha256(b"".join(digests)).hexdigest()


def networks(directory: Path, device: torch.device) -> tuple[Network, dict]:
    """The networks of a folder, of a pair or of a checkpoint, with the facts of their training, as
    in config.json; raises CheckpointError."""
    if (directory / MODEL).is_file():
        return Pair(directory), {"trained": {}}
    network, config = checkpoints.read(directory, device)
    return folded(network).to(memory_format=torch.channels_last), config
