"""Calls that may never return, such as a system prompt, run in threads that end with the process."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


async def run_detached(work: Callable[[], T], name: str) -> T:
    """Run `work` in its own daemon thread. Returns its result, or raises its exception.

    The loop's executor isn't used: at exit the program would wait for its threads, and a stuck one would block a
    worker. If the caller is canceled, the thread continues and its result is dropped.
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
