"""Decides which images of a list to decode: the current one, its neighbors, and at rest the current one in full."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QSizeF, QTimer, Signal

from imagineart_desktop.library import Library
from imagineart_desktop.ui.viewer.image_view import ImageViewer
from imagineart_desktop.workspace.image_pyramid import ImagePyramid
from imagineart_desktop.workspace.loupe.image_list import ImageList
from imagineart_desktop.workspace.loupe.image_loader import ImageLoader

_AHEAD, _BEHIND = 2, 1
"""Number of images decoded before the user goes to them."""

_IDLE_MS = 500
"""Milliseconds after which all pixels of the image are loaded, not only those visible while it's fitted."""

_ROUNDED = 2
"""Pixels of an image's longer edge that don't count as missing."""


class PrefetchController(QObject):
    """Feeds one view with the images of one list."""

    ready = Signal(int)
    """Id of an image that can be shown in more detail than before."""
    failed = Signal(int, str)
    loading = Signal(bool)
    """Whether the current image is still to come, or to become as sharp as it's seen."""

    def __init__(self, library: Library, images: ImageList, view: ImageViewer, parent: QObject) -> None:
        super().__init__(parent)
        self._images, self._view = images, view
        self.loader = ImageLoader(library, self)
        self._unknown: set[int] = set()
        """Neighbors whose summaries aren't loaded yet."""
        self._idle_timer = QTimer(self)
        self._idle_timer.setSingleShot(True)
        self._idle_timer.setInterval(_IDLE_MS)
        self._idle_timer.timeout.connect(partial(self.load, full=True))
        self.loader.ready.connect(self.ready)
        self.loader.failed.connect(self.failed)
        self.loader.ready.connect(self._tell_loading)
        images.dataChanged.connect(self._rows_changed)
        view.zoom_changed.connect(self._zoomed)

    def load(self, *, full: bool = False) -> None:
        """Request the current image and its neighbors, and report what is available.

        full: load every pixel of the image.
        """
        number = self._images.current
        summary = self._images.summary_of(number) if number is not None else None
        if number is None or summary is None:
            self._tell_loading()
            return
        neighbors = self._images.neighbors(_AHEAD, _BEHIND)
        around = [self._images.summary_of(one) for one in neighbors]
        unknown = {one for one, found in zip(neighbors, around, strict=True) if found is None}
        self._images.know([one for one in neighbors if one in unknown - self._unknown])
        self._unknown = unknown
        size = QSizeF(self._view.size()) * self._view.devicePixelRatioF()
        self.loader.want(summary, [one for one in around if one is not None], size, full=full)
        if (error := self.loader.error_of(number)) is not None:
            self.failed.emit(number, error)
            return
        if self.loader.get(number) is not None:
            self.ready.emit(number)
        if not full:
            self.rest()
        self._tell_loading()

    def _tell_loading(self) -> None:
        number = self._images.current
        pyramid = self.loader.get(number) if number is not None else None
        if number is None or self.loader.error_of(number) is not None:
            self.loading.emit(False)
        elif pyramid is None:
            self.loading.emit(True)
        else:
            # Sizes are rounded to whole pixels.
            lacking = (self._view.zoom - pyramid.max_sharp_zoom) * max(pyramid.size.width(), pyramid.size.height())
            self.loading.emit(not pyramid.is_full and lacking > _ROUNDED)

    def get(self, number: int) -> ImagePyramid | None:
        """Return the best version of an image that is available now."""
        return self.loader.get(number)

    def rest(self) -> None:
        """Load all pixels of the current image after a delay, or at once if the user is looking at its details."""
        if self._images.current is not None:
            self._idle_timer.start(_IDLE_MS if self._view.is_fitted else 0)

    def stop(self) -> None:
        """Don't load every pixel, as the user is moving on."""
        self._idle_timer.stop()

    def clear(self) -> None:
        """Release all images."""
        self._idle_timer.stop()
        self._unknown = set()
        self.loader.clear()
        self.loading.emit(False)

    def _rows_changed(self) -> None:
        """Continue if summaries of neighbors have loaded."""
        if any(self._images.summary_of(number) is not None for number in self._unknown):
            self.load()

    def _zoomed(self, zoom: float) -> None:
        """Load all pixels as soon as the zoom makes them visible."""
        number = self._images.current
        pyramid = self.loader.get(number) if number is not None else None
        if pyramid is not None and not pyramid.is_full and zoom > pyramid.max_sharp_zoom and not self._view.is_fitted:
            self._idle_timer.start(0)
