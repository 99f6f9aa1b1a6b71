"""Reconciliation of files and rows in both directions: completes whatever was interrupted between a file and its row.

An image file without a row gets one, from its recipe or as a source. A row is updated if its file was renamed, or
is in the other of the two places because the program ended while moving it to or from the trash. Rows whose files
are missing, damaged or changed by another program are marked as such.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Collection, Container, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from imagineart_desktop.imaging import PictureError, PictureInfo, UnreadablePictureError, probe_picture
from imagineart_desktop.library.files.files import Files, Stamp, sha256_of_file, stamp_of, write_atomic
from imagineart_desktop.library.files.recipe import Recipe, read_recipe, sidecar_path
from imagineart_desktop.library.metadata.file_probe import import_job_id, probe_file
from imagineart_desktop.library.recovery.intact import is_intact
from imagineart_desktop.library.store import pictures as rows
from imagineart_desktop.library.store.database import Database
from imagineart_desktop.library.store.id_journal import Ids, JournalContent
from imagineart_desktop.library.store.off_thread import OffThread
from imagineart_desktop.library.store.records import FileState
from imagineart_desktop.library.store.stored_specs import StoredSpecs

log = logging.getLogger(__name__)

_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class ReconcileResult:
    """Result of reconciling, as picture ids.

    added: pictures that had no row; moved: pictures whose rows were updated to their file's new path. lost:
    pictures whose file is missing; newly: those of them whose file still existed at the last scan. changed:
    pictures whose file another program changed or damaged; noticed: all pictures whose file changed or reappeared.
    sources: how many of the added had no recipe.
    """

    added: tuple[int, ...] = ()
    moved: tuple[int, ...] = ()
    lost: tuple[int, ...] = ()
    newly_missing: tuple[int, ...] = ()
    changed: tuple[int, ...] = ()
    noticed: tuple[int, ...] = ()
    sources: int = 0


@dataclass(frozen=True, slots=True)
class _FileRow:
    """The part of a row that concerns its file."""

    number: int
    file: str
    stamp: Stamp
    state: FileState
    recipe: str


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Comparison of rows and files on disk.

    lost: rows whose file is missing; other: rows whose file differs from what they say. fresh: (stamp, id) of rows
    that don't have their file's modification time yet; unknown: names of files without a row.
    """

    lost: list[_FileRow]
    other: list[_FileRow]
    fresh: list[tuple[Stamp, int]]
    unknown: set[str]


@dataclass(frozen=True, slots=True)
class _UnknownFile:
    """A file without a row. source: whether it has no recipe; damaged: whether it's truncated or was changed."""

    recipe: Recipe
    info: PictureInfo
    stamp: Stamp
    source: bool = False
    damaged: bool = False


@dataclass(frozen=True, slots=True)
class _ChangedFile:
    """The current state of a file that differs from its row. info: None if it can't be read."""

    known: _FileRow
    stamp: Stamp
    state: FileState
    info: PictureInfo | None


class Reconciler:
    """The reconciliation of a library. Remembers files that aren't images, to avoid rereading them until they change.

    read_ids: reads the journal of ids, so that a picture without a row gets its previous id.
    """

    def __init__(
        self,
        files: Files,
        database: Database,
        specs: StoredSpecs,
        off_thread: OffThread,
        read_ids: Callable[[], JournalContent] = JournalContent,
    ) -> None:
        self._files = files
        self._database = database
        self._specs = specs
        self._off_thread = off_thread
        self._read_ids = read_ids
        self._ignored: set[tuple[str, Stamp]] = set()
        self._scanning = asyncio.Lock()
        """Held during a scan: two at once would report the same file twice."""

    async def scan_all(
        self,
        tell: Callable[[int, int], None] = lambda done, total: None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> ReconcileResult:
        """Check every file's name, size and time, and read those that are new or differ.

        tell: called with (new files read, total); stopped: checked before each; if true, the rest isn't read. Files
        that this process moves meanwhile are left to the next scan.
        """
        async with self._scanning:
            with self._files.own_changes.observed() as own:
                return await self._scan(own, tell, stopped)

    async def _scan(
        self,
        own: Container[str],
        tell: Callable[[int, int], None] = lambda done, total: None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> ReconcileResult:
        on_disk: dict[str, Stamp] = await self._off_thread(self._files.stamps)
        compared = await self._compared(on_disk, own)
        lost, unknown = compared.lost, compared.unknown
        moved = await self._follow_by_name(lost, unknown)
        gone = {row.number for row in lost if row.number not in moved}
        added: list[int] = []
        sources = 0
        had = await self._ids_before() if unknown else {}
        for place, name in enumerate(sorted(unknown)):
            if stopped():
                break
            tell(place, len(unknown))
            if name in own:
                continue
            read, renamed = await self._identify(self._files.absolute(name), gone)
            if read is None:
                self._ignored.add((name, on_disk[name]))
            elif renamed is not None and renamed in gone:
                await self._database.write(
                    partial(rows.follow, number=renamed, file=name, trashed_at=self._trashed(name), stamp=read.stamp)
                )
                moved.append(renamed)
                gone.discard(renamed)
            else:
                if (number := await self._add(name, read, had)) is not None:
                    added.append(number)
                    sources += read.source
        lost = [row for row in lost if row.file not in own]
        newly = [row.number for row in lost if row.number in gone and row.state is not FileState.MISSING]
        if newly:
            await self._database.write(partial(rows.set_state, numbers=newly, state=FileState.MISSING))
        changed, noticed = await self._renew(compared)
        lost_now = tuple(row.number for row in lost if row.number in gone)
        return ReconcileResult(tuple(added), tuple(moved), lost_now, tuple(newly), changed, noticed, sources)

    async def _identify(self, path: Path, gone: Collection[int]) -> tuple[_UnknownFile | None, int | None]:
        """Read a file without a row. Return it, None if there's nothing to keep, and the id of the picture it shows.

        gone: the pictures whose file is missing; a file that shows another one is a copy.
        """
        read: _UnknownFile | None = await self._off_thread(partial(_read, path))
        if read is None:
            return None, None
        shown = await self._database.read(partial(rows.find_picture, recipe=read.recipe))
        if shown is not None and shown not in gone:
            read = await self._as_a_copy(shown, path)
        return read, shown

    async def folder(self, folder: Path) -> ReconcileResult:
        """Like `scan_all` for one folder below the pictures; checks everything if files were added or removed."""
        async with self._scanning:
            with self._files.own_changes.observed() as own:
                on_disk: dict[str, Stamp] = await self._off_thread(partial(self._files.stamps, folder))
                compared = await self._compared(on_disk, own, f"{self._files.relative(folder)}/")
                if compared.unknown or any(row.state is not FileState.MISSING for row in compared.lost):
                    return await self._scan(own)
                changed, noticed = await self._renew(compared)
                return ReconcileResult(changed=changed, noticed=noticed)

    async def _compared(self, on_disk: dict[str, Stamp], own: Container[str], beginning: str = "") -> _Comparison:
        passed_over = self._ignored.copy()
        return await self._database.read(
            partial(_compare, on_disk=on_disk, own=own, passed_over=passed_over, beginning=beginning)
        )

    def _trashed(self, name: str) -> datetime | None:
        return datetime.now(UTC) if self._files.is_trash(name) else None

    async def _follow_by_name(self, lost: Sequence[_FileRow], unknown: set[str]) -> list[int]:
        """Update rows whose file moved to another folder under the same name, and remove these files from `unknown`."""
        by_name = {Path(name).name: name for name in unknown}
        moved = []
        for row in lost:
            found = by_name.get(Path(row.file).name)
            if found is not None and found in unknown:
                stamp: Stamp = await self._off_thread(partial(stamp_of, self._files.absolute(found)))
                await self._database.write(
                    partial(rows.follow, number=row.number, file=found, trashed_at=self._trashed(found), stamp=stamp)
                )
                moved.append(row.number)
                unknown.discard(found)
        return moved

    async def _as_a_copy(self, number: int, path: Path) -> _UnknownFile | None:
        """Return a modified copy of an existing picture as a picture of its own, or None if the bytes are identical."""
        (there,) = await self._database.read(
            partial(rows.summaries, numbers=[number], files=self._files, specs=self._specs)
        )

        def compare() -> _UnknownFile | None:
            if there.path.is_file() and sha256_of_file(path) == sha256_of_file(there.path):
                return None
            return _read_outside(path)

        copy: _UnknownFile | None = await self._off_thread(compare)
        if copy is None or await self._database.read(partial(rows.find_picture, recipe=copy.recipe)) is not None:
            return None
        return copy

    async def _ids_before(self) -> Ids:
        try:
            reading: JournalContent = await self._off_thread(self._read_ids)
        except OSError:
            log.warning("ids not read", exc_info=True)
            return {}
        return reading.ids

    async def _add(self, name: str, read: _UnknownFile, had: Ids) -> int | None:
        if read.recipe.imported is not None:
            beside = sidecar_path(self._files.absolute(name))
            await self._off_thread(partial(write_atomic, beside, read.recipe.model_dump_json().encode()))
        return await self._database.write(partial(_insert, self._specs, read, name, self._trashed(name), had))

    async def _renew(self, compared: _Comparison) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Return (ids of pictures changed or damaged since the last scan, ids of pictures whose rows were updated)."""
        other = compared.other
        if compared.fresh:
            await self._database.write(partial(_adopt, fresh=compared.fresh))
        changed, noticed = [], []
        for start in range(0, len(other), _AT_ONCE):
            some = other[start : start + _AT_ONCE]
            renewed: list[_ChangedFile] = await self._off_thread(partial(_look, self._files, some))
            await self._database.write(partial(_note, renewed=renewed))
            noticed += [one.known.number for one in renewed]
            changed += [one.known.number for one in renewed if one.state in (FileState.CHANGED, FileState.DAMAGED)]
        return tuple(changed), tuple(noticed)


def _compare(
    connection: sqlite3.Connection,
    on_disk: dict[str, Stamp],
    own: Container[str],
    passed_over: set[tuple[str, Stamp]],
    beginning: str,
) -> _Comparison:
    """Compare all rows in one pass, so that a hundred thousand rows cost the GUI thread nothing.

    own: files that this process moves, which aren't judged.
    """
    compared = _Comparison([], [], [], set())
    named = set()
    rows_there = connection.execute(
        "SELECT id, file, bytes, changed_ns, file_state, job_id, position FROM pictures WHERE file >= ? AND file < ?",
        (beginning, f"{beginning}\U0010ffff"),
    )
    for number, file, length, changed_ns, state, job_id, position in rows_there:
        stamp = on_disk.get(file)
        named.add(file)
        if (stamp == (length, changed_ns) and state != FileState.MISSING) or file in own:
            continue
        row = _FileRow(number, file, (length, changed_ns), FileState(state), f"{job_id}-{position}")
        if stamp is None:
            compared.lost.append(row)
        elif row.state is FileState.MISSING or stamp[0] != length or changed_ns:
            compared.other.append(row)
        else:
            compared.fresh.append((stamp, number))
    unknown = (name for name in on_disk if name not in named and name not in own)
    compared.unknown.update(name for name in unknown if (name, on_disk[name]) not in passed_over)
    return compared


def _adopt(connection: sqlite3.Connection, fresh: Sequence[tuple[Stamp, int]]) -> None:
    connection.executemany(
        "UPDATE pictures SET changed_ns = ? WHERE id = ?", [(stamp[1], number) for stamp, number in fresh]
    )


def _note(connection: sqlite3.Connection, renewed: Sequence[_ChangedFile]) -> None:
    for one in renewed:
        rows.renew(connection, one.known.number, one.stamp, one.state, one.info)


def _look(files: Files, some: Sequence[_FileRow]) -> list[_ChangedFile]:
    """Classify changed files: same size and recipe means it was only copied, otherwise another program changed it."""
    found = []
    for row in some:
        path = files.absolute(row.file)
        info = None
        try:
            stamp = stamp_of(path)
            same = stamp[0] == row.stamp[0]
            state = FileState.DAMAGED
            if same or is_intact(path):
                info = probe_picture(path)
                recipe = read_recipe(path)
                alike = same and (recipe is None or f"{recipe.job_id}-{recipe.position}" == row.recipe)
                state = FileState.OK if alike else FileState.CHANGED
        except (OSError, UnreadablePictureError):
            continue
        except PictureError:
            state = FileState.DAMAGED
        found.append(_ChangedFile(row, stamp, state, info))
    return found


def _read(path: Path) -> _UnknownFile | None:
    """Read a file without a row. One with a recipe may be damaged; any other must be a complete image, else None."""
    try:
        recipe = read_recipe(path)
        if recipe is None:
            return _read_outside(path)
        return _UnknownFile(recipe, probe_picture(path), stamp_of(path), damaged=not is_intact(path, recipe))
    except (PictureError, OSError):
        return None


def _read_outside(path: Path) -> _UnknownFile | None:
    """Read a file like an imported one, identified by its bytes."""
    try:
        looked, stamp = probe_file(path), stamp_of(path)
    except (PictureError, OSError):
        return None
    recipe = looked.recipe.model_copy(update={"job_id": import_job_id(looked.sha256), "position": 0})
    return _UnknownFile(recipe, looked.info, stamp, source=not (recipe.imported and recipe.imported.program))


def _insert(
    specs: StoredSpecs,
    read: _UnknownFile,
    name: str,
    trashed_at: datetime | None,
    had: Ids,
    connection: sqlite3.Connection,
) -> int | None:
    """Insert the row of a file, and return its id; None if its own step inserted it meanwhile."""
    if rows.find_picture(connection, read.recipe) is not None:
        return None
    number = rows.insert_picture(connection, specs, read.recipe, name, read.info, read.stamp, had)
    if trashed_at is not None:
        rows.move_file(connection, number, name, trashed_at)
    if read.damaged:
        rows.set_state(connection, [number], FileState.DAMAGED)
    return number
