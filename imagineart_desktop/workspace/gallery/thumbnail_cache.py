"""Thumbnails for grids: asked for last, loaded first; read, decoded and cut off the window's thread."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterable

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QImage, QPainter, QPixmap, QTransform

from imagineart_desktop.imaging import PictureError
from imagineart_desktop.library import Library, LibraryError, PictureSummary
from imagineart_desktop.workspace.background import spawn_for

THUMBNAIL_EDGE = 512
"""Pixels of the longer edge, as kept on the disk."""

SMALL_EDGE = 256
"""The same for small cells; made from the larger one where that is there."""

_SHORTER = 0.75
"""Of a picture's shorter edge to its longer one, usually; a cell is covered."""

_KEPT = 800
_AT_ONCE = 3
_MOST_WAITING = 200


class Thumbnails(QObject):
    """Small pictures cut to a cell's shape. size: of a cell, in screen pixels; radius: of its round corners."""

    ready = Signal(int)
    """Number of the picture."""

    def __init__(self, library: Library, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._library = library
        self._size, self._radius = QSize(1, 1), 0.0
        self._kept: OrderedDict[int, QPixmap] = OrderedDict()
        self._earlier: OrderedDict[int, QPixmap] = OrderedDict()
        """Cut for another cell size; each stands in until the one for this size has come."""
        self._missing: set[int] = set()
        self._waiting: OrderedDict[int, PictureSummary] = OrderedDict()
        self._loaders = 0

    def set_size(self, size: QSize, radius: float) -> None:
        """Another cell size; what was cut for the old one is loaded anew when it is seen, and shown until then."""
        if size != self._size:
            self._size, self._radius = size, radius
            self._earlier.update(self._kept)
            self._kept.clear()
            self._waiting.clear()

    def forget_all(self) -> None:
        """Numbers mean other pictures now."""
        self._kept.clear()
        self._earlier.clear()
        self._waiting.clear()
        self._missing.clear()

    def forget(self, numbers: Iterable[int]) -> None:
        """The files of these pictures are other ones now."""
        for number in numbers:
            self._kept.pop(number, None)
            self._earlier.pop(number, None)
            self._missing.discard(number)

    def get(self, picture: PictureSummary) -> QPixmap | None:
        """The small picture; until `ready` says that it is loaded, the one for another cell size, or None."""
        kept = self._kept.get(picture.id)
        if kept is not None:
            self._kept.move_to_end(picture.id)
            return kept
        if picture.id not in self._missing:
            self._waiting[picture.id] = picture
            self._waiting.move_to_end(picture.id)
            while len(self._waiting) > _MOST_WAITING:
                self._waiting.popitem(last=False)
            self._start()
        return self._earlier.get(picture.id)

    def _start(self) -> None:
        if self._loaders < _AT_ONCE:
            self._loaders += 1
            spawn_for(self, self._load())

    def prefetch(self, picture: PictureSummary) -> None:
        """Loads it when nothing that is looked at waits any more."""
        known = picture.id in self._kept or picture.id in self._waiting or picture.id in self._missing
        if not known and len(self._waiting) < _MOST_WAITING:
            self._waiting[picture.id] = picture
            self._waiting.move_to_end(picture.id, last=False)
            self._start()

    def is_missing(self, number: int) -> bool:
        """Whether the picture's file could not be read."""
        return number in self._missing

    async def _load(self) -> None:
        try:
            while self._waiting:
                number, picture = self._waiting.popitem()
                size = self._size
                try:
                    data = await self._library.thumbnail(picture, _edge_for(size))
                    image = await asyncio.to_thread(_cut, data, size, self._radius)
                except (PictureError, LibraryError, OSError):
                    self._missing.add(number)
                else:
                    if size == self._size:
                        self._keep(number, QPixmap.fromImage(image))
                self.ready.emit(number)
        finally:
            self._loaders -= 1

    def _keep(self, number: int, pixmap: QPixmap) -> None:
        self._kept[number] = pixmap
        self._earlier.pop(number, None)
        while len(self._kept) + len(self._earlier) > _KEPT:
            (self._earlier or self._kept).popitem(last=False)


def _edge_for(size: QSize) -> int:
    """The smaller of the two kept sizes that fills a cell."""
    return SMALL_EDGE if max(size.width(), size.height()) <= SMALL_EDGE * _SHORTER else THUMBNAIL_EDGE


def _cut(data: bytes, size: QSize, radius: float) -> QImage:
    """Scaled to cover the cell, its middle kept; faces and horizons lie above the middle of tall pictures."""
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
    return cut
