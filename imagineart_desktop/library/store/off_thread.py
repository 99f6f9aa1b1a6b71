"""How the library's parts run blocking work without waiting for it in the event loop."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

T = TypeVar("T")


class OffThread(Protocol):
    """Runs blocking work on another thread, and returns its awaited result."""

    def __call__(self, work: Callable[[], T], /) -> Awaitable[T]:
        """Run the work."""
