"""Memory that the C library keeps after it is freed, given back to the system where it can be."""

import ctypes
from contextlib import suppress

ARENA_MAX, MMAP_THRESHOLD = -8, -3  # of glibc's mallopt
ARENAS, LARGE_BYTES = 4, 1 << 20


def economise() -> None:
    """Few heaps for the many threads, and pictures in blocks that are given back when freed."""
    with suppress(OSError, AttributeError):  # where the C library is another
        library = ctypes.CDLL(None)
        library.mallopt(ARENA_MAX, ARENAS)
        library.mallopt(MMAP_THRESHOLD, LARGE_BYTES)


def give_back() -> None:
    """What is free on the heaps goes back to the system."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
