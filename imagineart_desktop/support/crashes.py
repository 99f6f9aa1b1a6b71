"""Crash handling: logs uncaught errors, and notifies those who can save the user's work.

A fault that Python can't catch leaves its trace in a file, which the next start finds.
"""

from __future__ import annotations

import asyncio
import faulthandler
import logging
import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

log = logging.getLogger(__name__)

_TRACE, _RUNNING = "fault.txt", "running"
_KEPT = 5

FailureCallback = Callable[[BaseException], object]


class CrashReporter:
    """Crash hooks for one run, installed from `start` to `end`. folder: where traces are kept.

    ended_badly: whether the previous run ended without calling `end`; known after `start`.
    """

    def __init__(self, folder: Path) -> None:
        self.previous_run_crashed = False
        self._folder = folder
        self._told: list[FailureCallback] = []
        self._trace: Any = None
        self._before: tuple[Any, ...] = ()

    def start(self) -> None:
        """Install all hooks. Only for the run that owns the library: two runs would take each other for crashed."""
        try:
            self._open_trace()
        except OSError as error:
            log.warning("no traces of faults can be kept: %s", error.strerror)
        self._before = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        sys.excepthook = self._uncaught
        threading.excepthook = self._in_a_thread
        sys.unraisablehook = self._unraisable
        if self.previous_run_crashed:
            log.warning("the run before this one did not come to its end")

    def _open_trace(self) -> None:
        """Open the trace file. Raises OSError if the folder can't be written to."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        running, trace = self._folder / _RUNNING, self._folder / _TRACE
        self.previous_run_crashed = running.exists()
        if trace.exists() and trace.stat().st_size:
            trace.rename(self._folder / f"fault-{datetime.now(UTC):%Y%m%d-%H%M%S}.txt")
        for old in sorted(self._folder.glob("fault-*.txt"))[:-_KEPT]:
            old.unlink()
        running.touch(mode=0o600)
        self._trace = os.fdopen(os.open(trace, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w")
        faulthandler.enable(self._trace)

    def expect_end(self, expected: bool) -> None:
        """Record whether the system may end the process at any moment; if it does, that isn't a crash.

        When a session ends, the program is asked to save and may get no more time after that.
        """
        with suppress(OSError):
            if expected:
                (self._folder / _RUNNING).unlink(missing_ok=True)
            elif self._trace is not None:
                (self._folder / _RUNNING).touch(mode=0o600)

    def end(self) -> None:
        """Remove all hooks and record that the run ended normally."""
        faulthandler.disable()
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._before
        if self._trace is not None:
            self._trace.close()
            self._trace = None
        with suppress(OSError):
            (self._folder / _TRACE).unlink(missing_ok=True)
            (self._folder / _RUNNING).unlink(missing_ok=True)

    def tell(self, told: FailureCallback) -> Callable[[], None]:
        """Call `told` for every failure, in the thread where it happened. Returns a function that stops this."""
        self._told.append(told)
        return lambda: self._told.remove(told)

    def watch(self, loop: asyncio.AbstractEventLoop) -> None:
        """Handle failures of tasks that nobody awaits, too."""
        loop.set_exception_handler(self._in_the_loop)

    def _note(self, error: BaseException, where: str) -> None:
        log.error("%s", where, exc_info=error)
        for told in list(self._told):
            told(error)

    def _uncaught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if isinstance(error, KeyboardInterrupt):
            self._before[0](kind, error, trace)
            return
        self._note(error, "an error that nothing caught")
        self._before[0](kind, error, trace)

    def _in_a_thread(self, arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None and not isinstance(arguments.exc_value, SystemExit):
            self._note(arguments.exc_value, "an error in a thread")

    def _unraisable(self, arguments: sys.UnraisableHookArgs) -> None:
        if arguments.exc_value is not None:
            log.error("an error while clearing up", exc_info=arguments.exc_value)

    def _in_the_loop(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, BaseException):
            self._note(error, str(context.get("message", "an error in the loop")))
        else:
            log.error("%s", context.get("message", "trouble in the loop"))
