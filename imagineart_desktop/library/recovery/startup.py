"""Startup of the library, before anything is shown: completes what a crash interrupted and fills a lost database."""

from __future__ import annotations

import sqlite3
from functools import partial
from typing import TYPE_CHECKING

from imagineart_desktop.library.errors import DatabaseDamagedError, disk_error
from imagineart_desktop.library.recovery.database_recovery import Recovery, salvage
from imagineart_desktop.library.recovery.empty_trash import finish_emptying
from imagineart_desktop.library.recovery.input_rows import find_inputs
from imagineart_desktop.library.recovery.reconcile import Reconciler, ReconcileResult
from imagineart_desktop.library.recovery.restore import end_interrupted_restore
from imagineart_desktop.library.store import ledger
from imagineart_desktop.library.store import pictures as rows
from imagineart_desktop.library.store.generation import begin_generation
from imagineart_desktop.library.store.notices import NoticeCode
from imagineart_desktop.library.store.schema_check import read_startup_tables
from imagineart_desktop.support.messages import Message

if TYPE_CHECKING:
    from imagineart_desktop.library.library import Library


class Startup:
    """The startup steps and their results.

    rebuilt: what was recovered from the files, if the database had to be rebuilt. restored: whether an interrupted
    restore was completed, False if it was undone.
    """

    def __init__(self, library: Library, recovery: Recovery, *, is_to_be_filled: bool) -> None:
        self.rebuilt: ReconcileResult | None = None
        self.restored: bool | None = None
        self.renumbered = 0
        """Number of images recovered without their previous id, or possibly with another."""
        self._library = library
        self._recovery = recovery
        self._is_to_be_filled = is_to_be_filled

    async def run(self) -> None:
        """Run all steps. If the database turns out to be damaged, it's set aside and filled. Raises LibraryError."""
        library = self._library
        try:
            await library.run_in_thread(library.files.clear_incoming)
            try:
                await self._finish()
            except DatabaseDamagedError as error:
                if self._is_to_be_filled or error.path != library.files.database:
                    raise
                await self._recovery.renew(library.database)
                self._is_to_be_filled = True
                library.damage_seen.clear()
                await self._finish()
        except OSError as error:
            raise disk_error(error, Message("library.doing.open", folder=str(library.files.root))) from error

    async def _finish(self) -> None:
        library = self._library
        if self._is_to_be_filled:
            await self._fill()
        await library.database.read(read_startup_tables)
        await finish_emptying(library)
        await self.note_paid()
        await library.journal_ids()
        self.restored = await end_interrupted_restore(library)
        await begin_generation(library.files, library.database, library.run_in_thread, library.notices)
        if self._is_to_be_filled:
            # If the database is new, whatever a damaged journal doesn't restore is lost: report it immediately.
            await library.repair_journals(is_judge=False)

    async def _fill(self) -> None:
        """Fill a new database from files, journals and the databases set aside.

        Every step can be repeated: after a crash, the marker remains and the next start runs all of them again.
        """
        library = self._library
        databases, scratch = self._recovery.set_aside, library.files.incoming("salvage")
        known = await library.run_in_thread(library.ids.read)
        had = await library.database.write(partial(salvage, databases=databases, scratch=scratch, known=known))
        await library.run_in_thread(library.files.clear_thumbnails)
        await find_inputs(library.files, library.database, library.run_in_thread)
        self.rebuilt = await Reconciler(
            library.files, library.database, library.specs, library.run_in_thread
        ).scan_all()
        self.renumbered = await library.database.write(partial(rows.restore_ids, had=had))
        await self.remember_all()
        await library.prompts.derive()
        await library.run_in_thread(self._say_rebuilt)
        await library.run_in_thread(self._recovery.end)

    def _say_rebuilt(self) -> None:
        notices, aside, rebuilt = self._library.notices, self._library.set_aside, self.rebuilt
        known = [one for one in notices.pending() if one.code is NoticeCode.REBUILT]
        # After a crash, a second start may find that everything was already added.
        if rebuilt is None or (not rebuilt.added and (known or aside is None)):
            return
        name = "" if aside is None else aside.name
        notices.add(
            NoticeCode.REBUILT,
            aside=name,
            pictures=len(rebuilt.added),
            sources=rebuilt.sources,
            empty=int(self._recovery.was_empty),
            renumbered=self.renumbered,
        )

    async def remember_all(self) -> None:
        """Restore annotations and payments from the journals. Raises OSError, LibraryError."""
        await self._library.annotations.remember()
        await self.remember_paid()

    async def note_paid(self) -> None:
        """Append new payments to their journal. Raises LibraryError."""
        library = self._library
        new = await library.database.read(ledger.not_journaled)
        if new:
            try:
                await library.run_in_thread(partial(ledger.append, library.files.paid, new))
            except OSError as error:
                raise disk_error(error, Message("library.doing.note_payment")) from error
            await library.database.write(partial(ledger.mark_journaled, noted=new))

    async def remember_paid(self) -> None:
        """Add all payments in the journal to the database. Raises OSError, LibraryError."""
        known = await self._library.run_in_thread(partial(ledger.read, self._library.files.paid))

        def note(connection: sqlite3.Connection) -> None:
            for entry in known:
                ledger.record_payment(connection, entry)
            ledger.mark_journaled(connection, known)

        await self._library.database.write(note)
