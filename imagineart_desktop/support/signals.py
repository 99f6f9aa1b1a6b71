"""Conversion of termination signals to calls, so that the program shuts down cleanly."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")


@contextmanager
def termination_signals(loop: asyncio.AbstractEventLoop, stop: Callable[[int], object]) -> Iterator[None]:
    """Call `stop` in the loop with the signal's number, instead of ending the process.

    Ignored signals stay ignored (nohup, background jobs of a shell). Works in the main thread only; in another thread
    it does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def received(number: int, _frame: FrameType | None) -> None:
        # If the loop has already ended, the program is ending too.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(stop, number)

    before = {}
    for number in (getattr(signal, name) for name in _NAMES if hasattr(signal, name)):
        if signal.getsignal(number) is not signal.SIG_IGN:
            before[number] = signal.signal(number, received)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def signal_exit_code(number: int) -> int:
    """Return the exit code of a program that was ended by a signal, following the convention of shells."""
    return 128 + number
