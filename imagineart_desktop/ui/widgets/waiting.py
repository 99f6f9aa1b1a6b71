"""Pending work, shown with its progress and a way to cancel it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal
from shiboken6 import isValid

from imagineart_desktop.support import Progress
from imagineart_desktop.ui.widgets.message import MessageHandle

T = TypeVar("T")

_SHOW_AFTER_MS = 150
"""Milliseconds; work that takes less time isn't announced."""

_UPDATE_MS = 100


@dataclass(slots=True, eq=False)
class _PendingItem:
    """Pending work. words: the activity; progress: None until the work reports it.

    ends: it's canceled through its progress, and then returns a partial result. is_canceled: it goes on at most until
    its next step, and isn't shown meanwhile.
    """

    words: str
    ends: bool
    task: asyncio.Task[Any] | None = None
    progress: Progress | None = None
    is_canceled: bool = False

    def show(self, progress: Progress) -> None:
        self.progress = progress

    def sentence(self) -> str:
        # Some work has no progress information before its end.
        share = "" if self.progress is None or not self.progress.share else f" {self.progress.share:.0%}"
        return f"{self.words}…{share}"

    def cancel(self) -> None:
        self.is_canceled = True
        if self.ends and self.progress is not None:
            self.progress.cancel()
        elif self.task is not None:
            self.task.cancel()


class WorkMessage(Protocol):
    """A widget that shows pending work, such as a message or the status bar."""

    def say_work(self, words: str, cancel: Callable[[], object]) -> MessageHandle: ...

    def text(self) -> str:
        """Return what is shown; empty if nothing is."""
        ...


class PendingWork(QObject):
    """Shows pending work in a message. If there are several, shows the most recent one that isn't canceled."""

    changed = Signal()
    """Emitted when work starts or ends."""

    def __init__(self, message: WorkMessage) -> None:
        super().__init__(message if isinstance(message, QObject) else None)
        self._message = message
        self._works: list[_PendingItem] = []
        self._said: MessageHandle | None = None
        self._words = ""
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._say)

    @property
    def is_busy(self) -> bool:
        """Whether there is pending work, including work that is canceled but hasn't stopped yet."""
        return bool(self._works)

    @property
    def _current(self) -> _PendingItem | None:
        """The work to show: the most recent that isn't canceled."""
        return next((one for one in reversed(self._works) if not one.is_canceled), None)

    @property
    def words(self) -> str:
        """The activity and its progress; empty if nothing is pending."""
        return self._works[-1].sentence() if self._works else ""

    def cancel(self) -> None:
        """Cancel the most recent work that isn't canceled yet, and stop showing it."""
        if (one := self._current) is not None:
            one.cancel()
            self._show_current()

    async def on(
        self,
        words: str,
        work: Callable[[Callable[[Progress], object]], Coroutine[object, None, T]],
        *,
        ends: bool = False,
    ) -> T | None:
        """Wait for the work. Return None if it's canceled. words: the activity, e.g. “Applying”.

        work: gets a callback that shows its progress. ends: canceling the progress makes the work stop at its next
        step, and its result tells how far it got.
        """
        one = _PendingItem(words, ends)
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
        self._show_current()
        self.changed.emit()

    def _show_current(self) -> None:
        """Withdraw what is shown, and show the work that is current now after a while."""
        self._withdraw()
        if self._current is not None:
            self._timer.start(_SHOW_AFTER_MS)
        else:
            self._timer.stop()

    def _say(self) -> None:
        if (one := self._current) is None:
            return
        self._timer.start(_UPDATE_MS)
        words = one.sentence()
        if self._said is not None and self._said.is_shown:
            # Each change repaints what's below the message.
            if words != self._words:
                self._said.change(words)
        elif self._said is None or not self._message.text():
            # A sentence that took its place stays until it's closed.
            self._said = self._message.say_work(words, self.cancel)
        self._words = words

    def _end(self, one: _PendingItem) -> None:
        was_current = self._current is one
        self._works.remove(one)
        if was_current:
            self._show_current()
        self.changed.emit()

    def _withdraw(self) -> None:
        if self._said is not None:
            self._said.close()
        self._said = None
