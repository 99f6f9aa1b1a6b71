"""Bound what glibc's allocator keeps of freed memory. Does nothing on other systems."""

from __future__ import annotations

import ctypes
import sys
from functools import cache

_M_ARENA_MAX = -8
"""From glibc's malloc.h."""

_ARENAS = 2


def bound_arenas() -> None:
    """Have all threads share two arenas instead of eight per core.

    Each arena keeps what its threads freed: a pool of four that decodes images holds the largest image several times.
    Call this before the first thread starts, for arenas that exist stay.
    """
    if (libc := _glibc()) is not None:
        libc.mallopt(_M_ARENA_MAX, _ARENAS)


def release_freed_memory() -> None:
    """Give freed memory back to the system. Takes some milliseconds; any thread may do it."""
    if (libc := _glibc()) is not None:
        libc.malloc_trim(0)


@cache
def _glibc() -> ctypes.CDLL | None:
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)
    return libc if hasattr(libc, "mallopt") and hasattr(libc, "malloc_trim") else None
