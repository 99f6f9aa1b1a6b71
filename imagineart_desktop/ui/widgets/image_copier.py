"""Copies images to the clipboard, each also as PNG, which Qt would otherwise encode in the GUI thread on request."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QMimeData, QObject
from PySide6.QtGui import QClipboard, QGuiApplication, QImage

from imagineart_desktop.imaging import Pixels, encode_full_image, full_image_of
from imagineart_desktop.support import Progress, ReportProgress, WorkCanceledError
from imagineart_desktop.ui.widgets import PendingWork
from imagineart_desktop.workspace.mime import IMAGE_IDS_MIME
from imagineart_desktop.workspace.qimage import to_qimage

_PNG = "image/png"
_CONVERTED_SHARE = 0.3
"""Share of the progress that's done when only the PNG remains to be encoded."""


class ClipboardImage(NamedTuple):
    """An image as it's put on the clipboard."""

    image: QImage
    png: bytes


def clipboard_image(pixels: Pixels, reach: ReportProgress) -> ClipboardImage:
    """Return an image for the clipboard. It takes a moment. reach: called with the completed fraction."""
    image = to_qimage(pixels)
    reach(_CONVERTED_SHARE)
    return ClipboardImage(
        image,
        encode_full_image(
            full_image_of(pixels), lambda share: reach(_CONVERTED_SHARE + (1 - _CONVERTED_SHARE) * share)
        ),
    )


class ImageCopier(QObject):
    """Copies one image at a time; anything copied meanwhile, here or in another program, supersedes it.

    A window has one copier: with two, each would cancel what the other copies later.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._turn = 0
        self._progress = Progress()
        QGuiApplication.clipboard().dataChanged.connect(self._supersede)

    async def copy(
        self,
        make: Callable[[ReportProgress], ClipboardImage],
        waiting: PendingWork,
        words: str = "Copying the image",
        picture_id: int | None = None,
    ) -> bool:
        """Copy what `make` returns, called in a worker thread.

        Return whether it's on the clipboard: False if canceled.

        waiting: shows the work to the user, who can cancel it. picture_id: of an image from the library. Raises what
        `make` raises.
        """
        self._supersede()
        turn, progress = self._turn, Progress()
        self._progress = progress

        async def work(show: Callable[[Progress], object]) -> ClipboardImage:
            show(progress)
            return await asyncio.to_thread(make, progress.reach)

        try:
            made = await waiting.on(words, work)
        except WorkCanceledError:
            return False
        finally:
            progress.cancel()
        if made is None or turn != self._turn:
            return False
        mime = QMimeData()
        if picture_id is not None:
            mime.setData(IMAGE_IDS_MIME, str(picture_id).encode())
        mime.setImageData(made.image)
        mime.setData(_PNG, made.png)
        QGuiApplication.clipboard().setMimeData(mime, QClipboard.Mode.Clipboard)
        return True

    def _supersede(self) -> None:
        """Cancel the copy in progress, so that it doesn't overwrite what's copied later."""
        self._turn += 1
        self._progress.cancel()
