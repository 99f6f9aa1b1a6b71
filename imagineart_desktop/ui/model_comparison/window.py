"""A window with the images that several models made of one request, side by side."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from imagineart_desktop.imaging import PictureError, load_picture
from imagineart_desktop.library import Library, LibraryError
from imagineart_desktop.support.wording import pluralize
from imagineart_desktop.ui.compare.pane import ComparedImage, ComparePane
from imagineart_desktop.ui.widgets import BaseDialog, InlineMessage, button, plain_label
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.image_pyramid import ImagePyramid
from imagineart_desktop.workspace.image_source import library_file
from imagineart_desktop.workspace.model_comparison import ModelComparison


class ModelComparisonWindow(BaseDialog):
    """Shows a comparison while its images arrive; names, prices and times can be hidden."""

    def __init__(self, parent: QWidget, library: Library, comparison: ModelComparison) -> None:
        super().__init__(parent)
        self._library = library
        self._comparison = comparison
        self._tried: set[int] = set()
        self._images: dict[int, ComparedImage] = {}
        self._is_loading = False
        self.setWindowTitle("Compare models")
        self.setModal(False)
        self.resize(1120, 820)
        QShortcut(QKeySequence("Ctrl+W"), self, self.close)
        self.pane = ComparePane()
        self.message = InlineMessage()
        self.state = plain_label("", "muted")
        self.names = button("Hide names", self._toggle_names, tip="Judge the images without knowing the models")
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 8, 12, 8)
        bar.addWidget(self.state, 1)
        bar.addWidget(self.names)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self.message)
        column.addWidget(self.pane, 1)
        comparison.changed.connect(self._show)
        self._show()

    def _toggle_names(self) -> None:
        if self._comparison.are_names_hidden:
            self._comparison.show_names()
        else:
            self._comparison.hide_names()

    def _show(self) -> None:
        comparison = self._comparison
        self.names.setText("Show names" if comparison.are_names_hidden else "Hide names")
        pending = comparison.pending
        self.state.setText(f"Waiting for {pluralize(pending, 'image')}…" if pending else "All images are here.")
        if failures := comparison.failures():
            self.message.say(" ".join(failures), "caution")
            if not pending:
                self.state.setText("")
        else:
            self.message.clear()
        self._show_images()
        if not self._is_loading:
            spawn_owned(self, self._load())

    def _show_images(self) -> None:
        shown = [
            ComparedImage(self._comparison.label(compared), image.pyramid, image.pixels)
            for compared in self._comparison.models
            if compared.picture_id is not None and (image := self._images.get(compared.picture_id)) is not None
        ]
        self.pane.show_pictures(shown, keep_view=True)

    async def _load(self) -> None:
        """Load the images that arrived, one at a time."""
        self._is_loading = True
        try:
            while missing := [
                compared.picture_id
                for compared in self._comparison.models
                if compared.picture_id is not None and compared.picture_id not in self._tried
            ]:
                self._tried.add(missing[0])
                with suppress(LibraryError, PictureError):
                    self._images[missing[0]] = await self._read(missing[0])
                self._show_images()
        finally:
            self._is_loading = False

    async def _read(self, picture_id: int) -> ComparedImage:
        path = await library_file(picture_id, self._library)

        def read() -> ComparedImage:
            pixels = load_picture(path).pixels
            return ComparedImage("", ImagePyramid.of(pixels), pixels)

        return await asyncio.to_thread(read)
