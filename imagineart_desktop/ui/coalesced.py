"""Debounced work with a longest wait: many changes cause one run, and no run waits for a pause that never comes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from PySide6.QtCore import QObject, QTimer

from imagineart_desktop.ui.loop import spawn

QUIET_MS = 500
LONGEST_MS = 1000
"""Half of the two seconds within which everything typed is on the disk: writing it takes time as well."""


class Coalesced(QObject):
    """Runs `work` after `quiet` ms without a change, and at the latest `longest` ms after the first one.

    Runs never overlap. Changes made during a run cause another one.
    """

    def __init__(
        self,
        parent: QObject,
        work: Callable[[], Awaitable[object]],
        *,
        quiet: int = QUIET_MS,
        longest: int = LONGEST_MS,
    ) -> None:
        super().__init__(parent)
        self._work = work
        self._changed = False
        self._running = asyncio.Lock()
        self._quiet, self._longest = self._timer(quiet), self._timer(longest)

    @property
    def is_pending(self) -> bool:
        """Whether a change still waits for its run, or the run is under way."""
        return self._changed or self._running.locked()

    def touch(self) -> None:
        """Note a change."""
        self._changed = True
        self._quiet.start()
        if not self._longest.isActive():
            self._longest.start()

    async def flush(self) -> None:
        """Run now if anything changed since the last run; wait for a run under way."""
        self._quiet.stop()
        self._longest.stop()
        async with self._running:
            if self._changed:
                self._changed = False
                await self._work()

    def _timer(self, interval: int) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(interval)
        timer.timeout.connect(lambda: spawn(self.flush()))
        return timer
