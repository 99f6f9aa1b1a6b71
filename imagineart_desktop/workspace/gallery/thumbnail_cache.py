"""Thumbnails for grids: last requested, first loaded; read, decoded and cropped off the UI thread."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterable

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QImage, QPainter, QPixmap, QTransform

from imagineart_desktop.library import Library, PictureSummary
from imagineart_desktop.support import UserError
from imagineart_desktop.workspace.background import spawn_owned

THUMBNAIL_EDGE = 512
"""Longer edge of a thumbnail as stored on disk, in pixels."""

SMALL_EDGE = 256
"""Longer edge for small cells, made from the larger thumbnail if there is one."""

_TYPICAL_ASPECT = 0.75
"""Typical ratio of an image's shorter edge to its longer one; thumbnails cover the whole cell."""

_MAX_CACHED = 800
_MAX_LOADERS = 3
_MAX_QUEUED = 200


class ThumbnailCache(QObject):
    """Thumbnails cropped to a cell's shape. size: of a cell, in device pixels; radius: of its rounded corners."""

    ready = Signal(int)
    """Id of the image."""

    def __init__(self, library: Library, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._library = library
        self._size, self._radius = QSize(1, 1), 0.0
        self._kept: OrderedDict[int, QPixmap] = OrderedDict()
        self._earlier: OrderedDict[int, QPixmap] = OrderedDict()
        """Cut for another cell size; each stands in until the one for this size has come."""
        self._missing: set[int] = set()
        self._transparent: set[int] = set()
        self._waiting: OrderedDict[int, PictureSummary] = OrderedDict()
        self._loaders = 0

    def set_size(self, size: QSize, radius: float) -> None:
        """Set another cell size. Thumbnails of the old size are shown until those of the new one are loaded."""
        if size != self._size:
            self._size, self._radius = size, radius
            self._earlier.update(self._kept)
            self._kept.clear()
            self._waiting.clear()

    def forget_all(self) -> None:
        """Clear the cache, because ids now refer to other images."""
        self._kept.clear()
        self._earlier.clear()
        self._waiting.clear()
        self._missing.clear()
        self._transparent.clear()

    def forget(self, numbers: Iterable[int]) -> None:
        """Drop the thumbnails of images whose files have changed."""
        for number in numbers:
            self._kept.pop(number, None)
            self._earlier.pop(number, None)
            self._missing.discard(number)
            self._transparent.discard(number)

    def get(self, picture: PictureSummary) -> QPixmap | None:
        """Return the thumbnail; until `ready` is emitted for it, that of another cell size, or None."""
        kept = self._kept.get(picture.id)
        if kept is not None:
            self._kept.move_to_end(picture.id)
            return kept
        if picture.id not in self._missing:
            self._waiting[picture.id] = picture
            self._waiting.move_to_end(picture.id)
            while len(self._waiting) > _MAX_QUEUED:
                self._waiting.popitem(last=False)
            self._start()
        return self._earlier.get(picture.id)

    def _start(self) -> None:
        if self._loaders < _MAX_LOADERS:
            self._loaders += 1
            spawn_owned(self, self._load())

    def prefetch(self, picture: PictureSummary) -> None:
        """Load a thumbnail once no visible one is waiting."""
        known = picture.id in self._kept or picture.id in self._waiting or picture.id in self._missing
        if not known and len(self._waiting) < _MAX_QUEUED:
            self._waiting[picture.id] = picture
            self._waiting.move_to_end(picture.id, last=False)
            self._start()

    def is_missing(self, number: int) -> bool:
        """Return whether the image's file couldn't be read."""
        return number in self._missing

    def is_transparent(self, number: int) -> bool:
        """Return whether an image whose thumbnail was loaded is transparent in places."""
        return number in self._transparent

    async def _load(self) -> None:
        try:
            while self._waiting:
                number, picture = self._waiting.popitem()
                size = self._size
                try:
                    data = await self._library.thumbnail(picture, _edge_for(size))
                    image, is_transparent = await asyncio.to_thread(_crop_to_cell, data, size, self._radius)
                except UserError:
                    self._missing.add(number)
                else:
                    if is_transparent:
                        self._transparent.add(number)
                    if size == self._size:
                        self._keep(number, QPixmap.fromImage(image))
                self.ready.emit(number)
        finally:
            self._loaders -= 1

    def _keep(self, number: int, pixmap: QPixmap) -> None:
        self._kept[number] = pixmap
        self._earlier.pop(number, None)
        while len(self._kept) + len(self._earlier) > _MAX_CACHED:
            (self._earlier or self._kept).popitem(last=False)


def _edge_for(size: QSize) -> int:
    """Return the smaller of the two stored sizes that fills a cell."""
    return SMALL_EDGE if max(size.width(), size.height()) <= SMALL_EDGE * _TYPICAL_ASPECT else THUMBNAIL_EDGE


def _crop_to_cell(data: bytes, size: QSize, radius: float) -> tuple[QImage, bool]:
    """Scale an image to cover the cell and crop it horizontally to the center. Return also whether it's transparent.

    Vertically, two thirds of the excess are cut off at the bottom, as faces and horizons are above the middle of tall
    images.
    """
    image = QImage.fromData(data)
    scaled = image.scaled(
        size, Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode.SmoothTransformation
    )
    left = (scaled.width() - size.width()) // 2
    top = (scaled.height() - size.height()) // 3
    cut = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    cut.fill(Qt.GlobalColor.transparent)
    brush = QBrush(scaled)
    brush.setTransform(QTransform.fromTranslate(-left, -top))
    painter = QPainter(cut)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(brush)
    painter.drawRoundedRect(cut.rect(), radius, radius)
    painter.end()
    return cut, image.hasAlphaChannel()
