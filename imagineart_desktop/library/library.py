"""The library: every generated or imported image, and the inputs they were made from."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TypeVar

from imagineart_desktop.imaging import PictureError, PictureInfo, UnreadablePictureError
from imagineart_desktop.library.annotations import AnnotationService
from imagineart_desktop.library.errors import LibraryClosedError, LibraryReadOnlyError, disk_error
from imagineart_desktop.library.files.files import Files, Stamp, write_atomic
from imagineart_desktop.library.files.own_changes import Claim
from imagineart_desktop.library.files.partial_files import OutgoingFolders
from imagineart_desktop.library.files.recipe import Recipe
from imagineart_desktop.library.prompts import PromptLibrary
from imagineart_desktop.library.recovery.database_recovery import Recovery
from imagineart_desktop.library.recovery.journal_repair import repair_journals
from imagineart_desktop.library.recovery.operations import Operations
from imagineart_desktop.library.recovery.reconcile import Reconciler, ReconcileResult
from imagineart_desktop.library.recovery.startup import Startup
from imagineart_desktop.library.recovery.trash import Trash
from imagineart_desktop.library.search.searching import count, search
from imagineart_desktop.library.store import drafts, results, spending
from imagineart_desktop.library.store import pictures as rows
from imagineart_desktop.library.store.database import Database
from imagineart_desktop.library.store.id_journal import IdJournal
from imagineart_desktop.library.store.input_store import InputStore
from imagineart_desktop.library.store.intake import (
    write_image,
    write_result,
)
from imagineart_desktop.library.store.journal import AnnotationJournal
from imagineart_desktop.library.store.lock import LibraryLock
from imagineart_desktop.library.store.notices import Notices
from imagineart_desktop.library.store.records import (
    Counts,
    FileState,
    LibraryChange,
    PictureDetails,
    PictureSummary,
    Query,
    SearchResult,
    Spend,
)
from imagineart_desktop.library.store.stored_specs import StoredSpecs
from imagineart_desktop.library.store.thumbnails import ThumbnailStore
from imagineart_desktop.library.store.word_index import backfill_index
from imagineart_desktop.models import ModelRegistry
from imagineart_desktop.support.completion import run_to_end
from imagineart_desktop.support.json_types import JsonObject, JsonValue
from imagineart_desktop.support.messages import Message

T = TypeVar("T")


class Library:
    """One library on disk. Coroutines run their work on the library's own threads."""

    def __init__(self, root: Path, *, models: ModelRegistry | None = None, read_only: bool = False) -> None:
        """Open or create the library. A damaged database is set aside and rebuilt from the files.

        models: those that the program offers; the built-in ones by default. read_only: another program has the library
        open, so it's only viewed; any change raises LibraryReadOnlyError. Raises LibraryInUseError, LibraryError.
        """
        self.files = Files(root)
        self.specs = StoredSpecs(self.files, models or ModelRegistry(), self.check_writable)
        self.read_only = read_only
        self.notices = Notices(root)
        """Messages that the user hasn't seen yet. `start` and `run_background_checks` add to them."""
        self.operations = Operations(None if read_only else self.notices)
        self.damage_seen = asyncio.Event()
        """Set when the database is found to be damaged while in use: nothing more is written."""
        self._lock = None if read_only else LibraryLock(root, self.notices)
        self._closed = False
        self._recovery = Recovery(self.files, self.notices)
        is_to_be_filled = False
        try:
            if read_only:
                self.database = Database(self.files.database, read_only=True)
            else:
                self.database, is_to_be_filled = self._recovery.open()
        except BaseException:
            if self._lock is not None:
                self._lock.release()
            raise
        self.database.on_damage = self._damage_seen
        self._workers = ThreadPoolExecutor(max(2, (os.cpu_count() or 2) - 1), thread_name_prefix="library")
        self._listeners: list[Callable[[LibraryChange], None]] = []
        self._thumbnails = ThumbnailStore(self.files, self.run_in_thread)
        self.inputs = InputStore(self.files, self.database, self.run_in_thread, self.check_writable)
        self.trash = Trash(self)
        self._outgoing = OutgoingFolders(self.files.outgoing, write_atomic)
        self.annotations = AnnotationService(
            self.database, AnnotationJournal(self.files.journal), self.run_in_thread, self._on_annotations_changed
        )
        self.ids = IdJournal(self.files.ids)
        self._reconciler = Reconciler(self.files, self.database, self.specs, self.run_in_thread, self.ids.read)
        self._startup = Startup(self, self._recovery, is_to_be_filled=is_to_be_filled)

    @cached_property
    def prompts(self) -> PromptLibrary:
        """The prompts that were used or kept."""
        return PromptLibrary(self.database, self.files.prompts, self.run_in_thread, self.check_writable, self.summaries)

    @property
    def models(self) -> ModelRegistry:
        """The models that the program offers."""
        return self.specs.models

    @property
    def set_aside(self) -> Path | None:
        """The damaged database, if one was set aside at this start."""
        return self._recovery.newest

    @property
    def rebuilt(self) -> ReconcileResult | None:
        """What was recovered from the files, if the database had to be rebuilt."""
        return self._startup.rebuilt

    @property
    def restored(self) -> bool | None:
        """Whether an interrupted restore was completed at this start: False if undone, None if there was none."""
        return self._startup.restored

    async def start(self) -> None:
        """Complete what a crash interrupted, and fill a lost database from files and journals.

        Raises LibraryError.
        """
        if not self.read_only:
            await self._startup.run()

    async def journal_ids(self) -> None:
        """Append the ids of new images to their journal. Raises LibraryError."""
        # File access stays off the database's threads: searches must not wait for the disk.
        if not await self.run_in_thread(self.ids.load):
            return
        new = await self.database.read(self.ids.pending)
        if await self.run_in_thread(partial(self.ids.add, new)) and new.is_older:
            await self.database.write(partial(rows.reserve_ids, last=self.ids.last))

    async def note_paid(self) -> None:
        """Append new payments to their journal. Raises LibraryError."""
        await self._startup.note_paid()

    async def remember_paid(self) -> None:
        """Add all payments in the journal to the database. Raises OSError, LibraryError."""
        await self._startup.remember_paid()

    async def remember_all(self) -> None:
        """Restore annotations and payments from the journals. Raises OSError, LibraryError."""
        await self._startup.remember_all()

    async def reconcile(self) -> ReconcileResult:
        """Complete what was interrupted between a file and its row. For the background: it looks at every file.

        Raises LibraryError.
        """
        try:
            await self.run_in_thread(self.files.remove_old_thumbnails)
            found = await self._reconciler.scan_all()
        except OSError as error:
            raise disk_error(error, Message("library.doing.compare")) from error
        await self._take_note(found)
        return found

    async def run_background_checks(self) -> ReconcileResult:
        """Run the background checks of every start: look for damage, reconcile, clean up.

        Raises DatabaseDamagedError, LibraryError.
        """
        await self.database.verify()
        await self.fill_index()
        found = await self.reconcile()
        await self.run_in_thread(self.files.remove_partials)
        with suppress(OSError):
            await self.run_in_thread(self._outgoing.clean)
        await self.repair_journals()
        return found

    async def repair_journals(self, *, is_judge: bool = True) -> None:
        """See `journal_repair`. Raises LibraryError."""
        await repair_journals(
            self.files, self.database, self.annotations, self.ids, self.run_in_thread, self.notices, is_judge=is_judge
        )

    async def fill_index(self) -> None:
        """Index the images of a library from an earlier version. Raises LibraryError."""
        while not self.read_only and await self.database.write(backfill_index):
            pass

    @asynccontextmanager
    async def track_outgoing_folder(self, folder: Path, *, deep: bool = False) -> AsyncIterator[None]:
        """Register a folder outside the library while writing to it, so that the next start can clean up after a crash.

        deep: including its subfolders.
        """
        if self.read_only:
            yield
            return
        # A full disk must not prevent images from being copied out of the library.
        with suppress(OSError):
            await self.run_in_thread(partial(self._outgoing.begin, folder, deep=deep))
        yield
        with suppress(OSError):
            await self.run_in_thread(partial(self._outgoing.end, folder, deep=deep))

    async def rescan_folder(self, folder: Path) -> ReconcileResult:
        """Rescan a folder below the pictures that another program may have changed, and record what changed."""
        found = await self._reconciler.folder(folder)
        await self._take_note(found)
        return found

    async def damaged(self, numbers: Sequence[int]) -> None:
        """Mark the files of these pictures as damaged."""
        await self.database.write(lambda connection: rows.set_state(connection, numbers, FileState.DAMAGED))
        self._tell(LibraryChange(tuple(numbers), reordered=False))

    async def _take_note(self, found: ReconcileResult) -> None:
        if found.added and not self.read_only:
            await self.journal_ids()
        if changed := found.added + found.moved:
            self._tell(LibraryChange(changed, reordered=True, pixels_changed=True))
        if found.newly_missing:
            self._tell(LibraryChange(found.newly_missing, reordered=False))
        if found.noticed:
            await self.run_in_thread(lambda: self.files.remove_thumbnails(found.noticed))
            self._tell(LibraryChange(found.noticed, reordered=False, pixels_changed=True))

    def close(self) -> None:
        """Wait for running work and close the database. Further calls do nothing."""
        if self._closed:
            return
        self._closed = True
        self._workers.shutdown(cancel_futures=True)
        self.database.close()
        if self._lock is not None:
            self._lock.release()

    def subscribe(self, listener: Callable[[LibraryChange], None]) -> Callable[[], None]:
        """Call the listener for each change, on the caller's thread. Returns a function that unsubscribes it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    # Images

    async def store_result(self, source: Path, recipe: Recipe) -> PictureSummary:
        """Verify a downloaded picture and store it with its recipe. Takes over the source file.

        Repeated calls for the same job and position store one picture. Raises PictureError, LibraryError.
        """
        return await run_to_end(self._keep(partial(write_result, self.files, source, recipe), recipe))

    async def keep_made(self, data: bytes, recipe: Recipe) -> PictureSummary:
        """Store an image created here. data: its file, without the recipe. Raises PictureError, LibraryError."""
        return await run_to_end(self._keep(partial(write_image, self.files, data, recipe), recipe))

    async def _keep(self, write: Callable[[Claim], tuple[Path, PictureInfo, Stamp]], recipe: Recipe) -> PictureSummary:
        self.check_writable()
        with self.files.own_changes.claim() as claim:
            try:
                path, info, stamp = await self.run_in_thread(partial(write, claim))
            except OSError as error:
                raise disk_error(error, Message("library.doing.save_image")) from error
            name = self.files.relative(path)
            number = await self.database.write(
                partial(rows.insert_picture, specs=self.specs, recipe=recipe, file=name, info=info, stamp=stamp)
            )
            (summary,) = await self.summaries([number])
            if summary.path != path and not await self.run_in_thread(summary.path.is_file):
                # Its file was lost, and is now here.
                await self.database.write(partial(rows.follow, number=number, file=name, trashed_at=None, stamp=stamp))
                (summary,) = await self.summaries([number])
        await self.note_paid()
        await self.journal_ids()
        self._tell(LibraryChange((number,), reordered=True))
        return summary

    async def search(self, query: Query) -> list[int]:
        """Return the ids of the matching pictures, in order."""
        return (await self.find(query)).numbers

    async def find(self, query: Query, most: int | None = None) -> SearchResult:
        """Return the matching pictures with their sort keys. most: at most this many from the start; None for all."""
        return await self.database.read(lambda connection: search(connection, query, most))

    async def count(self, query: Query) -> int:
        """Return how many images match."""
        return await self.database.read(lambda connection: count(connection, query))

    async def summaries(self, numbers: Sequence[int]) -> list[PictureSummary]:
        """Return the pictures with these ids, in this order; ids that don't exist are skipped."""
        return await self.database.read(lambda connection: rows.summaries(connection, numbers, self.files, self.specs))

    async def details(self, number: int) -> PictureDetails | None:
        """Return everything about a picture, or None if it doesn't exist."""
        return await self.database.read(lambda connection: rows.details(connection, number, self.files, self.specs))

    async def results_of(self, jobs: Sequence[str]) -> dict[tuple[str, int], int]:
        """Return (job id, index) → the id of each image of these jobs that is not in the trash."""
        return await self.database.read(lambda connection: results.results_of(connection, jobs))

    async def stored_results(self, job_id: str) -> dict[int, results.StoredResult]:
        """Return position → result of a job, including those that the user deleted."""
        found = await self.database.read(
            lambda connection: results.stored_results(connection, job_id, self.files, self.specs)
        )
        return await self.run_in_thread(lambda: results.with_missing(found))

    async def raw_result_path(self, number: int) -> Path | None:
        """Return the service's original result that a picture was composited from, or None if there is none."""
        details = await self.details(number)
        if details is None:
            return None
        recipe = details.recipe
        return await self.run_in_thread(lambda: self.files.find_raw(recipe.job_id, recipe.position))

    async def counts(self, today: datetime | None = None) -> Counts:
        """Return the number of images of each kind. today: start of the current day; None for the actual time."""
        since = today or datetime.now().astimezone()
        return await self.database.read(lambda connection: rows.counts(connection, since))

    async def spent_since(self, moment: datetime) -> Spend:
        """Return what real (not demo) pictures have cost since then."""
        return await self.database.read(lambda connection: rows.spent_since(connection, moment))

    async def spending(self, since: datetime | None = None) -> list[spending.SpendingLine]:
        """Return every payment, oldest first. since: None for all."""
        return await self.database.read(lambda connection: spending.lines(connection, since, self.models))

    async def thumbnail(self, picture: PictureSummary, edge: int) -> bytes:
        """Return a JPEG whose longer edge is at most `edge` pixels, created on first use.

        Raises PictureError if the file is missing, damaged or can't be read now, LibraryError.
        """
        try:
            return await self._thumbnails.get(picture, edge)
        except UnreadablePictureError:
            # Says nothing about the file: memory may be low, or too many files open.
            raise
        except PictureError:
            if picture.state is not FileState.DAMAGED and not self.read_only and picture.path.is_file():
                await self.damaged([picture.id])
            raise
        except OSError as error:
            raise disk_error(error, Message("library.doing.save_thumbnail")) from error

    # Drafts

    async def draft(self, name: str) -> JsonObject:
        """Return the saved draft of a form; empty if there is none."""
        return await self.database.read(lambda connection: drafts.read_draft(connection, name))

    async def save_draft(self, name: str, value: Mapping[str, JsonValue]) -> None:
        """Save the draft of a form."""
        await self.database.write(lambda connection: drafts.write_draft(connection, name, value))

    def _damage_seen(self) -> None:
        self.damage_seen.set()
        if not self.read_only:
            # Now, not in the background: a listener may exit the program.
            with suppress(OSError):
                self._recovery.request()

    def check_writable(self) -> None:
        """Call before changing files. Raises LibraryReadOnlyError."""
        if self.read_only:
            raise LibraryReadOnlyError

    async def run_in_thread(self, work: Callable[[], T]) -> T:
        """Run work on one of the library's own threads. Raises LibraryClosedError."""
        if self._closed:
            raise LibraryClosedError
        return await asyncio.get_running_loop().run_in_executor(self._workers, work)

    def announce(self, change: LibraryChange) -> None:
        """Notify the listeners of a change that was written outside this class."""
        self._tell(change)

    def _on_annotations_changed(self, numbers: tuple[int, ...]) -> None:
        self._tell(LibraryChange(numbers, reordered=True))

    def _tell(self, change: LibraryChange) -> None:
        for listener in list(self._listeners):
            listener(change)
