"""Emptying of the library's trash into the system's trash, in steps that the next start completes after a crash.

The files to be moved are recorded next to the database before the first one is moved; the record is deleted once
the rows are. A row whose file wasn't moved yet stays in the trash.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from imagineart_desktop.library.errors import disk_error
from imagineart_desktop.library.files.files import Files, write_atomic
from imagineart_desktop.library.files.recipe import sidecar_path
from imagineart_desktop.library.store import pictures as rows
from imagineart_desktop.library.store.ledger import record_deletion
from imagineart_desktop.library.store.records import PictureSummary, Query
from imagineart_desktop.support import Progress
from imagineart_desktop.support.system_trash import send2trash

if TYPE_CHECKING:
    from imagineart_desktop.library.library import Library

_MAX_BYTES = 1 << 26


async def empty_trash(library: Library, progress: Progress) -> tuple[int, ...]:
    """Move the trashed files to the system's trash and delete their rows. Returns the ids deleted. Raises LibraryError.

    If the system rejects a file or progress is canceled, it and the rest stay where they are. Pictures restored
    meanwhile aren't counted.
    """
    pictures = await library.summaries(await library.search(Query(trash=True)))
    names = [library.files.relative(picture.path) for picture in pictures]
    gone: list[int] = []
    refused: OSError | None = None
    try:
        await library.run_in_thread(partial(write_atomic, library.files.emptying, json.dumps(names).encode()))
    except OSError as error:
        raise disk_error(error, "The trash cannot be emptied") from error
    for done, picture in enumerate(pictures):
        if progress.is_cancelled:
            break
        progress.share = done / len(pictures)
        try:
            await library.run_in_thread(partial(_to_system_trash, picture.path))
        except OSError as error:
            refused = error
            break
        gone.append(picture.id)
    forgotten = await _forget(library, gone)
    await library.run_in_thread(partial(library.files.emptying.unlink, missing_ok=True))
    if refused is not None and not gone:
        raise disk_error(
            refused,
            "The system’s trash can’t take the images",
            "Free some space there, or delete the files in the library’s trash folder.",
        ) from refused
    return tuple(forgotten)


async def finish_emptying(library: Library) -> None:
    """After a crash, delete the rows of files that were already moved. Raises LibraryError, OSError."""
    names: list[str] = await library.run_in_thread(partial(_noted, library.files))
    if names:
        pictures = await library.summaries(await library.search(Query(trash=True)))
        on_the_way = [p for p in pictures if library.files.relative(p.path) in set(names)]
        gone: list[int] = await library.run_in_thread(partial(_finish_moved, on_the_way))
        await _forget(library, gone)
    await library.run_in_thread(partial(library.files.emptying.unlink, missing_ok=True))


async def _forget(library: Library, numbers: Sequence[int]) -> list[int]:
    """Delete rows and thumbnails; return the ids deleted."""
    gone = await library.database.write(partial(_forget_trashed, numbers=numbers))
    await library.run_in_thread(partial(library.files.remove_thumbnails, gone))
    return gone


def _forget_trashed(connection: sqlite3.Connection, numbers: Sequence[int]) -> list[int]:
    """Delete the rows of moved files. Skips pictures restored meanwhile: their files are elsewhere."""
    held = {row["id"] for row in connection.execute("SELECT id FROM pictures WHERE trashed_ms IS NOT NULL")}
    gone = [number for number in numbers if number in held]
    record_deletion(connection, gone)
    rows.delete_pictures(connection, gone)
    return gone


def _to_system_trash(path: Path) -> None:
    for file in (path, sidecar_path(path)):
        if file.exists():
            send2trash(file)


def _finish_moved(pictures: Sequence[PictureSummary]) -> list[int]:
    """Return the ids of pictures whose file is gone, and move the recipes next to them as well."""
    gone = [picture for picture in pictures if not picture.path.exists()]
    for picture in gone:
        with suppress(OSError):
            _to_system_trash(picture.path)
    return [picture.id for picture in gone]


def _noted(files: Files) -> list[str]:
    try:
        if files.emptying.stat().st_size > _MAX_BYTES:
            return []
        names = json.loads(files.emptying.read_text("utf-8"))
        return [name for name in names if isinstance(name, str) and files.is_trash(name)]
    except (OSError, ValueError, TypeError, RecursionError):
        return []
