"""Background work that belongs to a widget or another QObject."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from PySide6.QtCore import QObject
from shiboken6 import isValid

from imagineart_desktop.support import spawn


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
