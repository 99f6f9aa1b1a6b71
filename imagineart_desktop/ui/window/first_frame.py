"""Waits for the first frame of a window, so that what loads in the background does not hold it up."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

_LONGEST = 1.0
"""Seconds to wait at most: a window that is minimized or covered may not be painted at all."""


async def first_frame(window: QWidget) -> None:
    """Wait until a window that is being shown was painted."""
    watch = _Watch(window)
    with suppress(TimeoutError):
        async with asyncio.timeout(_LONGEST):
            await watch.painted.wait()
    window.removeEventFilter(watch)


class _Watch(QObject):
    def __init__(self, window: QWidget) -> None:
        super().__init__()
        self.painted = asyncio.Event()
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note the first paint event. Whoever waits goes on once it was handled."""
        if event.type() is QEvent.Type.Paint:
            self.painted.set()
        return super().eventFilter(watched, event)
