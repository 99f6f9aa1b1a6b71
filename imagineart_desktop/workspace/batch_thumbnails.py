"""Thumbnails of the images of a batch's rows: only of those in view, read outside the GUI thread."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from imagineart_desktop.imaging import PictureError, make_thumbnail
from imagineart_desktop.workspace.background import spawn_owned

_EDGE = 64
_MAX_KEPT = 500
_MAX_QUEUED = 60
_MAX_LOADERS = 2


class BatchThumbnails(QObject):
    """Small copies of image files, the last requested first."""

    ready = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._kept: OrderedDict[Path, QImage] = OrderedDict()
        self._queue: OrderedDict[Path, None] = OrderedDict()
        self._loaders = 0

    def get(self, path: Path) -> QImage | None:
        """Return the thumbnail; None until `ready` is emitted. Empty for a file that can't be read."""
        if path in self._kept:
            self._kept.move_to_end(path)
            return self._kept[path]
        self._queue[path] = None
        self._queue.move_to_end(path)
        while len(self._queue) > _MAX_QUEUED:
            self._queue.popitem(last=False)
        if self._loaders < _MAX_LOADERS:
            self._loaders += 1
            spawn_owned(self, self._load())
        return None

    async def _load(self) -> None:
        try:
            while self._queue:
                path, _ = self._queue.popitem()
                self._kept[path] = await asyncio.to_thread(_read, path)
                while len(self._kept) > _MAX_KEPT:
                    self._kept.popitem(last=False)
                self.ready.emit()
        finally:
            self._loaders -= 1


def _read(path: Path) -> QImage:
    try:
        return QImage.fromData(make_thumbnail(path, _EDGE))
    except (PictureError, OSError):
        return QImage()
