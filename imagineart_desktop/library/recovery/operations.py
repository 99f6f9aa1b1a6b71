"""Long-running operations on a library: which ones are running, and a notice for each one interrupted.

The window waits for them before it closes. A crash, a kill or the end of the session can still interrupt one; the
next start reports it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial

from imagineart_desktop.library.errors import LibraryClosedError
from imagineart_desktop.library.store.notices import Notice, NoticeCode, Notices


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """A running operation.

    describe: returns what it does and its progress; stop: cancels it at its next step, None if it can't be
    canceled.
    """

    describe: Callable[[], str]
    stop: Callable[[], object] | None


class StoppedByClosing:
    """Whether an operation was stopped because the window closes."""

    def __init__(self, operations: Operations) -> None:
        self._operations = operations
        self.is_noted = False

    def note_stopped(self) -> None:
        """Note that the operation was stopped; it counts only if the window closes."""
        self.is_noted = self._operations.are_stopped_to_close


class Operations:
    """The running operations. notices: where to save notices; None for a read-only library."""

    def __init__(self, notices: Notices | None) -> None:
        self._notices = notices
        self._running: list[Operation] = []
        self._ended = asyncio.Event()
        self._ended.set()
        self._are_stopped_to_close = False

    @property
    def are_stopped_to_close(self) -> bool:
        """Whether those that are stopped now are stopped in order to close the window."""
        return self._are_stopped_to_close

    def stop_to_close(self) -> None:
        """Note that from now on they are stopped in order to close the window."""
        self._are_stopped_to_close = True

    def let_continue(self) -> None:
        """Note that they may continue: from now on, one that is stopped is only canceled."""
        self._are_stopped_to_close = False

    @property
    def running(self) -> tuple[Operation, ...]:
        """The running operations, oldest first."""
        return tuple(self._running)

    @contextmanager
    def during(self, describe: Callable[[], str], stop: Callable[[], object] | None = None) -> Iterator[None]:
        """Track the block as an operation."""
        one = Operation(describe, stop)
        self._running.append(one)
        self._ended.clear()
        try:
            yield
        finally:
            self._running.remove(one)
            if not self._running:
                self._ended.set()

    async def wait(self) -> None:
        """Wait until no operation is running."""
        await self._ended.wait()

    @asynccontextmanager
    async def noticed(self, code: NoticeCode, **values: str | int) -> AsyncIterator[StoppedByClosing]:
        """Leave a notice if the block is canceled or the process ends inside it.

        Also if the block notes that closing stopped it: nobody sees its report. The caller must report any other
        exception.
        """
        stopped = StoppedByClosing(self)
        if self._notices is None:
            yield stopped
            return
        notice = Notice(code, values)
        self._notices.begin(notice)
        try:
            await asyncio.to_thread(partial(self._notices.add, code, **values))
            yield stopped
        except (LibraryClosedError, asyncio.CancelledError):
            self._notices.abandon(notice)
            raise
        except BaseException:
            await asyncio.to_thread(self._notices.finish, notice)
            raise
        if stopped.is_noted:
            self._notices.abandon(notice)
        else:
            await asyncio.to_thread(self._notices.finish, notice)
