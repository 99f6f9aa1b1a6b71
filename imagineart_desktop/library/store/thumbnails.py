"""Thumbnail cache on disk."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Collection
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import Any

from imagineart_desktop.imaging import make_thumbnail
from imagineart_desktop.library.files.files import Files, write_atomic
from imagineart_desktop.library.store.database import Database
from imagineart_desktop.library.store.off_thread import OffThread
from imagineart_desktop.library.store.records import PictureSummary

LARGEST_KEPT = 512
"""Longer edge in pixels; the half-size thumbnail is made from this one, so that an image is decoded only once."""

_FILES = "SELECT id, file, job_id, position, bytes, changed_ns FROM pictures"


async def clear_outdated_thumbnails(
    files: Files, database: Database, before: Path | None, replaced: Collection[str] = ()
) -> None:
    """Delete the thumbnails of pictures whose file may have changed.

    before: the previous database, which nobody has open; None if it's unknown. replaced: names of files that were
    replaced, whatever the rows say. Raises LibraryError.
    """
    now = await database.read(_files_of)

    def clear() -> None:
        known = {} if before is None else _files_before(before)
        kept = {number for number, file in now.items() if known.get(number) == file and file[0] not in replaced}
        files.clear_thumbnails(kept)

    await asyncio.to_thread(clear)


def _files_of(connection: sqlite3.Connection) -> dict[int, tuple[Any, ...]]:
    """Return id → the columns that identify the file."""
    return {number: tuple(file) for number, *file in connection.execute(_FILES)}


def _files_before(path: Path) -> dict[int, tuple[Any, ...]]:
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            return _files_of(connection)
    except (sqlite3.Error, UnicodeDecodeError):
        return {}


class ThumbnailStore:
    """Thumbnails on disk, created on demand, one at a time per picture."""

    def __init__(self, files: Files, off_thread: OffThread) -> None:
        self._files = files
        self._off_thread = off_thread
        self._under_way: dict[int, asyncio.Future[bytes]] = {}

    async def get(self, picture: PictureSummary, edge: int) -> bytes:
        """Return a JPEG whose longer edge is at most `edge` pixels.

        Raises PictureError if the file is missing or damaged.
        """
        while (under_way := self._under_way.get(picture.id)) is not None:
            await asyncio.wait([under_way])
        task: asyncio.Future[bytes] = asyncio.ensure_future(self._off_thread(partial(self._made, picture, edge)))
        self._under_way[picture.id] = task
        try:
            return await task
        finally:
            self._under_way.pop(picture.id, None)

    def _made(self, picture: PictureSummary, edge: int) -> bytes:
        path = self._files.thumbnail(picture.id, picture.stamp, edge)
        with suppress(FileNotFoundError):
            return path.read_bytes()
        source: Path | bytes = picture.path
        if 2 * edge == LARGEST_KEPT:
            source = self._made(picture, LARGEST_KEPT)
        data = make_thumbnail(source, edge)
        write_atomic(path, data)
        return data
