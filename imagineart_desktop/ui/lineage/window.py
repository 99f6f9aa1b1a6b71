"""A window that shows the lineage of an image."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from imagineart_desktop.imaging import make_thumbnail
from imagineart_desktop.library import Library, LibraryError
from imagineart_desktop.library.lineage import Lineage, Node, lineage_of
from imagineart_desktop.support import UserError
from imagineart_desktop.ui.lineage.graph import LineageGraph
from imagineart_desktop.ui.lineage.items import NodeItem
from imagineart_desktop.ui.widgets import BaseDialog, ElidedLabel, InlineMessage, button, rule
from imagineart_desktop.ui.widgets.over import message_over
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.gallery.thumbnail_cache import THUMBNAIL_EDGE
from imagineart_desktop.workspace.library_texts import NO_LONGER_THERE

_SMALL = 320


class LineageWindow(BaseDialog):
    """A dialog with a lineage graph, non-modal beside the main window."""

    opened = Signal(int)
    """Show an image in the main window."""

    def __init__(self, parent: QWidget, library: Library) -> None:
        super().__init__(parent)
        self._library = library
        self._asked = 0
        self.setWindowTitle("Lineage")
        self.setModal(False)
        self.resize(1060, 640)
        self.graph = LineageGraph()
        self.message = InlineMessage(floats=True)
        self.words = ElidedLabel("", "muted")
        self.open_button = button("Open", self.graph.open_current, tip="Open this image (Enter)")
        self.centre_button = button(
            "Lineage", self._centre, tip="What this image was made from, and what was made from it"
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(message_over(self.graph, self.message), 1)
        column.addWidget(rule())
        foot = QHBoxLayout()
        foot.setContentsMargins(12, 8, 12, 8)
        foot.setSpacing(8)
        foot.addWidget(self.words, 1)
        foot.addWidget(self.centre_button)
        foot.addWidget(self.open_button)
        column.addLayout(foot)
        self.graph.node_selected.connect(self._walked)
        self.graph.opened.connect(self.opened)
        self.graph.more_wanted.connect(self.open_for)

    def open_for(self, number: int) -> None:
        """Show the lineage of a library image."""
        spawn_owned(self, self.load(number))
        self.show()
        self.raise_()
        self.activateWindow()
        self.graph.setFocus()

    async def load(self, number: int) -> None:
        """Load the graph, then its thumbnails."""
        self._asked += 1
        turn = self._asked
        self.message.clear()
        try:
            found = await lineage_of(self._library, number)
        except LibraryError as error:
            self.message.say(str(error))
            return
        if turn != self._asked:
            return
        if found is None:
            self.message.say(NO_LONGER_THERE)
            return
        self.graph.show_lineage(found)
        if len(found.nodes) == 1:
            self.message.say(f"{_origin(found.nodes[0])}, and nothing was made from it yet.", "info")
        await self._load_images(found, turn)

    async def _load_images(self, found: Lineage, turn: int) -> None:
        for node in found.nodes:
            image = await self._image(node)
            if turn != self._asked:
                return
            if image is not None and not image.isNull():
                self.graph.nodes[node.key].show_image(image)

    async def _image(self, node: Node) -> QImage | None:
        try:
            if node.picture is not None:
                data = await self._library.thumbnail(node.picture, THUMBNAIL_EDGE)
            elif node.kept is not None:
                data = await asyncio.to_thread(make_thumbnail, node.kept, _SMALL)
            else:
                return None
        except UserError:
            return None
        return await asyncio.to_thread(QImage.fromData, data)

    def _walked(self, item: NodeItem | None) -> None:
        known = item is not None and item.picture is not None
        self.words.setText(" · ".join(part for part in (item.label, item.note) if part) if item is not None else "")
        self.open_button.setEnabled(known)
        self.centre_button.setEnabled(known)

    def _centre(self) -> None:
        item = self.graph.current()
        if item is not None and item.picture is not None:
            self.open_for(item.picture.id)


def _origin(node: Node) -> str:
    """Return where an image without parents comes from."""
    is_import = node.picture is not None and node.picture.is_plain_import
    return "This image was imported" if is_import else "This image was made from a prompt alone"
