"""Background work of an event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

_running: set[asyncio.Task[Any]] = set()
"""The loop itself holds its tasks weakly."""


def spawn(work: Coroutine[Any, Any, object]) -> asyncio.Task[object]:
    """Start background work, such as from a slot. Its exceptions go to the loop's exception handler."""
    task = asyncio.get_running_loop().create_task(work)
    _running.add(task)
    task.add_done_callback(_ended)
    return task


def _ended(task: asyncio.Task[Any]) -> None:
    _running.discard(task)
    if not task.cancelled() and (error := task.exception()) is not None:
        task.get_loop().call_exception_handler({"message": "background work failed", "exception": error})
