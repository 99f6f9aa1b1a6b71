"""Benchmark of adding a batch, against one SQLite transaction of as many rows, and of what that costs the window."""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path

from imagineart_desktop.fal import ServiceKind
from imagineart_desktop.jobs import BatchRequest, Worker
from imagineart_desktop.library import Library
from imagineart_desktop.models import IMAGINEART_20
from tests.benchmarks.measuring import Figure
from tests.reliability.measuring import Stopwatch

COUNT, ROUNDS = 1000, 3
QUICK_COUNT = 20


async def figures(*, quick: bool) -> list[Figure]:
    """Measure adding and floor in alternation, so that other work on the machine affects both."""
    count = QUICK_COUNT if quick else COUNT
    adding, floors, stalls, idle = list[float](), list[float](), list[float](), list[float]()
    watch = Stopwatch()
    for _ in range(1 if quick else ROUNDS):
        with tempfile.TemporaryDirectory(prefix="batches-") as folder:
            watch.start()
            await asyncio.sleep(0.1)
            idle.append(watch.stop()[1])
            took, stall = await _add(Path(folder), count, watch)
            adding.append(took)
            stalls.append(stall)
            floors.append(await asyncio.to_thread(_floor, Path(folder)))
    beside = "one transaction of as many rows"
    return [
        Figure(f"batch, {count} requests added", min(adding), min(floors), 5, beside=beside),
        Figure("batch, longest stall meanwhile", min(stalls), max(0.01, min(idle)), most=50, beside="without it"),
    ]


async def _add(root: Path, count: int, watch: Stopwatch) -> tuple[float, float]:
    """Return (the time that adding took, the longest stall) in milliseconds."""
    library = Library(root / "library")
    await library.start()
    worker = Worker(library)
    await worker.start()
    fields = {"resolution": "1K", "aspect_ratio": "1:1"}
    requests = [BatchRequest(IMAGINEART_20, fields | {"prompt": f"a red kettle, {number}"}) for number in range(count)]
    watch.start()
    start = time.perf_counter()
    await worker.batches.add("Kettles", requests, ServiceKind.DEMO)
    took = (time.perf_counter() - start) * 1000
    await asyncio.sleep(0.05)
    _, longest = watch.stop()
    await worker.stop()
    library.close()
    return took, longest


def _floor(root: Path) -> float:
    """Return the milliseconds that a copy of the rows takes, with the indexes, the journal mode and the syncing."""
    with (
        closing(sqlite3.connect(root / "library" / "library.sqlite")) as library,
        closing(sqlite3.connect(root / "plain.sqlite", isolation_level=None)) as plain,
    ):
        for (script,) in library.execute("SELECT sql FROM sqlite_master WHERE tbl_name = 'jobs' AND sql IS NOT NULL"):
            plain.execute(script)
        plain.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
        rows = library.execute("SELECT * FROM jobs").fetchall()
        marks = ", ".join("?" * len(rows[0]))
        start = time.perf_counter()
        plain.execute("BEGIN")
        plain.executemany(f"INSERT INTO jobs VALUES ({marks})", rows)  # noqa: S608 - marks
        plain.execute("COMMIT")
        return (time.perf_counter() - start) * 1000
