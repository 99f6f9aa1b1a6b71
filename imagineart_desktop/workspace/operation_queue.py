"""Operations that run one after the other, and whose name is shown once one takes long."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, NamedTuple, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from imagineart_desktop.support import Progress
from imagineart_desktop.workspace.background import PendingWorkPresenter, ShowProgress

T = TypeVar("T")

_SLOW_AFTER_MS = 300
"""Milliseconds before a running operation is shown."""


class QueuePlace(NamedTuple):
    """An operation in the queue. cancelled, failed: how many had been canceled, or had failed, when it was queued."""

    name: str
    cancelled: int
    failed: int


class OperationQueue(QObject):
    """Gives operations their turns, and knows which of them is running.

    waiting: shows the progress of the running one and cancels it.
    """

    slow_changed = Signal(str)
    """The name of an operation that takes noticeably long; empty when it ends."""
    dropped = Signal(str)
    """The operation of this name isn't run: one that it waited for failed."""
    queued = Signal(str, str)
    """An operation runs after another one that takes long: the names of both."""

    def __init__(self, parent: QObject, waiting: PendingWorkPresenter) -> None:
        super().__init__(parent)
        self.running = ""
        """The name of the running operation; empty if there is none."""
        self._waiting = waiting
        self._turn = asyncio.Lock()
        self._task: asyncio.Task[Any] | None = None
        self._cancelled = self._failed = 0
        """How many operations were canceled, or failed, each with those that waited for it."""
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_SLOW_AFTER_MS)
        self._patience.timeout.connect(self._show_slow)

    @property
    def doing(self) -> str:
        """Return the name of an operation that already takes long, otherwise an empty string."""
        return "" if self._patience.isActive() else self.running

    async def wait(self) -> None:
        """Wait for running and queued operations; until they finish, what they change stays as it is.

        Doesn't wait for those whose `turn` wasn't requested yet.
        """
        async with self._turn:
            pass

    def enqueue(self, name: str) -> QueuePlace:
        """Return a place behind the operations that are running or waiting now, for `turn`."""
        if self.doing:
            self.queued.emit(name, self.doing)
        return QueuePlace(name, self._cancelled, self._failed)

    @asynccontextmanager
    async def turn(self, place: QueuePlace, applies: Callable[[], bool]) -> AsyncIterator[bool]:
        """Wait for earlier operations; then yield whether this one may run.

        It may not if one of them failed, with `dropped` emitted, if one was canceled, or if it no longer `applies`.
        """
        async with self._turn:
            if not applies():
                yield False
            elif place.failed != self._failed:
                self.dropped.emit(place.name)
                yield False
            elif place.cancelled != self._cancelled:
                yield False
            else:
                try:
                    yield True
                except Exception:
                    # What waited for it was meant for its outcome.
                    self._failed += 1
                    raise

    @contextmanager
    def naming(self, name: str) -> Iterator[None]:
        """Show this name while the context is active, if that takes long."""
        self.running = name
        self._patience.start()
        try:
            yield
        finally:
            self.running = ""
            if not self._patience.isActive():
                self.slow_changed.emit("")
            self._patience.stop()

    def _show_slow(self) -> None:
        self.slow_changed.emit(self.running)

    async def wait_for(self, words: str, progress: Progress, run: Callable[[], Coroutine[object, None, T]]) -> T | None:
        """Wait for the running operation, showing its progress. Return its outcome, or None if canceled."""

        async def work(show: ShowProgress) -> T:
            self._task = asyncio.current_task()
            show(progress)
            return await run()

        try:
            done = await self._waiting.on(words, work)
        finally:
            self._task = None
        if done is None:
            progress.cancel()
        return done

    def note_cancelled(self) -> None:
        """Take the user's canceling of the running operation as meant for those that wait for it, too."""
        self._cancelled += 1

    def cancel_running(self) -> None:
        """Cancel the running operation: what it works on is replaced."""
        if self._task is not None:
            self._task.cancel()
