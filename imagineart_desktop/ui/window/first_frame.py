"""Waits for a window's first frame, so that background loading doesn't delay it."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

_MAX_WAIT = 1.0
"""Maximum time in seconds: a window that's minimized or covered may never be painted."""


async def first_frame(window: QWidget) -> None:
    """Wait until a window that's being shown has been painted."""
    watch = _PaintWatcher(window)
    with suppress(TimeoutError):
        async with asyncio.timeout(_MAX_WAIT):
            await watch.painted.wait()
    window.removeEventFilter(watch)


class _PaintWatcher(QObject):
    def __init__(self, window: QWidget) -> None:
        super().__init__()
        self.painted = asyncio.Event()
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Register the first paint event. The waiting task continues after the event was handled."""
        if event.type() is QEvent.Type.Paint:
            self.painted.set()
        return super().eventFilter(watched, event)
