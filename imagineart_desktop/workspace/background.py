"""Background work that belongs to a widget or another QObject."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Protocol, TypeVar

from PySide6.QtCore import QObject
from shiboken6 import isValid

from imagineart_desktop.support import Progress, spawn

T = TypeVar("T")


class Waiter(Protocol):
    """Tells the user what is waited for and how far it is, and offers to cancel it."""

    @property
    def words(self) -> str:
        """The sentence on screen; empty while nothing is waited for."""
        ...

    async def on(
        self,
        words: str,
        work: Callable[[Callable[[Progress], object]], Coroutine[Any, Any, T]],
        *,
        ends: bool = False,
    ) -> T | None:
        """Wait for the work; None once it is cancelled. words: what is done, as “Applying”.

        work: given what shows its progress. ends: cancelled by its progress, it ends at its next step with a result.
        """
        ...


def spawn_for(owner: QObject, work: Coroutine[Any, Any, object]) -> asyncio.Task[object]:
    """Start background work that is cancelled when its owner is destroyed, so that it never touches deleted widgets.

    For what is only shown. Work that must be finished, such as saving, paying and exporting, is started with `spawn`.
    """
    task = spawn(_while_valid(owner, work))
    # Work that is cancelled before its first step would else be reported as never awaited.
    task.add_done_callback(lambda _task: work.close())
    if not isValid(owner):
        task.cancel()
        return task
    connection = owner.destroyed.connect(lambda: task.cancel())
    task.add_done_callback(lambda _task: QObject.disconnect(connection))
    return task


async def _while_valid(owner: QObject, work: Coroutine[Any, Any, object]) -> object:
    try:
        return await work
    except RuntimeError:
        if isValid(owner):
            raise
        # Clean-up of the cancelled work needed a part that is deleted with the owner.
        return None
