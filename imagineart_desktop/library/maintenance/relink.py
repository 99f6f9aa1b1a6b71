"""Relinking of missing or damaged image files: the user locates the file, or the picture is removed."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from imagineart_desktop.imaging import PictureError, PictureInfo, probe_picture
from imagineart_desktop.library.errors import LibraryError
from imagineart_desktop.library.files.files import sha256_of_file, stamp_of
from imagineart_desktop.library.files.recipe import Recipe, read_recipe
from imagineart_desktop.library.library import Library
from imagineart_desktop.library.recovery.file_copy import copy_file
from imagineart_desktop.library.recovery.intact import is_intact
from imagineart_desktop.library.store import pictures as rows
from imagineart_desktop.library.store.marks import Marks, read_marks, write_marks
from imagineart_desktop.library.store.records import FileState, LibraryChange, PictureDetails
from imagineart_desktop.library.store.row_copy import insert_row

_Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class RemovedRows:
    """Rows of removed pictures as they were, with parents and marks."""

    rows: tuple[tuple[_Row, tuple[_Row, ...], Marks], ...]

    @property
    def numbers(self) -> tuple[int, ...]:
        """Ids of the removed pictures."""
        return tuple(row["id"] for row, _, _ in self.rows)


async def relink(library: Library, number: int, path: Path) -> None:
    """Copy a file into the library to replace a picture's missing or damaged one, if it is that image.

    The given file stays where it is; a damaged file in the library is set aside. Raises LibraryError.
    """
    library.check_writable()
    details = await library.details(number)
    if details is None:
        raise LibraryError("The image is no longer in the library.")
    target = details.summary.path

    def take() -> PictureInfo:
        if not path.is_file() or not is_intact(path, details.recipe):
            raise LibraryError(f"“{path.name}” is incomplete or damaged.")
        if not _is_that(path, details):
            raise LibraryError(f"“{path.name}” is a different image: neither its recipe nor its content matches.")
        if path != target:
            if target.exists():
                aside = library.files.new_aside() / library.files.relative(target)
                aside.parent.mkdir(parents=True, mode=0o700)
                target.rename(aside)
            copy_file(path, target)
        return probe_picture(target)

    with library.files.own_changes.claim() as claim:
        claim.add(library.files.relative(target))
        try:
            info = await asyncio.to_thread(take)
            stamp = await asyncio.to_thread(stamp_of, target)
        except (OSError, PictureError) as error:
            raise LibraryError(f"“{path.name}” can’t be used: {error}.") from error
        await library.database.write(lambda c: rows.renew(c, number, stamp, FileState.OK, info))
    library.announce(LibraryChange((number,), reordered=True, pixels_changed=True))


async def remove_missing(library: Library, numbers: Sequence[int]) -> RemovedRows:
    """Delete the rows of those pictures that have no file. Pass the result to `restore_removed` to undo."""
    library.check_writable()
    there = await library.summaries(numbers)
    gone = await asyncio.to_thread(lambda: [picture.id for picture in there if not picture.path.exists()])
    forgotten = await library.database.write(partial(_take_out, numbers=gone))
    library.announce(LibraryChange(forgotten.numbers, reordered=True))
    return forgotten


async def restore_removed(library: Library, forgotten: RemovedRows) -> None:
    """Restore removed pictures under their old ids."""
    await library.database.write(partial(_put_in, forgotten=forgotten))
    library.announce(LibraryChange(forgotten.numbers, reordered=True))


def _is_that(path: Path, details: PictureDetails) -> bool:
    wanted = details.recipe
    found: Recipe | None = read_recipe(path)
    if found is not None and (found.job_id, found.position) == (wanted.job_id, wanted.position):
        return True
    if wanted.imported is not None:
        return sha256_of_file(path) == wanted.imported.sha256
    # A file whose recipe was stored next to it has none inside.
    alike = details.summary.state is not FileState.DAMAGED and path.stat().st_size == details.bytes
    return found is None and alike and probe_picture(path) == PictureInfo(details.format, details.summary.size)


def _take_out(connection: sqlite3.Connection, numbers: Sequence[int]) -> RemovedRows:
    taken = []
    for number, marks in read_marks(connection, numbers):
        row = dict(connection.execute("SELECT * FROM pictures WHERE id = ?", (number,)).fetchone())
        parents = connection.execute("SELECT * FROM parents WHERE picture_id = ?", (number,)).fetchall()
        taken.append((row, tuple(map(dict, parents)), marks))
    rows.delete_pictures(connection, numbers)
    return RemovedRows(tuple(taken))


def _put_in(connection: sqlite3.Connection, forgotten: RemovedRows) -> None:
    for row, parents, marks in forgotten.rows:
        known = connection.execute(
            "SELECT 1 FROM pictures WHERE id = ? OR file = ? OR (job_id = ? AND position = ?)",
            (row["id"], row["file"], row["job_id"], row["position"]),
        ).fetchone()
        if known is None:
            insert_row(connection, "pictures", row, "ABORT")
            for parent in parents:
                insert_row(connection, "parents", parent, "ABORT")
            write_marks(connection, row["id"], marks, row["created_ms"])
