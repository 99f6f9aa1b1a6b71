"""Limits the freed memory that glibc's allocator keeps, on Linux, and the garbage collections during imports."""

from __future__ import annotations

import ctypes
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8
"""Constants from glibc's malloc.h."""

_ARENAS = 2

_OWN_MAPPING = 2**20
"""Bytes from which a block is returned to the system as soon as it is freed."""


def bound_arenas() -> None:
    """Let all threads share two arenas instead of eight per core.

    Each arena keeps what its threads freed, so four decoding threads would hold the largest image several times.
    Large blocks stay out of them: without a fixed bound, glibc moves blocks of up to 32 MB into the arenas as soon as
    one of them was freed. Call this before the first thread starts: existing arenas stay.
    """
    if (libc := _glibc()) is not None:
        libc.mallopt(_M_ARENA_MAX, _ARENAS)
        libc.mallopt(_M_MMAP_THRESHOLD, _OWN_MAPPING)


def release_freed_memory() -> None:
    """Return freed memory to the system. Takes some milliseconds; callable from any thread."""
    if (libc := _glibc()) is not None:
        libc.malloc_trim(0)


@contextmanager
def collection_paused() -> Iterator[None]:
    """Collect no garbage while modules are imported.

    Nearly all that imports create stays. Each collection looks through it again, which takes a fourth as long as the
    rest of a start.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@cache
def _glibc() -> ctypes.CDLL | None:
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)
    return libc if hasattr(libc, "mallopt") and hasattr(libc, "malloc_trim") else None
