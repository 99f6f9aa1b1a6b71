"""Opens images: their rows appear while decoding, and of several requests the latest wins."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QSize, Signal

from imagineart_desktop.imaging import OnRows, Pixels, Size
from imagineart_desktop.library import Library, StoredInput
from imagineart_desktop.support import Progress, ReportProgress, UserError, WorkCanceledError
from imagineart_desktop.workspace.background import PendingWorkPresenter
from imagineart_desktop.workspace.image_pyramid import ImagePyramid
from imagineart_desktop.workspace.image_source import load_image
from imagineart_desktop.workspace.inpaint import session_store
from imagineart_desktop.workspace.mime import ImageSource
from imagineart_desktop.workspace.qimage import to_qimage

T = TypeVar("T")

OpenedImage = tuple[session_store.OpenImage, str]
"""The image and its file name."""


class ImageOpener(QObject):
    """Opens one image at a time: opening another one cancels the first. waiting: shows that it's being opened."""

    began = Signal()
    """An image is being read."""
    preview_changed = Signal(object)
    """The rows decoded so far changed: an `ImagePyramid`, or None once they needn't be shown anymore."""
    ended = Signal()
    """Nothing is being read anymore. Follows `preview_changed`."""

    def __init__(self, parent: QObject, library: Library, waiting: PendingWorkPresenter) -> None:
        super().__init__(parent)
        self._library = library
        self._waiting = waiting
        self._turn = 0
        self._read_task: asyncio.Task[Any] | None = None

    @asynccontextmanager
    async def opened(self, taken: ImageSource) -> AsyncIterator[OpenedImage | None]:
        """Open an image; None if canceled. Its rows stay visible until the `with` block has put it in place.

        Raises PictureError, LibraryError.
        """

        async def read(reach: ReportProgress, show_rows: OnRows) -> OpenedImage:
            loaded = await load_image(taken, self._library)
            return await session_store.open_image(loaded, self._library, reach, show_rows), loaded.name

        async with self._shown(read) as opened:
            yield opened

    @asynccontextmanager
    async def open_restored(
        self, kept: StoredInput, picture_id: int | None
    ) -> AsyncIterator[session_store.RestoredSession | None]:
        """Open an image of the last session in the same way, with its mask. Raises PictureError."""

        async def read(reach: ReportProgress, show_rows: OnRows) -> session_store.RestoredSession:
            return await session_store.restore_session(kept, picture_id, self._library, reach, show_rows)

        async with self._shown(read) as opened:
            yield opened

    async def reopen(self, sha256: str, picture_id: int | None) -> session_store.OpenImage | None:
        """Read an image that was on the canvas before, leaving the canvas unchanged.

        None if the library no longer has it.

        Raises PictureError, LibraryError, WorkCanceledError.
        """
        kept = await self._library.inputs.find(sha256)
        if kept is None:
            return None

        async def read(show: Callable[[Progress], object]) -> session_store.OpenImage:
            progress = Progress()
            show(progress)
            try:
                return await session_store.reopen(kept, picture_id, progress.reach)
            finally:
                progress.cancel()

        opened = await self._waiting.on("Opening", read)
        if opened is None:
            raise WorkCanceledError
        return opened

    @asynccontextmanager
    async def _shown(
        self, read: Callable[[ReportProgress, OnRows], Coroutine[object, None, T]]
    ) -> AsyncIterator[T | None]:
        self._turn += 1
        turn = self._turn
        if self._read_task is not None:
            self._read_task.cancel()
        self.preview_changed.emit(None)
        self.began.emit()
        try:
            yield await self._read(read, turn)
        finally:
            if turn == self._turn:
                self.preview_changed.emit(None)
                self.ended.emit()

    async def _read(self, read: Callable[[ReportProgress, OnRows], Coroutine[object, None, T]], turn: int) -> T | None:
        try:
            opened = await self._waiting.on("Opening", lambda show: self._decode(read, turn, show))
        except UserError:
            if turn == self._turn:
                raise
            return None
        return opened if turn == self._turn else None

    async def _decode(
        self,
        read: Callable[[ReportProgress, OnRows], Coroutine[object, None, T]],
        turn: int,
        show: Callable[[Progress], object],
    ) -> T | None:
        if turn != self._turn:
            return None
        self._read_task = asyncio.current_task()
        progress, loop = Progress(), asyncio.get_running_loop()
        show(progress)

        def preview(rows: ImagePyramid) -> None:
            if turn == self._turn and not progress.is_cancelled:
                self.preview_changed.emit(rows)

        def show_rows(rows: Pixels, size: Size) -> None:
            loop.call_soon_threadsafe(preview, ImagePyramid([to_qimage(rows)], QSize(*size)))

        try:
            return await read(progress.reach, show_rows)
        finally:
            progress.cancel()
