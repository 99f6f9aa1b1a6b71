"""Debouncing with a maximum delay: many changes cause one run, which isn't postponed forever if they never pause.

Work that fails stays pending: it's retried after a pause, and at the latest when the program exits.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from PySide6.QtCore import QObject, QTimer
from shiboken6 import isValid

from imagineart_desktop.library import LibraryError
from imagineart_desktop.support import spawn

log = logging.getLogger(__name__)

DEBOUNCE_MS = 500
MAX_DELAY_MS = 1000
"""Half of the two seconds within which everything typed must be on disk, because writing takes time too."""
RETRY_MS = 5000

ReportError = Callable[[str], Callable[[], object] | None]
"""Shows why work failed. Returns a callback that removes the message, or None if it disappears on its own."""


def single_shot(parent: QObject, interval: int, work: Callable[[], object]) -> QTimer:
    """Return a timer that runs work once, an interval in milliseconds after it's started."""
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(interval)
    timer.timeout.connect(work)
    return timer


class Debouncer(QObject):
    """Runs `work` after `quiet` ms without a change, and at the latest `longest` ms after the first one.

    Runs never overlap. Changes made during a run cause another one. A run that raises LibraryError is retried every
    `retry` ms until one succeeds; on_trouble gets each new error message once.
    """

    def __init__(
        self,
        parent: QObject,
        work: Callable[[], Awaitable[object]],
        *,
        quiet: int = DEBOUNCE_MS,
        longest: int = MAX_DELAY_MS,
        retry: int = RETRY_MS,
        on_trouble: ReportError | None = None,
    ) -> None:
        super().__init__(parent)
        self._work = work
        self._changed = False
        self._running = asyncio.Lock()
        self._on_trouble = on_trouble
        self._last_error = ""
        self._withdraw: Callable[[], object] | None = None
        self._quiet, self._longest, self._retry = map(self._timer, (quiet, longest, retry))

    @property
    def is_pending(self) -> bool:
        """Whether a change is waiting for its run, or a run is in progress."""
        return self._changed or self._running.locked()

    def touch(self) -> None:
        """Register a change."""
        self._changed = True
        self._quiet.start()
        if not self._longest.isActive():
            self._longest.start()

    def forget(self) -> None:
        """Drop the changes registered so far."""
        self._changed = False
        self._stop_timers()

    async def flush(self) -> None:
        """Run now if anything changed since the last successful run; wait for a run in progress.

        Does nothing after the parent was deleted: the work needs it.
        """
        if not isValid(self):
            return
        self._stop_timers()
        async with self._running:
            if not self._changed:
                return
            self._changed = False
            try:
                await self._work()
            except LibraryError as error:
                self._changed = True
                if isValid(self):
                    self._failed(str(error))
            except BaseException:
                self._changed = True
                raise
            else:
                self._succeeded()

    def _failed(self, sentence: str) -> None:
        log.warning("work that was due failed; it is tried again")
        self._retry.start()
        if sentence != self._last_error and self._on_trouble is not None:
            self._last_error, self._withdraw = sentence, self._on_trouble(sentence)

    def _succeeded(self) -> None:
        if self._withdraw is not None:
            self._withdraw()
        self._last_error, self._withdraw = "", None

    def _stop_timers(self) -> None:
        for timer in (self._quiet, self._longest, self._retry):
            timer.stop()

    def _timer(self, interval: int) -> QTimer:
        return single_shot(self, interval, lambda: spawn(self.flush()))
