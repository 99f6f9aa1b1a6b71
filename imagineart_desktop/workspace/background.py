"""Background work that's owned by a widget or another QObject."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Protocol, TypeVar

from PySide6.QtCore import QObject
from shiboken6 import isValid

from imagineart_desktop.support import Progress, spawn

T = TypeVar("T")

ShowProgress = Callable[[Progress], object]
"""Receives the progress of work that begins."""


class PendingWorkPresenter(Protocol):
    """Tells the user what the program is waiting for and how far it is, and offers to cancel it."""

    @property
    def words(self) -> str:
        """The text on screen; empty while nothing is pending."""
        ...

    async def on(
        self,
        words: str,
        work: Callable[[Callable[[Progress], object]], Coroutine[object, None, T]],
        *,
        ends: bool = False,
    ) -> T | None:
        """Wait for the work. Return None if it's canceled. words: the activity, e.g. “Applying”.

        work: gets a callback that shows its progress. ends: canceling the progress makes the work stop at its next step
        and return a result.
        """
        ...


class UnseenWork:
    """A `PendingWorkPresenter` that shows nothing."""

    words = ""

    async def on(
        self,
        words: str,
        work: Callable[[Callable[[Progress], object]], Coroutine[object, None, T]],
        *,
        ends: bool = False,
    ) -> T | None:
        """Wait for the work. Return None if it's canceled."""
        del words, ends
        # A task of its own, which can be canceled without its caller.
        task = asyncio.ensure_future(work(lambda _progress: None))
        try:
            await asyncio.wait([task])
            return None if task.cancelled() else task.result()
        finally:
            task.cancel()


def spawn_owned(owner: QObject, work: Coroutine[object, None, object]) -> asyncio.Task[object]:
    """Start background work that's canceled when its owner is destroyed, so that it never touches deleted widgets.

    Use it for work that only updates the display. Start work that must be finished, such as saving, paying and
    exporting, with `spawn`.
    """
    task = spawn(_while_valid(owner, work))
    # Otherwise work that's canceled before its first step would be reported as never awaited.
    task.add_done_callback(lambda _task: work.close())
    if not isValid(owner):
        task.cancel()
        return task
    connection = owner.destroyed.connect(lambda: task.cancel())
    task.add_done_callback(lambda _task: QObject.disconnect(connection))
    return task


async def _while_valid(owner: QObject, work: Coroutine[object, None, object]) -> object:
    try:
        return await work
    except RuntimeError:
        if isValid(owner):
            raise
        # Cleanup of the canceled work needed an object that was deleted with the owner.
        return None
