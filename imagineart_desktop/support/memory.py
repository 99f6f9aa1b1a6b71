"""Limits on the freed memory that glibc's allocator keeps (Linux), and on garbage collection at start and end."""

from __future__ import annotations

import atexit
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
"""Size, in bytes, from which a block gets its own mapping and returns to the system as soon as it's freed."""


def limit_malloc_arenas() -> None:
    """Make all threads share two arenas, instead of eight per core.

    Each arena keeps what its threads freed, so four decoding threads would hold the largest image several times. Large
    blocks stay out of the arenas: without a fixed threshold, glibc moves blocks of up to 32 MB into them once one has
    been freed. Call this before the first thread starts, because existing arenas stay.
    """
    if (libc := _glibc()) is not None:
        libc.mallopt(_M_ARENA_MAX, _ARENAS)
        libc.mallopt(_M_MMAP_THRESHOLD, _OWN_MAPPING)


def release_freed_memory() -> None:
    """Return freed memory to the system. Takes a few milliseconds; can be called from any thread."""
    if (libc := _glibc()) is not None:
        libc.malloc_trim(0)


@contextmanager
def gc_paused() -> Iterator[None]:
    """Disable garbage collection while modules are imported.

    Nearly everything that imports create stays alive. Each collection scans it again; that takes a quarter as long as
    the rest of the startup.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def skip_last_collection() -> None:
    """Let the process end without a last search for cyclic garbage: the system takes the memory back anyway.

    The search takes as long as a tenth of a short command.
    """
    atexit.register(gc.freeze)


@cache
def _glibc() -> ctypes.CDLL | None:
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)
    return libc if hasattr(libc, "mallopt") and hasattr(libc, "malloc_trim") else None
