"""Work that one waits for: said in words, with how far it is and a way to cancel it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QTimer
from shiboken6 import isValid

from imagineart_desktop.support import Progress
from imagineart_desktop.ui.widgets.message import InlineMessage

T = TypeVar("T")

_SAID_AFTER_MS = 150
"""What is done sooner is not announced."""

_STEP_MS = 100


class Waiting(QObject):
    """Says in a message what is waited for; one thing at a time."""

    def __init__(self, message: InlineMessage) -> None:
        super().__init__(message)
        self._message = message
        self._words = ""
        self._said = ""
        self._task: asyncio.Task[Any] | None = None
        self._progress: Progress | None = None
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._say)

    @property
    def is_busy(self) -> bool:
        """Return whether something is waited for that can be cancelled."""
        return self._task is not None

    def cancel(self) -> None:
        """Wait no longer."""
        if self._task is not None:
            self._task.cancel()

    async def on(self, words: str, work: Callable[[Callable[[Progress], object]], Coroutine[Any, Any, T]]) -> T | None:
        """Wait for the work; None once it is cancelled. words: what is done, as “Applying”.

        work: given what shows its progress. Nothing is said of what is begun while something else is waited for.
        """
        if self.is_busy:
            return await work(lambda _: None)
        self._words, self._said, self._progress = words, "", None
        task = self._task = asyncio.ensure_future(work(self._show))
        self._timer.start(_SAID_AFTER_MS)
        try:
            await asyncio.wait([task])
            return None if task.cancelled() else task.result()
        finally:
            task.cancel()
            if isValid(self):
                self._end()

    def _show(self, progress: Progress) -> None:
        self._progress = progress

    def _say(self) -> None:
        self._timer.start(_STEP_MS)
        share = "" if self._progress is None else f" {self._progress.share:.0%}"
        words = f"{self._words}…{share}"
        if not self._said:
            self._message.say(words, "info", {"Cancel": self.cancel})
        elif self._message.text() == self._said:
            self._message.set_text(words)
        else:
            # Another sentence took its place, or it was closed: the work goes on quietly.
            self._timer.stop()
        self._said = words

    def _end(self) -> None:
        self._timer.stop()
        self._task = None
        if self._said and self._message.text() == self._said:
            self._message.clear()
