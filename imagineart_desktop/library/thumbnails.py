"""Small copies of pictures on the disk, each made once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from imagineart_desktop.imaging import make_thumbnail
from imagineart_desktop.library.files import Files, write_whole
from imagineart_desktop.library.records import PictureSummary

LARGEST_KEPT = 512
"""Pixels of the longer edge; the size of half of it is made of this one, so that a picture is decoded once."""


class ThumbnailStore:
    """Makes what is not there yet. A picture is worked on once at a time."""

    def __init__(self, files: Files, off_thread: Callable[[Callable[[], Any]], Awaitable[Any]]) -> None:
        self._files = files
        self._off_thread = off_thread
        self._under_way: dict[int, asyncio.Future[bytes]] = {}

    async def get(self, picture: PictureSummary, edge: int) -> bytes:
        """JPEG whose longer edge is at most `edge` pixels. Raises PictureError when the file is gone or damaged."""
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
        write_whole(path, data)
        return data
