"""Waiting in tests: as long as work continues, however slow the machine is. Only a hang fails."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

_IDLE = 90.0
"""Seconds after which a process that does next to nothing counts as hung."""

_WORK = 7.0
"""Processor seconds per `_IDLE` that count as work. Waiting itself, with an idle window on the screen, takes fewer."""

_SAMPLE = 0.1
"""Processor seconds after which it is known what share of a processor this process gets."""

_PAUSE = 0.01
"""Seconds between two looks at a condition."""


class Patience:
    """Runs out when this process, all its threads together, hardly does any work.

    There is no fixed time limit: three busy neighbors make the same work take three times as long, and a process that
    hardly gets the processor isn't idle. pytest's own guard, `faulthandler_timeout`, ends what spins forever.
    """

    def __init__(self) -> None:
        self._checking = 0.0
        self._renew()

    def holds(self, condition: Callable[[], object]) -> bool:
        """Evaluate the condition without counting its processor time as work."""
        began = time.thread_time()
        try:
            return bool(condition())
        finally:
            self._checking += time.thread_time() - began

    def check(self) -> None:
        """Raise TimeoutError once the process has been idle for `_IDLE` seconds."""
        if time.monotonic() - self._since < _IDLE:
            return
        if self._work_time() - self._worked < _WORK * _processor_share():
            raise TimeoutError(f"nothing happens any more, for {_IDLE:.0f} seconds")
        self._renew()

    def _renew(self) -> None:
        self._since, self._worked = time.monotonic(), self._work_time()

    def _work_time(self) -> float:
        """Return the processor seconds of this process, without those spent on conditions."""
        return time.process_time() - self._checking


def _processor_share() -> float:
    """Return the share of a processor that this thread gets when it works without a pause."""
    began, worked = time.monotonic(), time.thread_time()
    while time.thread_time() - worked < _SAMPLE:
        pass
    return min(1.0, _SAMPLE / (time.monotonic() - began))


async def until(condition: Callable[[], object]) -> None:
    """Wait until `condition` holds. Raises TimeoutError."""
    patience = Patience()
    while not patience.holds(condition):
        patience.check()
        await asyncio.sleep(_PAUSE)


async def ended(work: Awaitable[T]) -> T:
    """Wait for `work` to end and return its result. Raises TimeoutError."""
    task = asyncio.ensure_future(work)
    try:
        await until(task.done)
    except TimeoutError:
        task.cancel()
        raise
    return task.result()


def wait_until(condition: Callable[[], object], meanwhile: Callable[[], object] = lambda: None) -> None:
    """Wait until `condition` holds, without an event loop. Raises TimeoutError.

    meanwhile: called between two checks, e.g. to let Qt process its events.
    """
    patience = Patience()
    while not patience.holds(condition):
        patience.check()
        meanwhile()
        time.sleep(_PAUSE)
