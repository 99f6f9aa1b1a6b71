"""The image grid: cells of equal size that fill the width.

Cell positions are computed arithmetically, so a hundred thousand images cost no more than the visible ones.
`QListView`'s own layout, which visits every row on each change, never runs.
"""

from __future__ import annotations

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QCursor,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QListView

from imagineart_desktop.ui.gallery.grid_geometry import GridGeometry
from imagineart_desktop.ui.gallery.grid_layout import HEADING
from imagineart_desktop.ui.image_details.thumbnail_delegate import GAP, RADIUS, ThumbnailDelegate
from imagineart_desktop.ui.theme import tokens
from imagineart_desktop.workspace.gallery.grouping import Grouping
from imagineart_desktop.workspace.gallery.model import PictureModel
from imagineart_desktop.workspace.gallery.rows import Index
from imagineart_desktop.workspace.gallery.selection import PictureSelection

_OPEN_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
_KEYPAD = Qt.KeyboardModifier.KeypadModifier
_ROOT = QModelIndex()
_Move = QAbstractItemView.CursorAction
_Hint = QAbstractItemView.ScrollHint


class PictureGrid(QListView):
    """A grid of image cells with headings, rubber-band selection and hover buttons.

    wanted: the target width of a cell, in logical pixels; shape: ratio of its height to its width; margin: pixels left
    of the cells, where a rubber band can start, too.
    """

    opened = Signal(int)
    menu_wanted = Signal(list, QPoint)
    button_pressed = Signal(str, list)
    """An image command, and the ids it applies to."""
    selection_changed = Signal(list)
    picked = Signal(int)
    """The user went to an image by mouse or keyboard. Not emitted when a library change restores the selection."""

    def __init__(self, model: PictureModel, *, wanted: int, shape: float, margin: int = 0) -> None:
        super().__init__()
        self.cell_geometry = GridGeometry(model, wanted=wanted, shape=shape, margin=margin)
        self._hovered = QModelIndex()
        self._band: QRect | None = None
        self._pressed: int | None = None
        self._band_from = QPoint()
        self._cells = ThumbnailDelegate(self)
        self._model = model
        self.setModel(model)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setDragEnabled(True)
        self.setMouseTracking(True)
        self.setItemDelegate(self._cells)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setAccessibleName("Images")
        self.customContextMenuRequested.connect(self._ask_menu)
        self.selectionModel().selectionChanged.connect(self._announce_selection)
        model.loaded.connect(self._show_tools)
        self.selection = PictureSelection(model, self.selectionModel(), self)
        model.rows_about_to_change.connect(self._clear_hovered)
        self.selectionModel().currentChanged.connect(self._repaint)

    def _announce_selection(self) -> None:
        self.selection_changed.emit(self.chosen())

    def _repaint(self) -> None:
        self.viewport().update()

    def set_wanted(self, width: int) -> None:
        """Set the target width of a cell, in logical pixels."""
        self.cell_geometry.wanted = width
        self._fit_cells()

    def set_grouping(self, grouping: Grouping) -> None:
        """Change the grouping, which adds headings above groups."""
        top = self.indexAt(QPoint(0, HEADING))
        self.cell_geometry.grouping = grouping
        self.updateGeometries()
        if top.isValid() and top.row():
            self.scrollTo(top, _Hint.PositionAtTop)
        self.viewport().update()

    def chosen(self) -> list[int]:
        """Return the ids of the selected images, from top to bottom."""
        return self.selection.numbers()

    def choose(self, number: int) -> None:
        """Select one image and scroll to it."""
        index = self._model.index_of(number)
        if index.isValid():
            self.selection.select_only(index)
            self.scrollTo(index)

    def _show_tools(self) -> None:
        self._cells.shows_tools = not self._model.query.trash

    # Geometry

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Resize the cells so that they fill the width."""
        super().resizeEvent(event)
        self._fit_cells()

    def doItemsLayout(self) -> None:
        """Skip `QListView`'s layout; only the scroll range may change."""
        QAbstractItemView.doItemsLayout(self)

    def updateGeometries(self) -> None:
        """Update the scroll range."""
        bar, height = self.verticalScrollBar(), self.viewport().height()
        bar.setRange(0, max(0, self.cell_geometry.layout().height - height))
        bar.setPageStep(height)
        bar.setSingleStep(max(1, self.cell_geometry.cell.height() // 3))

    def verticalOffset(self) -> int:
        """Return the number of pixels scrolled out of view at the top."""
        return self.verticalScrollBar().value()

    def horizontalOffset(self) -> int:
        """Return 0: the grid never scrolls horizontally."""
        return 0

    def scrollContentsBy(self, across: int, down: int) -> None:
        """Scroll what is already drawn, and prefetch the next screen in that direction."""
        self.viewport().scroll(across, down)
        self._update_hovered()
        top, height = self.verticalOffset(), self.viewport().height()
        ahead = (top - height, top - 1) if down > 0 else (top + height, top + 2 * height)
        for first, last in self.cell_geometry.layout().lines(max(0, ahead[0]), max(0, ahead[1])):
            self._model.prefetch(first, last)

    def visualRect(self, index: Index) -> QRect:
        """Return a cell's rectangle in viewport coordinates, including the gap."""
        if not index.isValid():
            return QRect()
        return self.cell_geometry.rect(index.row(), self.verticalOffset())

    def indexAt(self, point: QPoint) -> QModelIndex:
        """Return the image at a point; invalid in a gap or after the last image."""
        row = self.cell_geometry.row_at(point, self.verticalOffset())
        return self._model.index(row) if row is not None else QModelIndex()

    def scrollTo(self, index: Index, hint: QAbstractItemView.ScrollHint = _Hint.EnsureVisible) -> None:
        """Scroll an image into view."""
        if not index.isValid():
            return
        bar, box, height = self.verticalScrollBar(), self.visualRect(index), self.viewport().height()
        top = self.cell_geometry.layout().scroll_position_of(index.row())
        if hint is _Hint.PositionAtCenter:
            bar.setValue(top - (height - box.height()) // 2)
        elif hint is _Hint.PositionAtTop or top < bar.value():
            bar.setValue(top)
        elif hint is _Hint.PositionAtBottom or box.bottom() >= height:
            bar.setValue(box.bottom() + 1 + bar.value() - GAP - height)

    def moveCursor(self, action: QAbstractItemView.CursorAction, _modifiers: Qt.KeyboardModifier) -> QModelIndex:
        """Return the index that a navigation key leads to."""
        last = self._model.rowCount() - 1
        if last < 0:
            return QModelIndex()
        now = self.currentIndex()
        if not now.isValid():
            return self._model.index(0)
        row, places = now.row(), self.cell_geometry.layout()
        lines = max(1, self.viewport().height() // self.cell_geometry.cell.height())
        up, down = {_Move.MoveUp: 1, _Move.MovePageUp: lines}, {_Move.MoveDown: 1, _Move.MovePageDown: lines}
        for _ in range(up.get(action, 0)):
            row = places.row_above(row)
        for _ in range(down.get(action, 0)):
            row = places.below(row)
        steps = {
            _Move.MoveLeft: -1,
            _Move.MovePrevious: -1,
            _Move.MoveRight: 1,
            _Move.MoveNext: 1,
            _Move.MoveHome: -last,
            _Move.MoveEnd: last,
        }
        return self._model.index(min(max(row + steps.get(action, 0), 0), last))

    # Selection

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        """Select everything in a rubber band; otherwise the images between two points, in reading order."""
        selection = QItemSelection()
        if self.state() is QAbstractItemView.State.DragSelectingState:
            for first, last in self.cell_geometry.lines_in(rect.normalized(), self.verticalOffset()):
                selection.select(self._model.index(first), self._model.index(last))
        else:
            ends = [self.indexAt(point) for point in (rect.topLeft(), rect.bottomRight())]
            rows = sorted(index.row() for index in ends if index.isValid())
            if rows:
                selection.select(self._model.index(rows[0]), self._model.index(rows[-1]))
        self.selectionModel().select(selection, command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        """Return the visible region of the selected images."""
        region = QRegion()
        for first, last in self.cell_geometry.lines_in(self.viewport().rect(), self.verticalOffset()):
            for place in range(selection.count()):
                part = selection.at(place)
                for row in range(max(first, part.top()), min(last, part.bottom()) + 1):
                    region += self.visualRect(self._model.index(row))
        return region

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Start a rubber band where there is no image, or press the hover button under the pointer.

        A click on a heading selects its group.
        """
        at = event.position().toPoint()
        index = self.indexAt(at)
        if index.isValid() and index == self._hovered and event.button() == Qt.MouseButton.LeftButton:
            command = self._cells.command_at(self.visualRect(index), at)
            if command is not None:
                self.button_pressed.emit(command, [self._model.number_at(index)])
                return
        heading = self.cell_geometry.layout().heading_at(at.y() + self.verticalOffset())
        if heading is not None and event.button() == Qt.MouseButton.LeftButton:
            more = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
            self.selection.select_rows(self.cell_geometry.layout().group_of(heading), add=bool(more))
            return
        self._band_from = event.position().toPoint() + QPoint(0, self.verticalOffset())
        plain = event.modifiers() == Qt.KeyboardModifier.NoModifier and event.button() == Qt.MouseButton.LeftButton
        self._pressed = self._model.number_at(index) if plain and index.isValid() else None
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Update the hovered cell and the rubber band."""
        super().mouseMoveEvent(event)
        at = event.position().toPoint()
        if self.state() is QAbstractItemView.State.DragSelectingState:
            self._band = QRect(self._band_from - QPoint(0, self.verticalOffset()), at).normalized()
            self.viewport().update()
        self._set_hovered(at)

    def _set_hovered(self, at: QPoint) -> None:
        hovered = self.indexAt(at) if self.viewport().rect().contains(at) else QModelIndex()
        if hovered != self._hovered:
            for index in (self._hovered, hovered):
                self.viewport().update(self.visualRect(index))
            self._hovered = hovered

    def _clear_hovered(self) -> None:
        self._hovered = QModelIndex()

    def _update_hovered(self) -> None:
        """Update the hovered cell: other images may be under the pointer now, or the pointer may have left."""
        view = self.viewport()
        if self._hovered.isValid():
            self._set_hovered(view.mapFromGlobal(QCursor.pos()) if view.underMouse() else QPoint(-1, -1))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open an image; the second click of a double click on a button doesn't open anything."""
        at = event.position().toPoint()
        index, plain = self.indexAt(at), event.modifiers() == Qt.KeyboardModifier.NoModifier
        if self._cells.command_at(self.visualRect(self._hovered), at) is not None:
            self.mousePressEvent(event)
        elif index.isValid() and plain and event.button() == Qt.MouseButton.LeftButton:
            self.opened.emit(self._model.number_at(index))
        else:
            super().mouseDoubleClickEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Clear the hovered cell."""
        super().hideEvent(event)
        self._hovered = QModelIndex()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the rubber band. A plain click picks the image."""
        super().mouseReleaseEvent(event)
        pressed, self._pressed = self._pressed, None
        index = self.indexAt(event.position().toPoint())
        if pressed is not None and index.isValid() and self._model.number_at(index) == pressed:
            self.picked.emit(pressed)
        if self._band is not None:
            self._band = None
            self.viewport().update()

    def startDrag(self, actions: Qt.DropAction) -> None:
        """Start a drag without picking the dragged image."""
        self._pressed = None
        super().startDrag(actions)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pick the image that a key moves to. Enter and Space open the current one; Ctrl+Space selects it."""
        before = self.currentIndex()
        if event.key() in _OPEN_KEYS and before.isValid() and not event.modifiers() & ~_KEYPAD:
            self.opened.emit(self._model.number_at(before))
            return
        super().keyPressEvent(event)
        now = self.currentIndex()
        if now.isValid() and now != before:
            self.picked.emit(self._model.number_at(now))

    def leaveEvent(self, event: object) -> None:
        """Clear the hovered cell."""
        super().leaveEvent(event)  # type: ignore[arg-type]
        self.viewport().update(self.visualRect(self._hovered))
        self._hovered = QModelIndex()

    # Painting

    def dataChanged(self, first: Index, last: Index, _roles: list[int] | None = None) -> None:  # type: ignore[override]
        """Redraw the changed rows that are visible."""
        if first == last:
            self.viewport().update(self.visualRect(first))
        else:
            self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the visible cells."""
        painter = QPainter(self.viewport())
        try:
            self._paint(painter, event.rect())
        finally:
            painter.end()

    def _paint(self, painter: QPainter, area: QRect) -> None:
        model, chosen = self._model, self.selectionModel()
        hovered, current = self._hovered.row(), self.selection.separate_current_row()
        places, above, any_chosen = self.cell_geometry.layout(), self.verticalOffset(), chosen.hasSelection()
        left = self.cell_geometry.margin
        for first, last in self.cell_geometry.lines_in(
            QRect(0, area.top(), self.viewport().width(), area.height()), above
        ):
            for row in range(first, last + 1):
                is_chosen = any_chosen and chosen.isSelected(model.index(row))
                look = model.look(row, chosen=is_chosen, hovered=row == hovered, current=row == current)
                self._cells.paint_cell(painter, places.rect(row).translated(left, -above), look)
        self._paint_headings(painter, area)
        if self._band is not None:
            painter.setPen(QColor(tokens().accent))
            tint = QColor(tokens().accent)
            tint.setAlpha(40)
            painter.setBrush(tint)
            painter.drawRect(self._band)

    def _paint_headings(self, painter: QPainter, area: QRect) -> None:
        above = self.verticalOffset()
        painter.setPen(QColor(tokens().text_muted))
        for row, top in self.cell_geometry.layout().headings_between(area.top() + above, area.bottom() + above):
            place = QRect(self.cell_geometry.margin + 2, top - above, self.viewport().width(), HEADING - GAP)
            count = f"{len(self.cell_geometry.layout().group_of(row)):,}"
            words = f"{self._model.heading(row, self.cell_geometry.grouping)} · {count}"
            painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter), words)

    def _fit_cells(self) -> None:
        top = self.indexAt(QPoint(0, 0))
        if self.cell_geometry.fit(self.viewport().width()):
            self._cells.size = self.cell_geometry.cell
            ratio = self.devicePixelRatioF()
            image = self.cell_geometry.cell - QSize(GAP, GAP)
            self._model.thumbnails.set_size(
                QSize(round(image.width() * ratio), round(image.height() * ratio)), RADIUS * ratio
            )
            self.updateGeometries()
            if top.isValid() and top.row():
                self.scrollTo(top, _Hint.PositionAtTop)
            self.viewport().update()

    def _ask_menu(self, at: QPoint) -> None:
        if chosen := self.chosen():
            self.menu_wanted.emit(chosen, self.viewport().mapToGlobal(at))
