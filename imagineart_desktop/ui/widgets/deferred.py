"""Parts of the window that are built when they are first used, for most of them never are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

Part = TypeVar("Part")


class Deferred(Generic[Part]):
    """Call it to get the part. `once_built` connects it, without building it for that alone."""

    def __init__(self, build: Callable[[], Part]) -> None:
        self._build = build
        self._part: Part | None = None
        self._noted: list[Callable[[Part], object]] = []

    @property
    def built(self) -> Part | None:
        """The part, if there is one by now."""
        return self._part

    def __call__(self) -> Part:
        """Return the part. It is built now if it was not."""
        if self._part is None:
            self._part = self._build()
            noted, self._noted = self._noted, []
            for work in noted:
                work(self._part)
        return self._part

    def once_built(self, work: Callable[[Part], object]) -> None:
        """Do this to the part as soon as there is one."""
        if self._part is not None:
            work(self._part)
        else:
            self._noted.append(work)
