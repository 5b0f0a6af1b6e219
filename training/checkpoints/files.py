"""Files of a checkpoint, written atomically."""

import json
import os
from collections.abc import Callable
from pathlib import Path

from training.errors import UserError


class CheckpointError(UserError):
    """A checkpoint that cannot be used; the message names it and its fault."""


def write_atomically(path: Path, write: Callable[[Path], None]) -> None:
    """`write` to a file beside `path`, then rename it: a crash leaves the former file intact."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".part")
    try:
        write(temporary)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_json(path: Path, content: dict) -> None:
    text = json.dumps(content, indent=2) + "\n"
    write_atomically(path, lambda p: p.write_text(text, encoding="utf-8"))


def read_json(path: Path) -> dict:
    """The content of a JSON file, {} if there is none; raises CheckpointError."""
    if not path.is_file():
        return {}
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        raise CheckpointError(f"Checkpoint '{path.parent}': {path.name} is damaged.") from None
