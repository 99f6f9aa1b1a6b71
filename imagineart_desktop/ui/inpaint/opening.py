"""Opening an image from elsewhere: its rows are seen while it is decoded, and of several the last one counts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from PySide6.QtCore import QObject, QSize, Signal

from imagineart_desktop.imaging import PictureError, Pixels, Size
from imagineart_desktop.library import Library, LibraryError
from imagineart_desktop.support import Progress
from imagineart_desktop.ui.canvas.mask_canvas import MaskCanvas
from imagineart_desktop.ui.canvas.pyramid import Pyramid
from imagineart_desktop.ui.inpaint import session
from imagineart_desktop.ui.intake import Taken
from imagineart_desktop.ui.loading import load
from imagineart_desktop.ui.pixels import to_image
from imagineart_desktop.ui.widgets import Waiting

Opened = tuple[session.OpenPicture, str]
"""The image, and what its file is called."""


class Opening(QObject):
    """One image at a time: opening another one cancels the first."""

    previewed = Signal()
    """The canvas shows rows of an image that is still being decoded."""
    ended = Signal()
    """The canvas shows no such rows any more."""

    def __init__(self, parent: QObject, library: Library, canvas: MaskCanvas, waiting: Waiting) -> None:
        super().__init__(parent)
        self._library = library
        self._canvas = canvas
        self._waiting = waiting
        self._turn = 0
        self._reading: asyncio.Task[Opened | None] | None = None

    @asynccontextmanager
    async def opened(self, taken: Taken) -> AsyncIterator[Opened | None]:
        """Open an image, None once that is cancelled. Its rows stay in sight until the block has put it in place.

        Raises PictureError, LibraryError.
        """
        self._turn += 1
        turn = self._turn
        if self._reading is not None:
            self._reading.cancel()
        self._canvas.show_preview(None)
        try:
            yield await self._read(taken, turn)
        finally:
            if turn == self._turn:
                self._canvas.show_preview(None)
                self.ended.emit()

    async def _read(self, taken: Taken, turn: int) -> Opened | None:
        try:
            opened = await self._waiting.on("Opening", lambda show: self._decode(taken, turn, show))
        except (PictureError, LibraryError):
            if turn == self._turn:
                raise
            return None
        return opened if turn == self._turn else None

    async def _decode(self, taken: Taken, turn: int, show: Callable[[Progress], object]) -> Opened | None:
        if turn != self._turn:
            return None
        self._reading = asyncio.current_task()
        progress, loop = Progress(), asyncio.get_running_loop()
        show(progress)

        def preview(rows: Pixels, size: Size) -> None:
            if turn == self._turn and not progress.is_cancelled:
                self._canvas.show_preview(Pyramid([to_image(rows)], QSize(*size)))
                self.previewed.emit()

        try:
            loaded = await load(taken, self._library)
            picture = await session.open_picture(
                loaded, self._library, progress.reach, lambda rows, size: loop.call_soon_threadsafe(preview, rows, size)
            )
        finally:
            progress.cancel()
        return picture, loaded.name
