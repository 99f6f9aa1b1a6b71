"""What the image in the loupe was made from, decoded once it is to be compared."""

from __future__ import annotations

import asyncio
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from imagineart_desktop.imaging import PictureError, load_picture
from imagineart_desktop.library import PictureDetails
from imagineart_desktop.workspace.background import spawn_for
from imagineart_desktop.workspace.image_pyramid import Pyramid


class BeforeImage(QObject):
    """The first image that another one was made from, if its file is still there."""

    ready = Signal()
    failed = Signal(str)
    """Why the source can't be shown."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.is_wanted = False
        """Whether before and after are shown where an image has a source."""
        self.pyramid: Pyramid | None = None
        self._source: Path | None = None

    @property
    def exists(self) -> bool:
        """Whether there is something to compare with."""
        return self._source is not None

    def set_wanted(self, on: bool) -> None:
        """Compare, or show the image alone."""
        self.is_wanted = on
        self._load_if_wanted()

    def show_source_of(self, details: PictureDetails | None) -> None:
        """Another image is shown, or nothing is known of it yet."""
        parents = details.parents if details is not None else ()
        source = next((parent.path for parent in parents if parent.role != "mask" and parent.path is not None), None)
        if source != self._source:
            self._source, self.pyramid = source, None
            self._load_if_wanted()

    def _load_if_wanted(self) -> None:
        if self.is_wanted and self._source is not None and self.pyramid is None:
            spawn_for(self, self._load(self._source))

    async def _load(self, source: Path) -> None:
        try:
            pyramid = await asyncio.to_thread(lambda: Pyramid.of(load_picture(source).pixels))
        except PictureError as error:
            if source == self._source:
                self.failed.emit(f"The source image can’t be shown. {error}")
            return
        if source == self._source:
            self.pyramid = pyramid
            self.ready.emit()
