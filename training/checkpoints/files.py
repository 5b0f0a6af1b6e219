"""Files of a checkpoint: written atomically, and refused where they hold something else."""

import contextlib
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from pydantic import ValidationError
from safetensors import SafetensorError

from training.errors import UserError, refusal
from training.schema import Strict, fault


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
    """Raises CheckpointError for a number that is not finite: `read_json` would refuse the file."""
    try:
        text = json.dumps(content, indent=2, allow_nan=False) + "\n"
    except ValueError:
        name = f"Checkpoint '{path.parent}': {path.name}"
        raise CheckpointError(
            f"{name} is not written, as a figure is not finite: measure on other images."
        ) from None
    write_atomically(path, lambda p: p.write_text(text, encoding="utf-8"))


@contextlib.contextmanager
def reading(path: Path) -> Iterator[None]:
    """What is wrong with a checkpoint's file becomes a CheckpointError that names both."""
    name = f"Checkpoint '{path.parent}': {path.name}"
    try:
        yield
    except OSError as error:
        raise CheckpointError(f"{name} cannot be read: {refusal(error)}.") from None
    except ValidationError as error:
        where, what = fault(error)
        part = f": {where} {what}" if where else ""
        raise CheckpointError(f"{name} is damaged{part}.") from None
    except SafetensorError:
        raise CheckpointError(f"{name} is damaged.") from None


def read_json(path: Path, kind: type[Strict] = Strict) -> dict:
    """The content of a JSON file, {} if there is none; raises CheckpointError."""
    if not path.exists():
        return {}
    with reading(path):
        return kind.model_validate_json(path.read_bytes()).model_dump(exclude_unset=True)
