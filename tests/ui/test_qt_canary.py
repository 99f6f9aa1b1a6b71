"""PySide6 6.12.0 on Python 3.11 drops a reference to None at each call of a method that returns nothing."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject

CALLS = 10_000


async def test_calls_that_return_nothing_keep_none_alive() -> None:
    timer = QObject()
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        timer.killTimer(timer.startTimer(100_000))
    assert sys.getrefcount(None) - before > -CALLS // 10
