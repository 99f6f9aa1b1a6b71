"""Batch storage in the database, and in the journal beside it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from imagineart_desktop.library import (
    BatchJob,
    BatchRow,
    Library,
    jobs_of_batch,
    record_batches,
    stored_batches,
)


class BatchStore:
    """Reads and writes the batches of a library."""

    def __init__(self, library: Library) -> None:
        self._database = library.database
        self._journal = library.files.batch_journal

    async def rows(self) -> list[BatchRow]:
        """Return all batches in the order of their positions. Raises LibraryError."""
        return await self._database.read(stored_batches)

    async def jobs(self, batch: str) -> list[BatchJob]:
        """Return the jobs of a batch, as far as a summary needs them. Raises LibraryError."""
        return await self._database.read(partial(jobs_of_batch, batch=batch))

    async def save(self, rows: Sequence[BatchRow]) -> None:
        """Write changed batches, all or none; the data is on disk when this returns. Raises LibraryError."""
        await self._database.write(partial(record_batches, path=self._journal, rows=rows))
