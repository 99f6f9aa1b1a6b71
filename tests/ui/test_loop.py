"""Qt and asyncio in one loop."""

from __future__ import annotations

import asyncio
import gc
import math
import sys
import threading
import time
from collections.abc import AsyncGenerator
from functools import partial

import pytest
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from imagineart_desktop.support import spawn
from imagineart_desktop.workspace import event_loop
from imagineart_desktop.workspace.event_loop import run


async def test_no_step_is_lost_while_a_task_has_a_loop_of_qts_open() -> None:
    steps: list[int] = []

    async def other() -> None:
        for number in range(50):
            await asyncio.sleep(0.001)
            steps.append(number)

    working = asyncio.ensure_future(other())
    for _ in range(5):
        inner = QEventLoop()
        QTimer.singleShot(20, inner.quit)
        inner.exec()
        await asyncio.sleep(0.002)
    await working
    assert steps == list(range(50))


async def test_work_that_a_slot_starts_while_qt_has_quit_runs_when_the_loop_continues(
    application: QApplication,
) -> None:
    ran = asyncio.Event()

    async def note() -> None:
        ran.set()

    def leave() -> None:
        application.exit(0)
        # Called after Qt's loop has returned.
        QTimer.singleShot(0, lambda: spawn(note()))

    QTimer.singleShot(0, leave)
    await ran.wait()


async def test_a_worker_that_ends_inside_a_loop_of_qts_is_heard() -> None:
    async def waiting() -> int:
        return await asyncio.to_thread(lambda: 7)

    work = asyncio.ensure_future(waiting())
    await asyncio.sleep(0)
    inner = QEventLoop()
    QTimer.singleShot(50, inner.quit)
    inner.exec()
    assert await work == 7


async def test_a_delay_may_be_longer_than_a_timer(monkeypatch: pytest.MonkeyPatch) -> None:
    loop, called = asyncio.get_running_loop(), asyncio.Event()
    never = [loop.call_later(seconds, called.set) for seconds in (1e9, math.inf)]
    monkeypatch.setattr(event_loop, "_MAX_TIMER_SECONDS", 0.01)
    before = time.monotonic()
    await asyncio.sleep(0.055)
    assert time.monotonic() - before >= 0.05
    assert not called.is_set()
    for handle in never:
        handle.cancel()


async def test_callbacks_run_in_order_and_leave_qt_its_turns() -> None:
    order: list[object] = []
    loop = asyncio.get_running_loop()
    QTimer.singleShot(0, lambda: order.append("event of Qt"))

    def busy(number: int) -> None:
        order.append(number)
        until = time.perf_counter() + 0.001
        while time.perf_counter() < until:
            pass

    for number in range(200):
        loop.call_soon(busy, number)
    cancelled = loop.call_soon(busy, 200)
    cancelled.cancel()
    while len(order) < 201:
        await asyncio.sleep(0)
    assert order.pop(order.index("event of Qt")) is not None
    assert order == list(range(200))


async def test_an_event_of_qt_comes_between_callbacks_that_take_long() -> None:
    order: list[str] = []
    loop = asyncio.get_running_loop()

    def busy() -> None:
        order.append("callback")
        until = time.perf_counter() + 0.01
        while time.perf_counter() < until:
            pass

    def first() -> None:
        QTimer.singleShot(0, lambda: order.append("event"))
        busy()

    loop.call_soon(first)
    for _ in range(10):
        loop.call_soon(busy)
    while len(order) < 12:
        await asyncio.sleep(0)
    assert order.index("event") < 11


async def test_what_a_callback_with_a_loop_of_qts_leaves_due_runs_in_it() -> None:
    order: list[str] = []
    done = asyncio.Event()
    loop = asyncio.get_running_loop()
    inner = QEventLoop()

    def nested() -> None:
        inner.exec()
        order.append("left")
        loop.call_soon(done.set)

    def last() -> None:
        order.append("last")
        inner.quit()

    for work in (nested, partial(order.append, "next"), last):
        loop.call_soon(work)
    await done.wait()
    assert order == ["next", "last", "left"]


class Pool:
    """Counts what was taken and not yet returned; returning awaits, like httpcore's pool."""

    def __init__(self) -> None:
        self.taken = 0
        self.all_back = asyncio.Event()

    async def pieces(self) -> AsyncGenerator[int]:
        self.taken += 1
        try:
            while True:
                yield self.taken
        finally:
            await asyncio.sleep(0)
            self.taken -= 1
            if not self.taken:
                self.all_back.set()


@pytest.mark.parametrize("times", [1, 30])
async def test_a_generator_that_is_dropped_half_read_is_finalized_on_the_loop(times: int) -> None:
    pool = Pool()
    for _ in range(times):
        async for _number in pool.pieces():
            break
    gc.collect()
    await pool.all_back.wait()


@pytest.mark.parametrize("enabled", [True, False])
def test_garbage_is_collected_after_the_loop_as_it_was_before(enabled: bool, application: QApplication) -> None:
    async def ended() -> int:
        await asyncio.sleep(0)
        assert not gc.isenabled()
        return 0

    before = gc.isenabled()
    try:
        (gc.enable if enabled else gc.disable)()
        run(application, ended())
        assert gc.isenabled() is enabled
    finally:
        (gc.enable if before else gc.disable)()


async def test_a_generator_that_another_thread_drops_is_finalized_on_the_loop() -> None:
    pool = Pool()
    held = [pool.pieces()]
    await anext(held[0])
    thread = threading.Thread(target=held.clear)
    thread.start()
    thread.join()
    await pool.all_back.wait()


async def test_a_generator_that_is_dropped_inside_a_loop_of_qts_is_finalized() -> None:
    pool = Pool()
    held = [pool.pieces()]
    await anext(held[0])
    inner = QEventLoop()
    QTimer.singleShot(0, held.clear)
    QTimer.singleShot(10, inner.quit)
    inner.exec()
    await pool.all_back.wait()


def test_no_callback_runs_while_the_loop_is_stopped(application: QApplication) -> None:
    async def steps() -> None:
        for _ in range(300):
            await asyncio.sleep(0)
            asyncio.get_running_loop()

    async def main() -> int:
        work = [asyncio.ensure_future(steps()) for _ in range(3)]
        while not all(task.done() for task in work):
            QTimer.singleShot(0, application.exit)
            await asyncio.sleep(0.001)
        await asyncio.gather(*work)
        return 7

    assert run(application, main()) == 7


def test_the_hooks_hold_for_one_run_and_one_thread(application: QApplication) -> None:
    def mine(_generator: AsyncGenerator[object]) -> None:
        """A hook of the caller's own."""

    elsewhere: list[object] = []
    kept: list[AsyncGenerator[int]] = []
    finished: list[bool] = []

    async def left_open() -> AsyncGenerator[int]:
        try:
            yield 1
        finally:
            await asyncio.sleep(0)
            finished.append(True)

    async def main() -> int:
        assert sys.get_asyncgen_hooks().finalizer is not mine
        kept.append(left_open())
        await anext(kept[0])
        thread = threading.Thread(target=lambda: elsewhere.append(sys.get_asyncgen_hooks().finalizer))
        thread.start()
        await asyncio.to_thread(thread.join)
        return 7

    before = sys.get_asyncgen_hooks()
    sys.set_asyncgen_hooks(finalizer=mine)
    try:
        assert run(application, main()) == 7
        assert sys.get_asyncgen_hooks().finalizer is mine
    finally:
        sys.set_asyncgen_hooks(*before)
    assert elsewhere == [None]
    assert finished == [True]
