"""Qt and asyncio in one thread. Everything that touches qasync is here, so that it can be replaced."""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
import sys
import time
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any

from PySide6.QtCore import QObject, QSocketNotifier, QTimerEvent
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from imagineart_desktop.support import release_freed_memory

_WORKERS = 4
_SECONDS_BETWEEN_COLLECTIONS = 0.1
_SECONDS_BETWEEN_WHOLE_COLLECTIONS = 30.0
"""One that looks at everything takes some tens of milliseconds."""

_SECONDS_OF_STARTING = 3.0
"""After which the window stands; what is there then is left out, too."""

_LONGEST_WAIT_FOR_WORKERS = 0.0005
"""Seconds for which a worker may keep the interpreter while the window wants it. Python's own 5 ms add up: a step that
sends a request lets go of the interpreter several times."""

_UNTIL_THE_TASK_ENDS = 0.005
"""Seconds after which is tried again what came due in the middle of a task."""

_YOUNG, _MIDDLE = 700, 10
"""How many new objects, and how many collections of them, make one worth while; as in CPython."""

_running: set[asyncio.Task[Any]] = set()


def run(app: QApplication, main: Coroutine[Any, Any, int]) -> int:
    """Runs Qt's and asyncio's loop together until `main` returns; then ends every task that is left."""
    sys.setswitchinterval(_LONGEST_WAIT_FOR_WORKERS)
    loop = _Loop(app)
    asyncio.set_event_loop(loop)
    workers = ThreadPoolExecutor(_WORKERS, thread_name_prefix="worker")
    loop.set_default_executor(workers)
    try:
        with _wakeups_by_signals():
            return _until_done(loop, loop.create_task(_with_collections(main)))
    finally:
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
        workers.shutdown()
        asyncio.set_event_loop(None)
        loop.close()


def _until_done(loop: _Loop, main: asyncio.Task[int]) -> int:
    """Run until `main` returns, also where Qt quits before: at the end of a session, or by the system's menu.

    `main` is to notice `aboutToQuit` and end in order; until then its tasks still need the loop.
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
    """Have Python's signal handlers run at once, although Qt waits for events in C++."""
    ours, pythons = socket.socketpair()
    for end in (ours, pythons):
        end.setblocking(False)
    notifier = QSocketNotifier(ours.fileno(), QSocketNotifier.Type.Read)

    def drain() -> None:
        # That this is Python suffices: the interpreter runs the handlers of pending signals.
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


class _Timers(QObject):
    """asyncio's callbacks, each when it is due.

    Where a task opens a loop of Qt's own inside (a menu, a drag, a system dialog), what is due there waits for the
    task: run inside it, asyncio would refuse it, and the step of another task would be lost for good.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._loop = loop
        self._waiting: dict[int, asyncio.Handle] = {}

    def add(self, handle: asyncio.Handle, delay: float) -> asyncio.Handle:
        """delay: seconds."""
        self._waiting[self.startTimer(int(max(0.0, delay) * 1000))] = handle
        return handle

    def timerEvent(self, event: QTimerEvent) -> None:
        self.killTimer(event.timerId())
        handle = self._waiting.pop(event.timerId(), None)
        if handle is None or handle.cancelled():
            return
        if asyncio.current_task(self._loop) is not None:
            self.add(handle, _UNTIL_THE_TASK_ENDS)
        else:
            handle._run()

    def stop(self) -> None:
        """Nothing more is run."""
        for number in self._waiting:
            self.killTimer(number)
        self._waiting.clear()


class _Loop(QEventLoop):
    """qasync's loop with timers that bear loops inside loops, and with finalizers for async generators."""

    def __init__(self, app: QApplication) -> None:
        self._timers = _Timers(self)
        super().__init__(app)

    def _add_callback(self, handle: asyncio.Handle, delay: float = 0) -> asyncio.Handle:
        return self._timers.add(handle, delay)

    def run_forever(self) -> Any:
        """Run until `stop`, with asyncio's finalizers for async generators, which qasync does not set.

        Without them a generator that is dropped half-read is closed synchronously, cannot await, and never gives its
        connection back to the pool.
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


def spawn(work: Coroutine[Any, Any, object]) -> asyncio.Task[object]:
    """Starts work from a signal's slot; what goes wrong in it is told to the loop's handler, never lost."""
    task = asyncio.get_running_loop().create_task(work)
    _running.add(task)
    task.add_done_callback(_ended)
    return task


def _ended(task: asyncio.Task[Any]) -> None:
    _running.discard(task)
    if not task.cancelled() and (error := task.exception()) is not None:
        task.get_loop().call_exception_handler({"message": "background work failed", "exception": error})


async def _with_collections(main: Coroutine[Any, Any, int]) -> int:
    """Cyclic garbage is collected in this thread alone while `main` runs.

    Python collects in whichever thread makes the next object. A Qt object that is part of a cycle would then die in a
    worker, with its timers still running in this thread, and the next tick would crash the process. What was there at
    the start is left out, so that no collection takes long.
    """
    collecting = asyncio.ensure_future(_collect_here())
    try:
        return await main
    finally:
        collecting.cancel()


async def _collect_here() -> None:
    gc.disable()
    gc.freeze()
    try:
        whole = time.monotonic() - _SECONDS_BETWEEN_WHOLE_COLLECTIONS + _SECONDS_OF_STARTING
        started = False
        while True:
            await asyncio.sleep(_SECONDS_BETWEEN_COLLECTIONS)
            young, middle, old = gc.get_count()
            worth_it = old > _MIDDLE or not started
            if worth_it and time.monotonic() - whole > _SECONDS_BETWEEN_WHOLE_COLLECTIONS:
                gc.collect()
                # Off this thread: it takes some milliseconds per hundred megabytes.
                await asyncio.to_thread(release_freed_memory)
                whole = time.monotonic()
                if not started:
                    started = True
                    gc.freeze()
            elif young > _YOUNG:
                gc.collect(1 if middle > _MIDDLE else 0)
    finally:
        gc.unfreeze()
        gc.enable()
