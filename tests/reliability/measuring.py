"""Measurement of the GUI thread's delays and of what the process holds."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer

_EVERY = 10
"""Milliseconds."""


class Stopwatch(QObject):
    """A timer that records how late it's called: for that long the window couldn't respond."""

    def __init__(self) -> None:
        super().__init__()
        self._late: list[float] = []
        self._due = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_EVERY)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        """Start measuring."""
        self._late.clear()
        self._due = time.perf_counter() + _EVERY / 1000
        self._timer.start()

    def stop(self) -> tuple[float, float]:
        """Return (99th percentile, longest) in milliseconds."""
        self._timer.stop()
        ordered = sorted(self._late) or [0.0]
        return ordered[int(len(ordered) * 0.99)], ordered[-1]

    def _tick(self) -> None:
        now = time.perf_counter()
        self._late.append(max(0.0, (now - self._due) * 1000))
        self._due = now + _EVERY / 1000


@dataclass(frozen=True, slots=True)
class Holdings:
    """What a process holds. memory: MB in use."""

    memory: float
    handles: int
    tasks: int
    threads: int

    @classmethod
    def now(cls) -> Holdings:
        """Return the current holdings. Only Linux provides them; elsewhere memory and handles are 0."""
        memory, handles = 0.0, 0
        if Path("/proc/self").exists():
            memory = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / 2**20
            handles = len(list(Path("/proc/self/fd").iterdir()))
        return cls(round(memory, 1), handles, len(asyncio.all_tasks()), threading.active_count())

    def as_dict(self) -> dict[str, float]:
        """Return the values for JSON."""
        return asdict(self)
