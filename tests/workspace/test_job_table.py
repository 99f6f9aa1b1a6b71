"""The table of jobs reads what it shows in pages; a hundred thousand jobs stall nothing."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt

from imagineart_desktop.fal import ServiceKind
from imagineart_desktop.jobs import BatchRequest, JobState, Worker
from imagineart_desktop.library import JobQuery, Library
from imagineart_desktop.models import IMAGINEART_20
from imagineart_desktop.workspace.job_table import JobTableModel
from tests.waiting import until

MANY = 100_000
_JOBS = (
    "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?)"
    " INSERT INTO jobs (id, endpoint, request, service, state, created_ms, changed_ms, estimate, submitted_ms,"
    " finished_ms, step) SELECT 'j' || i, ?, json_object('prompt', 'cup ' || i), 'live', 'done', 1000 + i, 0, '0.05',"
    " 5000, 79000, 1 FROM n"
)


async def test_only_pages_that_are_shown_are_read(tmp_path: Path) -> None:
    Library(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / "library.sqlite")) as connection, connection:
        connection.execute(_JOBS, (MANY, IMAGINEART_20.endpoint))
    library = Library(tmp_path)
    await library.start()
    worker, owner = Worker(library), QObject()
    model = JobTableModel(library, worker, owner)
    read = 0

    def counted() -> None:
        nonlocal read
        read += 1

    model.dataChanged.connect(counted)
    model.show_jobs(JobQuery())
    await until(lambda: model.rowCount() == MANY)
    assert model.data(model.index(0, 1)) == ""
    await until(lambda: model.data(model.index(0, 1)) == f"cup {MANY - 1}")
    assert read == 1
    last = MANY - 1
    await until(lambda: model.data(model.index(last, 1)) == "cup 0")
    shown = [model.data(model.index(last, column)) for column in (0, 2, 4, 5, 6)]
    assert shown == ["Done", IMAGINEART_20.short_label, "1:14", "$0.05", ""]
    assert model.data(model.index(last, 5), Qt.ItemDataRole.TextAlignmentRole) is not None
    # Pages that nobody looks at are given back.
    for row in range(0, 6000, 100):
        await until(partial(model.line, row))
    assert len(model._pages) <= 40
    model.show_jobs(JobQuery(text="cup 99999"))
    await until(lambda: model.rowCount() == 1)
    model.show_jobs(JobQuery(states=("failed",)))
    await until(lambda: model.rowCount() == 0)
    owner.deleteLater()
    library.close()


async def test_the_table_follows_its_batch(tmp_path: Path) -> None:
    library = Library(tmp_path)
    await library.start()
    worker, owner = Worker(library), QObject()
    await worker.start()
    requests = [BatchRequest(IMAGINEART_20, {"prompt": f"cup {number}"}) for number in range(4)]
    await worker.add(IMAGINEART_20, ServiceKind.DEMO, {"prompt": "not in the batch"})
    batch = await worker.batches.add("Cups", requests, ServiceKind.DEMO)
    model = JobTableModel(library, worker, owner)
    model.show_jobs(JobQuery(batch=batch.id))
    await until(lambda: model.rowCount() == 4 and model.line(0) is not None)
    assert [model.data(model.index(row, 1)) for row in range(4)] == [f"cup {number}" for number in range(4)]
    model.show_jobs(JobQuery())
    await until(lambda: model.rowCount() == 5 and model.line(0) is not None)
    assert [model.data(model.index(row, 1)) for row in range(4)] == [f"cup {number}" for number in (3, 2, 1, 0)]
    model.show_jobs(JobQuery(batch=batch.id))
    await until(lambda: model.rowCount() == 4 and model.line(0) is not None)
    second = next(job for job in worker.jobs() if job.place == 1)
    await worker.cancel(second.id)
    await until(lambda: model.data(model.index(1, 0)) == "Canceled")
    assert model.data(model.index(0, 0)) == "Waiting"
    model.show_jobs(JobQuery(batch=batch.id, states=(JobState.CANCELLED.value,)))
    await until(lambda: model.rowCount() == 1)
    owner.deleteLater()
    await worker.stop()
    library.close()
