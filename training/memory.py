"""Too little memory, in whichever way it is said, and files that are loaded whatever they hold."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from training.errors import UserError, refusal

# What a RuntimeError says of it: on a CPU, on a GPU or MPS, and in a library of CUDA
PHRASES = ("DefaultCPUAllocator", "out of memory", "STATUS_ALLOC_FAILED")


def short_of_memory(error: Exception) -> bool:
    """Whether an error says that there is too little memory, of the machine or of a device."""
    if isinstance(error, RuntimeError):
        return any(phrase in str(error) for phrase in PHRASES)
    return isinstance(error, MemoryError)


@contextmanager
def loading(path: Path, damaged: UserError) -> Iterator[None]:
    """What ends the loading of a file becomes `damaged`, since an unpickler raises any error, or a
    UserError that says why a sound file cannot be read."""
    try:
        yield
    except OSError as error:
        raise UserError(f"'{path}' cannot be read: {refusal(error)}.") from None
    except Exception as error:
        if short_of_memory(error):
            raise UserError(f"'{path}' cannot be read: there is too little memory.") from None
        raise damaged from None
