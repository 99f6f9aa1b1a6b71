"""The library: everything that was made and all that it was made from."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from imagineart_desktop.imaging import PictureError, PictureInfo, UnreadablePictureError
from imagineart_desktop.library.annotations import Organising
from imagineart_desktop.library.errors import LibraryClosedError, LibraryError, LibraryReadOnlyError, disk_error
from imagineart_desktop.library.files.files import Files, Stamp, write_whole
from imagineart_desktop.library.files.partial_files import OutgoingFolders
from imagineart_desktop.library.files.recipe import Recipe, recipe_beside
from imagineart_desktop.library.recovery.database_recovery import Recovery
from imagineart_desktop.library.recovery.empty_trash import empty_trash
from imagineart_desktop.library.recovery.journal_repair import repair_journals
from imagineart_desktop.library.recovery.operations import Operations
from imagineart_desktop.library.recovery.reconcile import Reconciled, Reconciler
from imagineart_desktop.library.recovery.startup import Startup
from imagineart_desktop.library.search.searching import count, search
from imagineart_desktop.library.store import pictures as rows
from imagineart_desktop.library.store import spending
from imagineart_desktop.library.store.database import Database
from imagineart_desktop.library.store.id_journal import IdJournal
from imagineart_desktop.library.store.intake import (
    KeptInput,
    StagedInput,
    copy_input,
    find_input,
    note_input,
    write_input,
    write_made,
    write_result,
)
from imagineart_desktop.library.store.journal import Journal
from imagineart_desktop.library.store.lock import LibraryLock
from imagineart_desktop.library.store.notices import Notices
from imagineart_desktop.library.store.records import (
    Counts,
    FileState,
    Found,
    LibraryChange,
    PictureDetails,
    PictureSummary,
    Query,
    Spend,
)
from imagineart_desktop.library.store.thumbnails import ThumbnailStore
from imagineart_desktop.library.store.word_index import fill_index
from imagineart_desktop.support import Progress, spawn
from imagineart_desktop.support.wording import counted

_HISTORY = 50

T = TypeVar("T")


class Library:
    """One library on disk. Methods that wait run their work on threads of the library's own."""

    def __init__(self, root: Path, *, read_only: bool = False) -> None:
        """Opens or makes it. A damaged database is set aside and rebuilt from the files.

        read_only: it is in use by another program, and is looked at; whatever would change it raises
        LibraryReadOnlyError. Raises LibraryInUseError, LibraryError.
        """
        self.files = Files(root)
        self.read_only = read_only
        self.notices = Notices(root)
        """Messages that the user has not seen yet. `start` and `look_through` add to them."""
        self.operations = Operations(None if read_only else self.notices)
        self.damage_seen = asyncio.Event()
        """Set when the database is seen to be damaged while it is in use: nothing more is written."""
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
        self._thumbnails = ThumbnailStore(self.files, self.off_thread)
        self._outgoing = OutgoingFolders(self.files.outgoing, write_whole)
        self.organise = Organising(self.database, Journal(self.files.journal), self.off_thread, self._organised)
        self.ids = IdJournal(self.files.ids)
        self._reconciler = Reconciler(self.files, self.database, self.off_thread, self.ids.read)
        self._startup = Startup(self, self._recovery, is_to_be_filled=is_to_be_filled)

    @property
    def set_aside(self) -> Path | None:
        """The damaged database, where one was set aside at this start."""
        return self._recovery.newest

    @property
    def rebuilt(self) -> Reconciled | None:
        """Return what came back from the files, where the database had to be made from them."""
        return self._startup.rebuilt

    @property
    def restored(self) -> bool | None:
        """Return whether a restore that was cut short was finished at this start; False if it was undone."""
        return self._startup.restored

    async def start(self) -> None:
        """Finish what a kill interrupted; a database that was lost is filled from files and journals.

        Raises LibraryError.
        """
        if not self.read_only:
            await self._startup.run()

    async def note_ids(self) -> None:
        """Write the ids of new images into their journal. Raises LibraryError."""
        # The file elsewhere than on the database's thread: searches must not wait for the disk.
        if not await self.off_thread(self.ids.load):
            return
        new = await self.database.read(self.ids.unnoted)
        if await self.off_thread(partial(self.ids.add, new)) and new.is_older:
            await self.database.write(partial(rows.pass_over, last=self.ids.last))

    async def note_paid(self) -> None:
        """Write into its journal what was paid since the last time. Raises LibraryError."""
        await self._startup.note_paid()

    async def remember_paid(self) -> None:
        """Have the database know all that the journal says was paid. Raises OSError, LibraryError."""
        await self._startup.remember_paid()

    async def remember_all(self) -> None:
        """Put back what the journals say of pictures, and what was paid. Raises OSError, LibraryError."""
        await self._startup.remember_all()

    async def reconcile(self) -> Reconciled:
        """Finishes what was interrupted between a file and its row. For the background: it looks at every file.

        Raises LibraryError.
        """
        try:
            await self.off_thread(self.files.remove_old_thumbnails)
            found = await self._reconciler.everything()
        except OSError as error:
            raise disk_error(error, "The library’s files cannot be compared with its database") from error
        await self._take_note(found)
        return found

    async def look_through(self) -> Reconciled:
        """Do what every start does in the background: look for damage, reconcile, tidy up.

        Raises DatabaseDamagedError, LibraryError.
        """
        await self.database.verify()
        await self.fill_index()
        found = await self.reconcile()
        await self.off_thread(self.files.remove_partials)
        with suppress(OSError):
            await self.off_thread(self._outgoing.clean)
        await self.repair_journals()
        return found

    async def repair_journals(self, *, is_judge: bool = True) -> None:
        """See `journal_repair`. Raises LibraryError."""
        await repair_journals(
            self.files, self.database, self.organise, self.ids, self.off_thread, self.notices, is_judge=is_judge
        )

    async def fill_index(self) -> None:
        """Index the images of a library from an earlier version. Raises LibraryError."""
        while not self.read_only and await self.database.write(fill_index):
            pass

    @asynccontextmanager
    async def writing_to(self, folder: Path, *, deep: bool = False) -> AsyncIterator[None]:
        """While files are written to a folder outside: what a kill leaves there, the next start removes.

        deep: in the folders below as well.
        """
        if self.read_only:
            yield
            return
        # A full disk must not keep pictures from being copied out of the library.
        with suppress(OSError):
            await self.off_thread(partial(self._outgoing.begin, folder, deep=deep))
        yield
        with suppress(OSError):
            await self.off_thread(partial(self._outgoing.end, folder, deep=deep))

    async def look_again(self, folder: Path) -> Reconciled:
        """Another program may have changed a folder below the pictures: what is gone, new, back or other is noticed."""
        found = await self._reconciler.folder(folder)
        await self._take_note(found)
        return found

    async def damaged(self, numbers: Sequence[int]) -> None:
        """The files of these pictures were found not to be whole."""
        await self.database.write(lambda connection: rows.set_state(connection, numbers, FileState.DAMAGED))
        self._tell(LibraryChange(tuple(numbers), structure=False))

    async def _take_note(self, found: Reconciled) -> None:
        if found.added and not self.read_only:
            await self.note_ids()
        if changed := found.added + found.moved:
            self._tell(LibraryChange(changed, structure=True, redrawn=True))
        if found.newly:
            self._tell(LibraryChange(found.newly, structure=False))
        if found.noticed:
            await self.off_thread(lambda: self.files.remove_thumbnails(found.noticed))
            self._tell(LibraryChange(found.noticed, structure=False, redrawn=True))

    def close(self) -> None:
        """Waits for work under way and closes the database; a second time it does nothing."""
        if self._closed:
            return
        self._closed = True
        self._workers.shutdown(cancel_futures=True)
        self.database.close()
        if self._lock is not None:
            self._lock.release()

    def subscribe(self, listener: Callable[[LibraryChange], None]) -> Callable[[], None]:
        """Tells the listener of changes, on the caller's thread; returns what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    # What is sent

    async def keep_input(self, data: bytes) -> KeptInput:
        """Copies bytes of a picture into the library under their content. Raises PictureError, LibraryError."""
        return await self._keep_input(partial(write_input, self.files, data))

    async def keep_input_of(self, data: bytes, work: Callable[[], Awaitable[T]]) -> tuple[T, KeptInput]:
        """Copy bytes of a picture into the library while work on them goes on; not where that fails.

        Returns what the work returns, too. Raises what the work raises, PictureError, LibraryError.
        """
        self.check_writable()
        staging = asyncio.ensure_future(self.off_thread(partial(StagedInput, self.files, data)))
        try:
            result = await work()
            with _saving_input():
                staged = await asyncio.shield(staging)
        except BaseException:
            spawn(self._discard(staging))
            raise
        return result, await self._keep_input(staged.commit)

    async def _discard(self, staging: Awaitable[StagedInput]) -> None:
        # Whatever is left where this fails is removed at the next start.
        with suppress(OSError, PictureError, LibraryError):
            await self.off_thread((await staging).discard)

    async def keep_file_as_input(self, source: Path) -> KeptInput:
        """The same of a file. Raises PictureError, LibraryError."""
        return await self._keep_input(partial(copy_input, self.files, source))

    async def _keep_input(self, write: Callable[[], KeptInput]) -> KeptInput:
        self.check_writable()
        with _saving_input():
            kept = await self.off_thread(write)
        await self.database.write(partial(note_input, kept=kept, files=self.files))
        return kept

    async def input(self, sha256: str) -> KeptInput | None:
        """The input with this content, or None when it is not there (any more)."""
        return await self.database.read(partial(find_input, sha256=sha256, files=self.files))

    # What is made

    async def keep_picture(self, source: Path, recipe: Recipe) -> PictureSummary:
        """Verifies a downloaded picture, writes its recipe into it, and keeps it. The source file is taken over.

        Doing it twice for the same job and position leaves one picture. Raises PictureError, LibraryError.
        """
        return await self._keep(partial(write_result, self.files, source, recipe), recipe)

    async def keep_made(self, data: bytes, recipe: Recipe) -> PictureSummary:
        """Keep a picture that was made here. data: its file, without the recipe. Raises PictureError, LibraryError."""
        return await self._keep(partial(write_made, self.files, data, recipe), recipe)

    async def _keep(self, write: Callable[[], tuple[Path, PictureInfo, Stamp]], recipe: Recipe) -> PictureSummary:
        self.check_writable()
        try:
            path, info, stamp = await self.off_thread(write)
        except OSError as error:
            raise disk_error(error, "The image cannot be saved in the library") from error
        name = self.files.relative(path)
        number = await self.database.write(partial(_insert, recipe, name, info, stamp))
        await self.note_paid()
        await self.note_ids()
        self._tell(LibraryChange((number,), structure=True))
        (summary,) = await self.summaries([number])
        return summary

    async def search(self, query: Query) -> list[int]:
        """Numbers of the pictures that match, in order."""
        return (await self.find(query)).numbers

    async def find(self, query: Query, most: int | None = None) -> Found:
        """The pictures that match, with what they are sorted by. most: only so many of the first; None for all."""
        return await self.database.read(lambda connection: search(connection, query, most))

    async def count(self, query: Query) -> int:
        """Return how many images match."""
        return await self.database.read(lambda connection: count(connection, query))

    async def summaries(self, numbers: Sequence[int]) -> list[PictureSummary]:
        """The pictures with these numbers, in this order; those that are gone are left out."""
        return await self.database.read(lambda connection: rows.summaries(connection, numbers, self.files))

    async def details(self, number: int) -> PictureDetails | None:
        """Everything about a picture, or None when it is gone."""
        return await self.database.read(lambda connection: rows.details(connection, number, self.files))

    async def results_of(self, jobs: Sequence[str]) -> dict[str, int]:
        """Return job id → the id of its first image that is not in the trash; jobs without one are left out."""
        return await self.database.read(lambda connection: rows.results_of(connection, jobs))

    async def raw_result(self, number: int) -> Path | None:
        """The result as the service sent it, of a picture that was put together from it; None where there is none."""
        details = await self.details(number)
        if details is None:
            return None
        recipe = details.recipe
        return await self.off_thread(lambda: self.files.raw_of(recipe.job_id, recipe.position))

    async def counts(self, today: datetime | None = None) -> Counts:
        """Return how many images there are. today: when it began; None for now."""
        since = today or datetime.now().astimezone()
        return await self.database.read(lambda connection: rows.counts(connection, since))

    async def endpoints(self) -> list[str]:
        """Return what any picture was made with, models of other programs too."""
        return await self.database.read(rows.endpoints)

    async def spend_since(self, moment: datetime) -> Spend:
        """Return what real pictures cost since then."""
        return await self.database.read(lambda connection: rows.spend(connection, moment))

    async def spending(self, since: datetime | None = None) -> list[spending.Line]:
        """Every picture that was paid for, oldest first. since: None for all."""
        return await self.database.read(lambda connection: spending.lines(connection, since))

    async def thumbnail(self, picture: PictureSummary, edge: int) -> bytes:
        """JPEG whose longer edge is at most `edge` pixels, made once.

        Raises PictureError where the file is gone, damaged or cannot be read now, LibraryError, OSError.
        """
        try:
            return await self._thumbnails.get(picture, edge)
        except UnreadablePictureError:
            # Says nothing of the file: memory may be short, or too many files open.
            raise
        except PictureError:
            if picture.state is not FileState.DAMAGED and not self.read_only and picture.path.is_file():
                await self.damaged([picture.id])
            raise

    async def trash(
        self, numbers: Sequence[int], progress: Progress | None = None, moved: list[int] | None = None
    ) -> list[int]:
        """Moves pictures to the library's trash, from where `restore` brings them back. Raises LibraryError.

        Returns those that were moved: all that are there, unless the progress is cancelled. moved: an empty list that
        takes them too, for where the move fails halfway.
        """
        now = datetime.now(UTC)
        return await self._move_all(numbers, lambda picture: self.files.trashed(picture.path), now, progress, moved)

    async def restore(
        self, numbers: Sequence[int], progress: Progress | None = None, moved: list[int] | None = None
    ) -> list[int]:
        """Brings pictures back from the trash. Returns those that are back, as `trash` does. Raises LibraryError."""

        def free_place(picture: PictureSummary) -> Path:
            recipe_month = f"{picture.path.name[:4]}-{picture.path.name[4:6]}"
            return self.files.free_place(recipe_month, picture.path.stem, picture.path.suffix[1:])

        return await self._move_all(numbers, free_place, None, progress, moved)

    async def trash_size(self) -> tuple[int, int]:
        """(how many pictures wait in the trash, their bytes)."""
        return await self.database.read(rows.trash_size)

    async def empty_trash(self, progress: Progress | None = None) -> int:
        """Moves the trash's files to the system's trash, and forgets them; how many. Raises LibraryError.

        What the system does not take stays where it is, and so does the rest once the progress is cancelled.
        """
        self.check_writable()
        gone = await empty_trash(self, progress or Progress())
        self._tell(LibraryChange(gone, structure=True))
        return len(gone)

    # What is remembered of forms

    async def remember_prompt(self, text: str) -> None:
        """Puts a prompt at the head of the history."""
        moment = datetime.now(UTC)
        await self.database.write(lambda connection: rows.remember_prompt(connection, text, moment))

    async def recent_prompts(self) -> list[str]:
        """The last prompts, newest first."""
        return await self.database.read(lambda connection: rows.recent_prompts(connection, _HISTORY))

    async def draft(self, name: str) -> dict[str, object]:
        """Return what was last saved of a form; empty when nothing was."""
        return await self.database.read(lambda connection: rows.read_draft(connection, name))

    async def save_draft(self, name: str, value: dict[str, object]) -> None:
        """Saves an unfinished form."""
        await self.database.write(lambda connection: rows.write_draft(connection, name, value))

    def _damage_seen(self) -> None:
        self.damage_seen.set()
        if not self.read_only:
            # Now, not in the background: a listener may end the program.
            with suppress(OSError):
                self._recovery.request()

    def check_writable(self) -> None:
        """Before files are touched. Raises LibraryReadOnlyError."""
        if self.read_only:
            raise LibraryReadOnlyError

    async def _move_all(
        self,
        numbers: Sequence[int],
        place_for: Callable[[PictureSummary], Path],
        trashed_at: datetime | None,
        progress: Progress | None,
        moved: list[int] | None,
    ) -> list[int]:
        self.check_writable()
        pictures, progress = await self.summaries(numbers), progress or Progress()
        moved = [] if moved is None else moved
        try:
            for picture in pictures:
                if progress.is_cancelled:
                    break
                progress.share = len(moved) / len(pictures)
                await self._move(picture, place_for(picture), trashed_at)
                moved.append(picture.id)
        except OSError as error:
            left = counted(len(pictures) - len(moved), "image")
            raise disk_error(error, f"{left} cannot be moved") from error
        finally:
            # Announce what was moved before a failure as well.
            self._tell(LibraryChange(tuple(moved), structure=True))
        return moved

    async def _move(self, picture: PictureSummary, target: Path, trashed_at: datetime | None) -> None:
        def move() -> None:
            beside = recipe_beside(picture.path)
            if beside.exists():
                beside.replace(recipe_beside(target))
            if picture.path.exists():
                picture.path.replace(target)

        await self.off_thread(move)
        name = self.files.relative(target)
        await self.database.write(lambda connection: rows.move_file(connection, picture.id, name, trashed_at))

    async def off_thread(self, work: Callable[[], T]) -> T:
        """Runs work on a thread of the library's own. Raises LibraryClosedError."""
        if self._closed:
            raise LibraryClosedError
        return await asyncio.get_running_loop().run_in_executor(self._workers, work)

    def announce(self, change: LibraryChange) -> None:
        """Tells the listeners of what was written beside this class."""
        self._tell(change)

    def _organised(self, numbers: tuple[int, ...]) -> None:
        self._tell(LibraryChange(numbers, structure=True))

    def _tell(self, change: LibraryChange) -> None:
        for listener in list(self._listeners):
            listener(change)


def _insert(recipe: Recipe, file: str, info: PictureInfo, stamp: Stamp, connection: sqlite3.Connection) -> int:
    return rows.insert_picture(connection, recipe, file, info, stamp)


@contextmanager
def _saving_input() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise disk_error(error, "The image cannot be saved in the library") from error
