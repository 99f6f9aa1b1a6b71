"""Qt and asyncio in one thread. Only this module uses qasync, so that it can be replaced."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import signal
import socket
import sys
import time
from collections import deque
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, QSocketNotifier, QTimerEvent
from qasync import QEventLoop

from imagineart_desktop.support import pausing, release_freed_memory

_WORKERS = 4
_SECONDS_BETWEEN_COLLECTIONS = 0.1
_SECONDS_BETWEEN_WHOLE_COLLECTIONS = 30.0
"""A full collection takes tens of milliseconds."""

_STARTUP_SECONDS = 3.0
"""Time until the window is complete."""

_MAX_GIL_WAIT = 0.0005
"""Maximum time in seconds for which a worker thread may hold the GIL while the GUI thread wants it.

Python's default of 5 ms adds up: sending a request releases the GIL several times.
"""

_RETRY_DELAY = 0.005
"""Seconds until the next attempt to run a callback that became due in the middle of a task."""

_MAX_BATCH_SECONDS = 0.004
"""Maximum time in seconds for which callbacks run consecutively before Qt handles events again."""

_MAX_TIMER_SECONDS = 86400.0
"""Maximum interval of a Qt timer, whose own limit is 24 days; for longer delays timers run one after the other."""

_YOUNG, _MIDDLE = 700, 10
"""Thresholds of the first two garbage collector generations, as in CPython."""


def run(app: QCoreApplication, main: Coroutine[object, None, int], *, freezes: bool = False) -> int:
    """Run Qt's and asyncio's loop together until `main` returns, then cancel the remaining tasks.

    freezes: exclude from garbage collection what exists before `main` and when the window is complete; for a process
    that exits afterwards.
    """
    sys.setswitchinterval(_MAX_GIL_WAIT)
    loop = _Loop(app)
    asyncio.set_event_loop(loop)
    workers = ThreadPoolExecutor(_WORKERS, thread_name_prefix="worker")
    loop.set_default_executor(workers)
    try:
        with _wakeups_by_signals(), pausing(loop):
            return _until_done(loop, loop.create_task(_run_with_gc(main, freezes=freezes)))
    finally:
        while left := asyncio.all_tasks(loop):
            for task in left:
                task.cancel()
            loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
        workers.shutdown()
        asyncio.set_event_loop(None)
        loop.close()


def _until_done(loop: _Loop, main: asyncio.Task[int]) -> int:
    """Run until `main` returns, even if Qt quits earlier: when the session ends, or through the system's menu.

    `main` reacts to `aboutToQuit` and shuts down; until then its tasks still need the loop.
    """
    while True:
        try:
            code: int = loop.run_until_complete(main)
            return code
        except RuntimeError:
            if main.done():
                raise


@contextmanager
def _wakeups_by_signals() -> Iterator[None]:
    """Run Python's signal handlers immediately, although Qt waits for events in C++."""
    ours, pythons = socket.socketpair()
    for end in (ours, pythons):
        end.setblocking(False)
    notifier = QSocketNotifier(ours.fileno(), QSocketNotifier.Type.Read)

    def drain() -> None:
        # Entering Python is enough: the interpreter then runs the handlers of pending signals.
        with suppress(OSError):
            ours.recv(64)

    notifier.activated.connect(drain)
    before = signal.set_wakeup_fd(pythons.fileno(), warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        notifier.setEnabled(False)
        notifier.deleteLater()
        ours.close()
        pythons.close()


class _CallbackTimers(QObject):
    """Runs asyncio's callbacks from Qt timers; those due now share one, since a timer costs more than most callbacks.

    While a task runs a nested Qt event loop (a menu, a drag, a system dialog), due callbacks are postponed until the
    task yields: asyncio doesn't allow one task to step inside another, and that step would be lost.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._loop = loop
        self._waiting: dict[int, tuple[asyncio.Handle, float]] = {}
        """Timer → its callback and the seconds that remain after it."""
        self._due: deque[asyncio.Handle] = deque()
        self._turn: int | None = None

    def add(self, handle: asyncio.Handle, delay: float) -> asyncio.Handle:
        """Schedule a callback. delay: seconds."""
        milliseconds = int(min(delay, _MAX_TIMER_SECONDS) * 1000)
        if milliseconds > 0:
            self._waiting[self.startTimer(milliseconds)] = handle, delay - _MAX_TIMER_SECONDS
        else:
            self._due.append(handle)
            self._schedule_batch()
        return handle

    def timerEvent(self, event: QTimerEvent) -> None:
        number = event.timerId()
        self.killTimer(number)
        if number == self._turn:
            self._turn = None
        elif number in self._waiting:
            handle, remaining = self._waiting.pop(number)
            if remaining > 0:
                self.add(handle, remaining)
            else:
                self._due.append(handle)
        # qasync lets Qt handle events once more after the loop was stopped.
        if self._loop.is_running() and asyncio.current_task(self._loop) is None:
            self._run_due()
        else:
            self._schedule_batch(_RETRY_DELAY)

    def stop(self) -> None:
        """Stop all timers."""
        for number in (*self._waiting, *([] if self._turn is None else [self._turn])):
            self.killTimer(number)
        self._turn = None
        self._waiting.clear()
        self._due.clear()

    def _schedule_batch(self, delay: float = 0.0) -> None:
        if self._turn is None:
            self._turn = self.startTimer(int(delay * 1000))

    def _run_due(self) -> None:
        """Run the callbacks that are due now; what they schedule runs after Qt's pending events."""
        until = time.monotonic() + _MAX_BATCH_SECONDS
        if len(self._due) > 1:
            # If a callback opens a nested Qt event loop, the others run there.
            self._schedule_batch()
        try:
            for _ in range(len(self._due)):
                if not self._due:
                    break
                handle = self._due.popleft()
                if not handle.cancelled():
                    handle._run()
                if time.monotonic() > until:
                    break
        finally:
            if self._due:
                self._schedule_batch()


class _Loop(QEventLoop):
    """qasync's loop with timers that are safe in nested Qt event loops, and with finalizers for async generators."""

    def __init__(self, app: QCoreApplication) -> None:
        self._timers = _CallbackTimers(self)
        super().__init__(app)

    def call_soon(
        self, callback: Callable[..., object], *args: Any, context: contextvars.Context | None = None
    ) -> asyncio.Handle:
        """Schedule a callback, without qasync's coroutine check, which costs more than the rest."""
        return self._timers.add(asyncio.Handle(callback, args, self, context), 0.0)

    def _add_callback(self, handle: asyncio.Handle, delay: float = 0) -> asyncio.Handle:
        return self._timers.add(handle, delay)

    def run_forever(self) -> Any:
        """Run until `stop`, with asyncio's finalizers for async generators, which qasync doesn't set.

        Without them, a generator that's dropped half-read is closed synchronously, can't await, and never returns its
        connection to the pool.
        """
        before = sys.get_asyncgen_hooks()
        sys.set_asyncgen_hooks(firstiter=self._asyncgen_firstiter_hook, finalizer=self._asyncgen_finalizer_hook)
        try:
            return super().run_forever()
        finally:
            sys.set_asyncgen_hooks(*before)

    def close(self) -> None:
        super().close()
        self._timers.stop()


async def _run_with_gc(main: Coroutine[object, None, int], *, freezes: bool) -> int:
    """Run `main` and collect cyclic garbage in this thread only.

    Python collects in whichever thread allocates next. A Qt object in a cycle would then be destroyed in a worker while
    its timers run in this thread, and the next tick would crash the process. Freezing objects keeps collections short.
    """
    collecting = asyncio.ensure_future(_collect_garbage(freezes=freezes))
    try:
        return await main
    finally:
        collecting.cancel()


async def _collect_garbage(*, freezes: bool) -> None:
    was_enabled = gc.isenabled()
    gc.disable()
    if freezes:
        gc.freeze()
    try:
        whole = time.monotonic() - _SECONDS_BETWEEN_WHOLE_COLLECTIONS + _STARTUP_SECONDS
        started = False
        while True:
            await asyncio.sleep(_SECONDS_BETWEEN_COLLECTIONS)
            young, middle, old = gc.get_count()
            worth_it = old > _MIDDLE or not started
            if worth_it and time.monotonic() - whole > _SECONDS_BETWEEN_WHOLE_COLLECTIONS:
                gc.collect()
                # In a worker thread, because it takes several milliseconds per hundred megabytes.
                await asyncio.to_thread(release_freed_memory)
                whole = time.monotonic()
                if not started:
                    started = True
                    if freezes:
                        gc.freeze()
            elif young > _YOUNG:
                gc.collect(1 if middle > _MIDDLE else 0)
    finally:
        if was_enabled:
            gc.enable()
