"""Background tasks of an event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

_running: set[asyncio.Task[Any]] = set()
"""Strong references: the loop holds its tasks only weakly."""


def spawn(work: Coroutine[object, None, object]) -> asyncio.Task[object]:
    """Start background work, for example from a slot. Its exceptions go to the loop's exception handler.

    When Qt quits, its loop runs slots once more while asyncio's is stopped: what they start runs when it continues.
    """
    # Without a running loop, this is the one that is set for the thread.
    task = asyncio.get_event_loop().create_task(work)
    _running.add(task)
    task.add_done_callback(_ended)
    return task


async def cancel_spawned() -> None:
    """Cancel all background work of this loop except the caller, and wait until it has ended."""
    loop, caller = asyncio.get_running_loop(), asyncio.current_task()
    while tasks := {task for task in _running if task.get_loop() is loop and task is not caller}:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        _running.difference_update(tasks)


def _ended(task: asyncio.Task[Any]) -> None:
    _running.discard(task)
    if not task.cancelled() and (error := task.exception()) is not None:
        task.get_loop().call_exception_handler({"message": "background work failed", "exception": error})
