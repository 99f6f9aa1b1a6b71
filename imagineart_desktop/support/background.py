"""Background tasks of an event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

_running: set[asyncio.Task[Any]] = set()
"""Strong references: the loop holds its tasks only weakly."""

_pausing: asyncio.AbstractEventLoop | None = None


@contextmanager
def pausing(loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    """Let `spawn` use the main thread's loop while it's stopped, too: when Qt quits, it calls slots once more."""
    global _pausing
    _pausing = loop
    try:
        yield
    finally:
        _pausing = None


def spawn(work: Coroutine[object, None, object]) -> asyncio.Task[object]:
    """Start background work, for example from a slot. Its exceptions go to the loop's exception handler.

    While the loop of `pausing` is stopped, the work begins when it continues. Raises RuntimeError if there is no loop.
    """
    task = _loop().create_task(work)
    _running.add(task)
    task.add_done_callback(_ended)
    return task


def _loop() -> asyncio.AbstractEventLoop:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        if _pausing is None or threading.current_thread() is not threading.main_thread():
            raise
        return _pausing


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
