"""The grid of pictures: cells of one size that fill the width.

Where a cell lies is arithmetic, so that a hundred thousand pictures cost no more than those in sight: `QListView`'s own
layout, which visits every row at each change, is never run.
"""

from __future__ import annotations

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QRegion, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyleOptionViewItem, QWidget

from imagineart_desktop.ui.gallery.cell import GAP, CellDelegate
from imagineart_desktop.ui.gallery.model import Index, PictureModel
from imagineart_desktop.ui.theme import tokens

_LEAST = 24
_ROOT = QModelIndex()
_Move = QAbstractItemView.CursorAction
_Hint = QAbstractItemView.ScrollHint


class PictureGrid(QListView):
    """wanted: the width of a cell that is aimed at, in logical pixels; shape: its height to its width."""

    opened = Signal(int)
    menu_wanted = Signal(list, QPoint)
    chosen_changed = Signal(list)

    def __init__(self, model: PictureModel, *, wanted: int, shape: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wanted, self._shape = wanted, shape
        self._columns = 1
        self._hovered = QModelIndex()
        self._band: QRect | None = None
        self._band_from = QPoint()
        self._cells = CellDelegate(self)
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
        self.setAccessibleName("Pictures")
        self.customContextMenuRequested.connect(self._ask_menu)
        self.activated.connect(lambda index: self.opened.emit(model.number_at(index)))
        self._kept_choice: list[int] = []
        self.selectionModel().selectionChanged.connect(lambda: self.chosen_changed.emit(self.chosen()))
        model.shifting.connect(self._keep_choice)
        model.loaded.connect(self._choose_again)

    def set_wanted(self, width: int) -> None:
        """Another cell width to aim at."""
        self._wanted = width
        self._fit_cells()

    def chosen(self) -> list[int]:
        """Numbers of the chosen pictures, from top to bottom."""
        rows = sorted(index.row() for index in self.selectedIndexes())
        return [self._model.number_at(self._model.index(row)) for row in rows]

    def choose(self, number: int) -> None:
        """Chooses one picture and brings it into sight."""
        index = self._model.index_of(number)
        if index.isValid():
            self.setCurrentIndex(index)
            self.scrollTo(index)

    def _keep_choice(self) -> None:
        """A picture that is sorted anew goes and comes again."""
        self._kept_choice = self._kept_choice or self.chosen()

    def _choose_again(self) -> None:
        kept, self._kept_choice = self._kept_choice, []
        if kept and kept != self.chosen():
            wanted = QItemSelection()
            for number in kept:
                index = self._model.index_of(number)
                if index.isValid():
                    wanted.select(index, index)
            if not wanted.isEmpty():
                self.selectionModel().select(wanted, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    # Where cells lie

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cells fill the width."""
        super().resizeEvent(event)
        self._fit_cells()

    def doItemsLayout(self) -> None:
        """Nothing is laid out; there may be more or less to scroll."""
        QAbstractItemView.doItemsLayout(self)

    def updateGeometries(self) -> None:
        """How far one can scroll."""
        bar, height = self.verticalScrollBar(), self.viewport().height()
        lines = -(-self._model.rowCount() // self._columns)
        bar.setRange(0, max(0, lines * self._cells.size.height() - height))
        bar.setPageStep(height)
        bar.setSingleStep(max(1, self._cells.size.height() // 3))

    def verticalOffset(self) -> int:
        """Pixels that lie above what is seen."""
        return self.verticalScrollBar().value()

    def horizontalOffset(self) -> int:
        """Never scrolled sideways."""
        return 0

    def scrollContentsBy(self, across: int, down: int) -> None:
        """Moves what is drawn already."""
        self.viewport().scroll(across, down)

    def visualRect(self, index: Index) -> QRect:
        """Where a cell lies in what is seen, gap included."""
        if not index.isValid():
            return QRect()
        line, column = divmod(index.row(), self._columns)
        size = self._cells.size
        return QRect(QPoint(column * size.width(), line * size.height() - self.verticalOffset()), size)

    def indexAt(self, point: QPoint) -> QModelIndex:
        """The picture there; none in a gap or beyond the last."""
        size = self._cells.size
        column, across = divmod(point.x(), size.width())
        line, down = divmod(point.y() + self.verticalOffset(), size.height())
        row = line * self._columns + column
        inside = 0 <= column < self._columns and across < size.width() - GAP and down < size.height() - GAP
        return self._model.index(row) if inside and 0 <= row < self._model.rowCount() else QModelIndex()

    def scrollTo(self, index: Index, hint: QAbstractItemView.ScrollHint = _Hint.EnsureVisible) -> None:
        """Brings a picture into sight."""
        if not index.isValid():
            return
        bar, box, height = self.verticalScrollBar(), self.visualRect(index), self.viewport().height()
        top = box.top() + bar.value()
        if hint is _Hint.PositionAtCenter:
            bar.setValue(top - (height - box.height()) // 2)
        elif hint is _Hint.PositionAtTop or box.top() < 0:
            bar.setValue(top)
        elif hint is _Hint.PositionAtBottom or box.bottom() >= height:
            bar.setValue(top + box.height() - GAP - height)

    def moveCursor(self, action: QAbstractItemView.CursorAction, _modifiers: Qt.KeyboardModifier) -> QModelIndex:
        """Where a key leads to."""
        last = self._model.rowCount() - 1
        if last < 0:
            return QModelIndex()
        now = self.currentIndex()
        if not now.isValid():
            return self._model.index(0)
        page = max(1, self.viewport().height() // self._cells.size.height()) * self._columns
        steps = {
            _Move.MoveLeft: -1,
            _Move.MovePrevious: -1,
            _Move.MoveRight: 1,
            _Move.MoveNext: 1,
            _Move.MoveUp: -self._columns,
            _Move.MoveDown: self._columns,
            _Move.MovePageUp: -page,
            _Move.MovePageDown: page,
            _Move.MoveHome: -last,
            _Move.MoveEnd: last,
        }
        row = now.row() + steps[action]
        if not 0 <= row <= last:
            by_line = action in (_Move.MoveUp, _Move.MoveDown)
            row = now.row() if by_line and not self._line_below(now.row(), action) else min(max(row, 0), last)
        return self._model.index(row)

    def _line_below(self, row: int, action: QAbstractItemView.CursorAction) -> bool:
        """Whether there is a shorter last line to go down to."""
        last = self._model.rowCount() - 1
        return action is _Move.MoveDown and row // self._columns < last // self._columns

    # What is chosen

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        """All in a rubber band; else all from one picture to another in reading order."""
        selection = QItemSelection()
        if self.state() is QAbstractItemView.State.DragSelectingState:
            for first, last in self._lines_in(rect.normalized()):
                selection.select(self._model.index(first), self._model.index(last))
        else:
            ends = [self.indexAt(point) for point in (rect.topLeft(), rect.bottomRight())]
            rows = sorted(index.row() for index in ends if index.isValid())
            if rows:
                selection.select(self._model.index(rows[0]), self._model.index(rows[-1]))
        self.selectionModel().select(selection, command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        """Where chosen pictures are seen."""
        region = QRegion()
        first, last = self._rows_in_sight(self.viewport().rect())
        for place in range(selection.count()):
            part = selection.at(place)
            for row in range(max(first, part.top()), min(last, part.bottom()) + 1):
                region += self.visualRect(self._model.index(row))
        return region

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A rubber band begins where there is no picture."""
        self._band_from = event.position().toPoint() + QPoint(0, self.verticalOffset())
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """What is under the mouse is marked; a rubber band follows it."""
        super().mouseMoveEvent(event)
        at = event.position().toPoint()
        if self.state() is QAbstractItemView.State.DragSelectingState:
            self._band = QRect(self._band_from - QPoint(0, self.verticalOffset()), at).normalized()
            self.viewport().update()
        hovered = self.indexAt(at)
        if hovered != self._hovered:
            for index in (self._hovered, hovered):
                self.viewport().update(self.visualRect(index))
            self._hovered = hovered

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The rubber band goes."""
        super().mouseReleaseEvent(event)
        if self._band is not None:
            self._band = None
            self.viewport().update()

    def leaveEvent(self, event: object) -> None:
        """Nothing is under the mouse."""
        super().leaveEvent(event)  # type: ignore[arg-type]
        self.viewport().update(self.visualRect(self._hovered))
        self._hovered = QModelIndex()

    # What is seen

    def dataChanged(self, first: Index, last: Index, _roles: list[int] | None = None) -> None:  # type: ignore[override]
        """Draws again what is in sight of it."""
        if first == last:
            self.viewport().update(self.visualRect(first))
        else:
            self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws the cells in sight."""
        painter = QPainter(self.viewport())
        try:
            self._paint(painter, event.rect())
        finally:
            painter.end()

    def _paint(self, painter: QPainter, area: QRect) -> None:
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        usual = option.state & ~(QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_HasFocus)
        chosen = self.selectionModel()
        first, last = self._rows_in_sight(area)
        for row in range(first, last + 1):
            index = self._model.index(row)
            option.rect = self.visualRect(index)
            option.state = usual
            if chosen.isSelected(index):
                option.state |= QStyle.StateFlag.State_Selected
            elif index == self._hovered:
                option.state |= QStyle.StateFlag.State_MouseOver
            self._cells.paint(painter, option, index)
        if self._band is not None:
            painter.setPen(QColor(tokens().accent))
            tint = QColor(tokens().accent)
            tint.setAlpha(40)
            painter.setBrush(tint)
            painter.drawRect(self._band)

    def _rows_in_sight(self, area: QRect) -> tuple[int, int]:
        """First and last row of the lines that an area of the viewport touches; (0, -1) for none."""
        height = self._cells.size.height()
        first = max(0, (area.top() + self.verticalOffset()) // height) * self._columns
        last = ((area.bottom() + self.verticalOffset()) // height + 1) * self._columns - 1
        return first, min(last, self._model.rowCount() - 1)

    def _lines_in(self, area: QRect) -> list[tuple[int, int]]:
        """Of each line that an area of the viewport touches, its first and its last row there."""
        width, last = self._cells.size.width(), self._model.rowCount() - 1
        left = max(0, area.left() // width)
        right = min(self._columns - 1, area.right() // width)
        top, bottom = self._rows_in_sight(area)
        lines = range(top, bottom + 1, self._columns)
        return [(line + left, min(line + right, last)) for line in lines if left <= right and line + left <= last]

    def _fit_cells(self) -> None:
        width = self.viewport().width() - 1
        columns = max(1, (width + GAP) // (self._wanted + GAP))
        across = max(_LEAST, width // columns)
        down = max(_LEAST, round((across - GAP) * self._shape) + GAP)
        if (columns, self._cells.size) != (self._columns, QSize(across, down)):
            top = self.indexAt(QPoint(0, 0))
            self._columns, self._cells.size = columns, QSize(across, down)
            ratio = self.devicePixelRatioF()
            self._model.thumbnails.set_size(QSize(round((across - GAP) * ratio), round((down - GAP) * ratio)))
            self.updateGeometries()
            if top.isValid() and top.row():
                self.scrollTo(top, _Hint.PositionAtTop)
            self.viewport().update()

    def _ask_menu(self, at: QPoint) -> None:
        if chosen := self.chosen():
            self.menu_wanted.emit(chosen, self.viewport().mapToGlobal(at))
