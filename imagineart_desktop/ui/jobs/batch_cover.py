"""The first images of a batch, as the picture on its card."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPixmap
from PySide6.QtWidgets import QLabel

from imagineart_desktop.jobs import Batch
from imagineart_desktop.library import Library, Query, SortOrder
from imagineart_desktop.library.search.query_parser import Term
from imagineart_desktop.support import UserError
from imagineart_desktop.ui.theme import icon
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.gallery.thumbnail_cache import THUMBNAIL_EDGE

_EDGE = 56
_COLUMNS = 2
_MAX_IMAGES = _COLUMNS**2


class BatchCover(QLabel):
    """Up to four images, in the order in which they came; once there are four, the picture doesn't change any more."""

    def __init__(self, library: Library) -> None:
        super().__init__()
        self._library = library
        self._is_loading = False
        self.shown = 0
        """Number of images."""
        self.setFixedSize(_EDGE, _EDGE)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setPixmap(icon("images", "text_faint").pixmap(QSize(22, 22)))

    def show_batch(self, batch: Batch) -> None:
        """Add the images that have come."""
        if min(batch.summary.done, _MAX_IMAGES) > self.shown and not self._is_loading:
            self._is_loading = True
            spawn_owned(self, self._load(batch))

    async def _load(self, batch: Batch) -> None:
        query = Query(Term("batch", batch.name, phrase=True).text(), order=SortOrder.OLDEST)
        try:
            found = await self._library.find(query, _MAX_IMAGES)
            pictures = await self._library.summaries(found.numbers)
            files = [await self._library.thumbnail(picture, THUMBNAIL_EDGE) for picture in pictures]
            images = await asyncio.to_thread(lambda: [QImage.fromData(data) for data in files])
        except UserError:
            # Until the next job of the batch has ended.
            return
        finally:
            self._is_loading = False
        if len(images) > self.shown:
            self.shown = len(images)
            self.setPixmap(self._mosaic(images))

    def _mosaic(self, images: list[QImage]) -> QPixmap:
        """Return the images cut to squares: one alone, or several in two columns."""
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(self.size() * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        edge = _EDGE if len(images) == 1 else _EDGE / _COLUMNS
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for place, image in enumerate(images):
            side = min(image.width(), image.height())
            part = QRectF((image.width() - side) / 2, (image.height() - side) / 2, side, side)
            row, column = divmod(place, _COLUMNS)
            painter.drawImage(QRectF(column * edge, row * edge, edge, edge), image, part)
        painter.end()
        return pixmap
