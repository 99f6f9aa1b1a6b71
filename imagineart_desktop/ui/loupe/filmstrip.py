"""The filmstrip: the images of a list in one row.

As in the grid, cell positions are computed arithmetically: `QListView`'s own layout, which visits every row, never
runs.
"""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QListView

from imagineart_desktop.ui.image_details.thumbnail_delegate import GAP, RADIUS, ThumbnailDelegate
from imagineart_desktop.workspace.gallery.rows import Index
from imagineart_desktop.workspace.loupe.image_list import ImageList

_CELL = QSize(76 + GAP, 70 + GAP)
_MARGIN = 10
HEIGHT = _CELL.height() + _MARGIN + 6
_Hint = QAbstractItemView.ScrollHint


class Filmstrip(QListView):
    """A strip that keeps the current image centered. A click goes to another image; the wheel scrolls."""

    menu_wanted = Signal(list, QPoint)

    def __init__(self, images: ImageList) -> None:
        super().__init__()
        self._images = images
        self._cells = ThumbnailDelegate(self, badges=False)
        self._cells.size = _CELL
        self.setModel(images)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setUniformItemSizes(True)
        self.setItemDelegate(self._cells)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setDragEnabled(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFixedHeight(HEIGHT)
        self.setAccessibleName("Filmstrip")
        self.clicked.connect(self._go_to)
        images.moved.connect(self.center)
        images.resized.connect(self.center)

    def _go_to(self, index: QModelIndex) -> None:
        self._images.go_to(self._images.number_at(index))

    def center(self) -> None:
        """Center the current image."""
        self.updateGeometries()
        row = self._images.position[0] - 1
        if row >= 0:
            self.scrollTo(self._images.index(row), _Hint.PositionAtCenter)
        self.viewport().update()

    # Geometry

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the current image centered."""
        super().resizeEvent(event)
        ratio = self.devicePixelRatioF()
        size = QSize(_CELL.width() - GAP, _CELL.height() - GAP) * ratio
        self._images.thumbnails.set_size(size, RADIUS * ratio)
        self.center()

    def doItemsLayout(self) -> None:
        """Skip `QListView`'s layout; only the scroll range may have changed."""
        QAbstractItemView.doItemsLayout(self)

    def updateGeometries(self) -> None:
        """Update the scroll range."""
        bar, width = self.horizontalScrollBar(), self.viewport().width()
        whole = self._images.rowCount() * _CELL.width() + 2 * _MARGIN - GAP
        bar.setRange(0, max(0, whole - width))
        bar.setPageStep(width)
        bar.setSingleStep(_CELL.width())

    def horizontalOffset(self) -> int:
        """Return the number of pixels scrolled out of view on the left."""
        return self.horizontalScrollBar().value()

    def verticalOffset(self) -> int:
        """Return 0: the strip never scrolls vertically."""
        return 0

    def scrollContentsBy(self, across: int, down: int) -> None:
        """Scroll what is already drawn, and prefetch the next stretch."""
        self.viewport().scroll(across, down)
        first, last = self._rows_in(self.viewport().rect())
        count = last - first + 1
        ahead = (first - count, first - 1) if across > 0 else (last + 1, last + count)
        self._images.prefetch(max(0, ahead[0]), max(0, ahead[1]))

    def visualRect(self, index: Index) -> QRect:
        """Return a cell's rectangle in viewport coordinates, including the gap."""
        if not index.isValid():
            return QRect()
        return QRect(QPoint(_MARGIN + index.row() * _CELL.width() - self.horizontalOffset(), _MARGIN), _CELL)

    def indexAt(self, point: QPoint) -> QModelIndex:
        """Return the image at a point; invalid in a gap or beyond the ends."""
        row, across = divmod(point.x() + self.horizontalOffset() - _MARGIN, _CELL.width())
        inside = across < _CELL.width() - GAP and 0 <= point.y() - _MARGIN < _CELL.height() - GAP
        return self._images.index(row) if inside and 0 <= row < self._images.rowCount() else QModelIndex()

    def scrollTo(self, index: Index, hint: QAbstractItemView.ScrollHint = _Hint.EnsureVisible) -> None:
        """Center an image.

        Only `PositionAtCenter` has an effect, so Qt's own scrolling to the current row does nothing.
        """
        if index.isValid() and hint is _Hint.PositionAtCenter:
            middle = _MARGIN + index.row() * _CELL.width() + (_CELL.width() - GAP) // 2
            self.horizontalScrollBar().setValue(middle - self.viewport().width() // 2)

    def _rows_in(self, area: QRect) -> tuple[int, int]:
        left = area.left() + self.horizontalOffset() - _MARGIN
        first, last = left // _CELL.width(), (left + area.width()) // _CELL.width()
        return max(0, first), min(self._images.rowCount() - 1, last)

    # Input

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll horizontally, also with a vertical wheel."""
        pixels, angle = event.pixelDelta(), event.angleDelta()
        turned = pixels if not pixels.isNull() else angle
        bar = self.horizontalScrollBar()
        bar.setValue(bar.value() - (turned.x() or turned.y()))
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Handle the second click of a double click like the first."""
        self.mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Request the menu of the image under the pointer."""
        index = self.indexAt(event.pos())
        if index.isValid():
            self.menu_wanted.emit([self._images.number_at(index)], event.globalPos())

    # Painting

    def dataChanged(self, _first: Index, _last: Index, _roles: list[int] | None = None) -> None:  # type: ignore[override]
        """Redraw the visible cells."""
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the visible cells."""
        painter = QPainter(self.viewport())
        try:
            first, last = self._rows_in(event.rect())
            current = self._images.position[0] - 1
            for row in range(first, last + 1):
                look = self._images.look(row, chosen=row == current)
                self._cells.paint_cell(painter, self.visualRect(self._images.index(row)), look)
        finally:
            painter.end()
