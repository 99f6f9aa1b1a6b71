"""Repair of damaged journals next to the database: they're set aside and rewritten from the database.

Runs in the background after startup, once the database was found to be sound: reading every line takes a while.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from imagineart_desktop.library.annotations import AnnotationService
from imagineart_desktop.library.errors import disk_error
from imagineart_desktop.library.files.files import Files
from imagineart_desktop.library.store import batches, job_journal, ledger
from imagineart_desktop.library.store.database import Database
from imagineart_desktop.library.store.id_journal import IdJournal
from imagineart_desktop.library.store.json_lines import copy_damaged
from imagineart_desktop.library.store.notices import NoticeCode, Notices
from imagineart_desktop.library.store.off_thread import OffThread


@dataclass(frozen=True, slots=True)
class _Repair:
    """A journal and how to repair it.

    is_wrong: whether a journal in need of repair says something false, which the user must be told.
    """

    path: Path
    needs_repair: Callable[[], bool]
    rewrite: Callable[[sqlite3.Connection], None]
    is_wrong: Callable[[sqlite3.Connection], bool] = lambda _connection: True


async def repair_journals(
    files: Files,
    database: Database,
    organise: AnnotationService,
    ids: IdJournal,
    off_thread: OffThread,
    notices: Notices,
    *,
    is_judge: bool = True,
) -> None:
    """Rewrite each journal that is missing or has unreadable or false lines, and report it in `notices`.

    Readable lines are kept. is_judge: whether the database decides which lines are true; False for one just rebuilt
    from them. Raises LibraryError.
    """
    journal = organise.journal
    jobs, rewrite_jobs = files.job_journal, partial(job_journal.repair, path=files.job_journal)
    repairs = (
        _Repair(journal.path, journal.needs_repair, organise.rewrite_marks),
        _Repair(journal.lists_path, journal.lists_need_repair, organise.rewrite_lists),
        _Repair(files.paid, partial(ledger.needs_repair, files.paid), partial(ledger.rewrite, path=files.paid)),
        _Repair(ids.path, ids.needs_repair, ids.rewrite, *([ids.is_wrong] if is_judge else [])),
        _Repair(jobs, partial(job_journal.needs_repair, jobs), rewrite_jobs),
        _batches_repair(files.batch_journal),
    )
    for repair in repairs:
        try:
            if await off_thread(repair.needs_repair):
                # In a transaction, so that no line is added meanwhile for a change that isn't in the database yet.
                await database.write(partial(_carry_out, repair=repair, notices=notices))
        except OSError as error:
            raise disk_error(error, f"The file {repair.path.name} cannot be written again") from error


def _batches_repair(path: Path) -> _Repair:
    return _Repair(path, partial(batches.needs_repair, path), partial(batches.rewrite, path=path))


def _carry_out(connection: sqlite3.Connection, repair: _Repair, notices: Notices) -> None:
    """Repair a journal, keeping a copy of a damaged one. Raises OSError, LibraryError."""
    is_there = repair.path.is_file()
    if not repair.needs_repair():
        # It was missing, but has since been created with its first line.
        return
    if is_there and repair.is_wrong(connection):
        notices.add(NoticeCode.JOURNAL, aside=copy_damaged(repair.path).name)
    repair.rewrite(connection)
