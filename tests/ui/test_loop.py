"""Qt and asyncio in one loop."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import QEventLoop, QTimer


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


async def test_a_worker_that_ends_inside_a_loop_of_qts_is_heard() -> None:
    async def waiting() -> int:
        return await asyncio.to_thread(lambda: 7)

    work = asyncio.ensure_future(waiting())
    await asyncio.sleep(0)
    inner = QEventLoop()
    QTimer.singleShot(50, inner.quit)
    inner.exec()
    assert await work == 7
