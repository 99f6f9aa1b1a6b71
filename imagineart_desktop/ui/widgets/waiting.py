"""Work that one waits for: said in words, with how far it is and a way to cancel it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal
from shiboken6 import isValid

from imagineart_desktop.support import Progress
from imagineart_desktop.ui.widgets.message import Said

T = TypeVar("T")

_SAID_AFTER_MS = 150
"""What is done sooner is not announced."""

_STEP_MS = 100


@dataclass(slots=True, eq=False)
class _Work:
    """words: what is done. progress: None until the work tells how far it is.

    ends: it is cancelled by its progress, and then says what it came to.
    """

    words: str
    ends: bool
    task: asyncio.Task[Any] | None = None
    progress: Progress | None = None

    def show(self, progress: Progress) -> None:
        self.progress = progress

    def sentence(self) -> str:
        # Of some work nothing is known before its end.
        share = "" if self.progress is None or not self.progress.share else f" {self.progress.share:.0%}"
        return f"{self.words}…{share}"

    def cancel(self) -> None:
        if self.ends and self.progress is not None:
            self.progress.cancel()
        elif self.task is not None:
            self.task.cancel()


class WorkTeller(Protocol):
    """A widget that says what is waited for, such as a message or the status bar."""

    def say_work(self, words: str, cancel: Callable[[], object]) -> Said: ...


class Waiting(QObject):
    """Says in a message what is waited for: of several the one that began last, which is the one that is cancelled."""

    changed = Signal()
    """Something is waited for, or nothing any more."""

    def __init__(self, message: WorkTeller) -> None:
        super().__init__(message if isinstance(message, QObject) else None)
        self._message = message
        self._works: list[_Work] = []
        self._said: Said | None = None
        self._words = ""
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._say)

    @property
    def is_busy(self) -> bool:
        """Return whether something is waited for that can be cancelled."""
        return bool(self._works)

    @property
    def words(self) -> str:
        """Return what is waited for and how far it is; empty where nothing is."""
        return self._works[-1].sentence() if self._works else ""

    def cancel(self) -> None:
        """Wait no longer."""
        if self._works:
            self._works[-1].cancel()

    async def on(
        self,
        words: str,
        work: Callable[[Callable[[Progress], object]], Coroutine[Any, Any, T]],
        *,
        ends: bool = False,
    ) -> T | None:
        """Wait for the work; None once it is cancelled. words: what is done, as “Applying”.

        work: given what shows its progress. ends: once cancelled it ends at its next step, by its progress, and its
        result says how far it came.
        """
        one = _Work(words, ends)
        task = asyncio.ensure_future(work(one.show))
        one.task = task
        self._works.append(one)
        self._begin()
        try:
            await asyncio.wait([task])
            return None if task.cancelled() else task.result()
        finally:
            task.cancel()
            if isValid(self):
                self._end(one)

    def _begin(self) -> None:
        self._withdraw()
        self._timer.start(_SAID_AFTER_MS)
        self.changed.emit()

    def _say(self) -> None:
        self._timer.start(_STEP_MS)
        words = self._works[-1].sentence()
        if self._said is None:
            self._said = self._message.say_work(words, self.cancel)
        elif self._said.is_shown:
            # Each change repaints what lies below.
            if words != self._words:
                self._said.change(words)
        else:
            # Another sentence took its place: the work goes on quietly.
            self._timer.stop()
        self._words = words

    def _end(self, one: _Work) -> None:
        was_last = self._works[-1] is one
        self._works.remove(one)
        if was_last:
            self._timer.stop()
            self._withdraw()
        if was_last and self._works:
            self._timer.start(_SAID_AFTER_MS)
        self.changed.emit()

    def _withdraw(self) -> None:
        if self._said is not None:
            self._said.withdraw()
        self._said = None
