"""Linked views that show the same region of different images."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from imagineart_desktop.ui.viewer.image_view import ImageViewer, paint_view_label
from imagineart_desktop.workspace.image_pyramid import ImagePyramid

MAX_COMPARED = 4
"""Maximum number of images compared at once."""

_GAP = 2


@dataclass(frozen=True, slots=True)
class ViewRegion:
    """Which region of an image is shown, independent of its size: fitted, or position and zoom.

    centre: the point in the middle of the view, as fractions of width and height; span: size of the image in device
    pixels, as the geometric mean of both edges.
    """

    fitted: bool = True
    centre: tuple[float, float] = (0.5, 0.5)
    span: float = 1.0


class ComparedView(ImageViewer):
    """A view of one image, with its name. flips: whether Space requests the next image instead of the hand."""

    next_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = ""
        self.flickers = False
        self.setAcceptDrops(False)

    @property
    def name(self) -> str:
        """Return the name shown on the image."""
        return self._name

    def set_name(self, name: str) -> None:
        """Set the name shown on the image; empty for none."""
        self._name = name
        self.setAccessibleName(name or "Image")
        self.update()

    @property
    def look(self) -> ViewRegion:
        """The region that is shown."""
        view = self.viewport_state
        size, at = view.picture, view.centre
        return ViewRegion(self._fitted, (at.x() / size.width(), at.y() / size.height()), view.zoom * _mean_edge(size))

    def take_look(self, look: ViewRegion) -> None:
        """Show the same region of this view's own image."""
        if look.fitted or not self.has_picture:
            self.fit()
            return
        self._fitted = False
        size = self.viewport_state.picture
        there = QPointF(look.centre[0] * size.width(), look.centre[1] * size.height())
        view = replace(self._measured(), centre=there)
        self._set_view(view.zoomed(look.span / _mean_edge(size), view.middle))

    def show_at(self, look: ViewRegion, after: ImagePyramid | None, before: ImagePyramid | None = None) -> None:
        """Show another image at the same region."""
        self.show_picture(after, before, keep_view=True)
        self.take_look(look)

    def paint_above(self, painter: QPainter, _exposed: QRectF) -> None:
        """Draw the name in the corner of the view."""
        if self._name:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_view_label(painter, QRectF(self.rect()), self._name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Request the next image on Space while flickering."""
        if self.flickers and event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self.next_wanted.emit()
        else:
            super().keyPressEvent(event)


class SideBySide(QWidget):
    """Up to four views, in the number of columns that leaves the most room for the images."""

    looked = Signal(object)
    """The `ViewRegion` of the view that the user moved."""

    def __init__(self) -> None:
        super().__init__()
        self.linked = True
        self._following = False
        self._count = 0
        self._ratio = 1.0
        self._columns = 0
        self.views = [ComparedView() for _ in range(MAX_COMPARED)]
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(_GAP)
        for view in self.views:
            view.hide()
            view.setParent(self)
            view.zoom_changed.connect(partial(self._moved, view))

    def show_pictures(self, pictures: Sequence[tuple[str, ImagePyramid]], look: ViewRegion) -> None:
        """Show named images, at most four."""
        self._count, self._columns = len(pictures), 0
        sizes = [pyramid.size for _, pyramid in pictures]
        self._ratio = math.prod(size.width() / size.height() for size in sizes) ** (1 / max(1, len(sizes)))
        self._following = True
        for index, view in enumerate(self.views):
            name, pyramid = pictures[index] if index < self._count else ("", None)
            view.set_name(name)
            view.show_at(look, pyramid)
            view.setVisible(pyramid is not None)
        self._following = False
        self._arrange()

    def take_look(self, look: ViewRegion) -> None:
        """Show a region in all views."""
        self._following = True
        for view in self.views[: self._count]:
            view.take_look(look)
        self._following = False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Change the number of columns if that leaves more room."""
        super().resizeEvent(event)
        self._arrange()

    def _moved(self, view: ComparedView, _zoom: float) -> None:
        if self._following or not view.isVisible():
            return
        look = view.look
        if self.linked:
            self._following = True
            for other in self.views[: self._count]:
                if other is not view:
                    other.take_look(look)
            self._following = False
        self.looked.emit(look)

    def _arrange(self) -> None:
        if not self._count:
            return
        columns = max(range(1, self._count + 1), key=self._room)
        if columns == self._columns:
            return
        self._columns = columns
        for view in self.views:
            self._grid.removeWidget(view)
        for index, view in enumerate(self.views[: self._count]):
            self._grid.addWidget(view, index // columns, index % columns)
        for place in range(MAX_COMPARED):
            self._grid.setColumnStretch(place, 1 if place < columns else 0)
            self._grid.setRowStretch(place, 1 if place < -(-self._count // columns) else 0)

    def _room(self, columns: int) -> float:
        """Return the height of an image of the mean aspect ratio, for a number of columns."""
        rows = -(-self._count // columns)
        return min(self.width() / columns / self._ratio, self.height() / rows)


def _mean_edge(size: QSizeF) -> float:
    return math.sqrt(size.width() * size.height())
