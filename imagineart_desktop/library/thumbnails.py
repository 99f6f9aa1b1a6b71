"""Small copies of pictures on the disk, each made once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from imagineart_desktop.imaging import make_thumbnail
from imagineart_desktop.library.files import Files, write_whole
from imagineart_desktop.library.records import PictureSummary


class ThumbnailStore:
    """Makes what is not there yet; what is asked for twice meanwhile is made once."""

    def __init__(self, files: Files, off_thread: Callable[[Callable[[], Any]], Awaitable[Any]]) -> None:
        self._files = files
        self._off_thread = off_thread
        self._under_way: dict[Path, asyncio.Future[bytes]] = {}

    async def get(self, picture: PictureSummary, edge: int) -> bytes:
        """JPEG whose longer edge is at most `edge` pixels. Raises PictureError when the file is gone or damaged."""
        path = self._files.thumbnail(picture.id, edge)
        under_way = self._under_way.get(path)
        if under_way is not None:
            return await under_way

        def make() -> bytes:
            try:
                return path.read_bytes()
            except FileNotFoundError:
                data = make_thumbnail(self._larger(picture, edge) or picture.path, edge)
                write_whole(path, data)
                return data

        task: asyncio.Future[bytes] = asyncio.ensure_future(self._off_thread(make))
        self._under_way[path] = task
        try:
            return await task
        finally:
            self._under_way.pop(path, None)

    def _larger(self, picture: PictureSummary, edge: int) -> Path | None:
        """A larger one that is there already: to make a small one of it costs a hundredth."""
        larger = self._files.thumbnail(picture.id, 2 * edge)
        return larger if larger.is_file() else None
