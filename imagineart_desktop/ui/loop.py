"""Qt and asyncio in one thread. Everything that touches qasync is here, so that it can be replaced."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

log = logging.getLogger(__name__)

_running: set[asyncio.Task[Any]] = set()


def run(app: QApplication, main: Coroutine[Any, Any, int]) -> int:
    """Runs Qt's and asyncio's loop together until `main` returns; then ends every task that is left."""
    loop = QEventLoop(app)
    asyncio.set_event_loop(loop)
    try:
        code: int = loop.run_until_complete(main)
        return code
    finally:
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
        asyncio.set_event_loop(None)
        loop.close()


def spawn(work: Coroutine[Any, Any, None]) -> None:
    """Starts work from a signal's slot; what goes wrong in it is logged, never lost."""
    task = asyncio.get_running_loop().create_task(work)
    _running.add(task)
    task.add_done_callback(_ended)


def _ended(task: asyncio.Task[Any]) -> None:
    _running.discard(task)
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("background work failed", exc_info=error)
