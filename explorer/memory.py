"""Memory that the C library keeps after it is freed, given back to the system where it can be."""

import ctypes
from contextlib import suppress

ARENA_MAX, MMAP_THRESHOLD, TRIM_THRESHOLD = -8, -3, -1  # of glibc's mallopt
LARGE_BYTES, FREE_BYTES = 32 << 20, 256 << 20


def economise() -> None:
    """One heap for all threads: of any other `give_back` leaves the end, which grows with what its
    threads take at a time and never shrinks. What is freed is used again until it is given back:
    fresh pages for every tensor would take a fifth of the time."""
    with suppress(OSError, AttributeError):  # where the C library is another
        library = ctypes.CDLL(None)
        library.mallopt(ARENA_MAX, 1)
        library.mallopt(MMAP_THRESHOLD, LARGE_BYTES)
        library.mallopt(TRIM_THRESHOLD, FREE_BYTES)


def give_back() -> None:
    """What is free on the heap goes back to the system; some ms, in which nobody allocates."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
