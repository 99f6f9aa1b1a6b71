"""Journals beside the database that were damaged: set aside, and written again from what the database says.

For the background of a start, after the database was found to be sound: reading every line takes a while.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

from imagineart_desktop.library import job_journal, paid
from imagineart_desktop.library.database import Database
from imagineart_desktop.library.errors import disk_error
from imagineart_desktop.library.files import Files
from imagineart_desktop.library.id_journal import IdJournal
from imagineart_desktop.library.lines import copy_damaged
from imagineart_desktop.library.notices import NoticeCode, Notices
from imagineart_desktop.library.organising import Organising

OffThread = Callable[[Callable[[], Any]], Awaitable[Any]]
Rewrite = Callable[[sqlite3.Connection], None]


async def repair_journals(
    files: Files, database: Database, organise: Organising, ids: IdJournal, off_thread: OffThread, notices: Notices
) -> None:
    """Write each journal again that is missing or has lines that cannot be read, which `notices` says.

    Lines that can be read are kept. Raises LibraryError.
    """
    journal = organise.journal
    jobs, rewrite_jobs = files.job_journal, partial(job_journal.repair, path=files.job_journal)
    repairs: tuple[tuple[Path, Callable[[], bool], Rewrite], ...] = (
        (journal.path, journal.needs_repair, organise.rewrite_marks),
        (journal.lists_path, journal.lists_need_repair, organise.rewrite_lists),
        (files.paid, partial(paid.needs_repair, files.paid), partial(paid.rewrite, path=files.paid)),
        (ids.path, ids.needs_repair, ids.rewrite),
        (jobs, partial(job_journal.needs_repair, jobs), rewrite_jobs),
    )
    for path, needs_repair, rewrite in repairs:
        try:
            if await off_thread(needs_repair):
                # In a transaction: nothing is added to the journal for a change that it does not have yet.
                await database.write(
                    partial(_repair, path=path, needs_repair=needs_repair, rewrite=rewrite, notices=notices)
                )
        except OSError as error:
            raise disk_error(error, f"The file {path.name} cannot be written again") from error


def _repair(
    connection: sqlite3.Connection, path: Path, needs_repair: Callable[[], bool], rewrite: Rewrite, notices: Notices
) -> None:
    """Keeps a copy of a damaged journal. Raises OSError, LibraryError."""
    is_there = path.is_file()
    if not needs_repair():
        # It was missing, and came with the first line meanwhile.
        return
    if is_there:
        notices.add(NoticeCode.JOURNAL, aside=copy_damaged(path).name)
    rewrite(connection)
