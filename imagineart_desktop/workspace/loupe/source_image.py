"""The source of the image in the loupe, decoded only when it's compared."""

from __future__ import annotations

import asyncio
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from imagineart_desktop.imaging import PictureError, load_picture
from imagineart_desktop.library import PictureDetails
from imagineart_desktop.models import is_source
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.image_pyramid import ImagePyramid


class SourceImage(QObject):
    """The first image that another one was made from, if its file still exists."""

    ready = Signal()
    failed = Signal(str)
    """The reason why the source can't be shown."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.is_wanted = False
        """Whether to show before and after for images that have a source."""
        self.pyramid: ImagePyramid | None = None
        self._source: Path | None = None

    @property
    def exists(self) -> bool:
        """Return whether there is something to compare with."""
        return self._source is not None

    def set_wanted(self, on: bool) -> None:
        """Switch between comparing and showing the image alone."""
        self.is_wanted = on
        self._load_if_wanted()

    def show_source_of(self, details: PictureDetails | None) -> None:
        """Use the source of another image; None if its details aren't loaded yet."""
        parents = details.parents if details is not None else ()
        source = next((parent.path for parent in parents if is_source(parent.role) and parent.path is not None), None)
        if source != self._source:
            self._source, self.pyramid = source, None
            self._load_if_wanted()

    def _load_if_wanted(self) -> None:
        if self.is_wanted and self._source is not None and self.pyramid is None:
            spawn_owned(self, self._load(self._source))

    async def _load(self, source: Path) -> None:
        try:
            pyramid = await asyncio.to_thread(lambda: ImagePyramid.of(load_picture(source).pixels))
        except PictureError as error:
            if source == self._source:
                self.failed.emit(f"The source image can’t be shown. {error}")
            return
        if source == self._source:
            self.pyramid = pyramid
            self.ready.emit()
