"""Parts of the window that are built on first use, because most of them are never needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

Part = TypeVar("Part")


class Lazy(Generic[Part]):
    """A lazily built part; call it to get the part.

    `when_built` registers a callback, e.g. to connect signals, without causing the part to be built.
    """

    def __init__(self, build: Callable[[], Part]) -> None:
        self._build = build
        self._part: Part | None = None
        self._noted: list[Callable[[Part], object]] = []

    @property
    def built(self) -> Part | None:
        """The part, or None if it isn't built yet."""
        return self._part

    def __call__(self) -> Part:
        """Return the part, building it on the first call."""
        if self._part is None:
            self._part = self._build()
            noted, self._noted = self._noted, []
            for work in noted:
                work(self._part)
        return self._part

    def when_built(self, work: Callable[[Part], object]) -> None:
        """Run the callback once the part is built: now if it already is."""
        if self._part is not None:
            work(self._part)
        else:
            self._noted.append(work)
