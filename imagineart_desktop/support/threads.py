"""Calls that may never return, such as a prompt of the system, in threads that end with the process."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


async def run_detached(work: Callable[[], T], name: str) -> T:
    """Run `work` in a daemon thread of its own. Returns its result, or raises its exception.

    A thread of the loop's executor would be waited for when the program ends, and a stuck one would take a worker away.
    If the caller is cancelled, the thread goes on and its result is dropped.
    """
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if outcome.done():
            return
        if error is not None:
            outcome.set_exception(error)
        else:
            outcome.set_result(result)  # type: ignore[arg-type] # T itself may be None

    def run() -> None:
        result, error = None, None
        try:
            result = work()
        except Exception as raised:
            error = raised
        try:
            loop.call_soon_threadsafe(settle, result, error)
        except RuntimeError:
            # The loop was closed while the call was stuck.
            return

    threading.Thread(target=run, name=name, daemon=True).start()
    return await outcome
