"""The grid of pictures: cells that fill the width, with model, star and a ring round what is chosen."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from imagineart_desktop.library import PictureSummary
from imagineart_desktop.models import find_model
from imagineart_desktop.ui.gallery.model import MISSING, SUMMARY, THUMBNAIL, PictureModel
from imagineart_desktop.ui.theme import paint_icon, tokens

GAP = 6
_RADIUS = 4


class CellDelegate(QStyledItemDelegate):
    """Draws one picture."""

    def __init__(self, grid: PictureGrid) -> None:
        super().__init__(grid)
        self._grid = grid

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        """All cells are alike."""
        return self._grid.gridSize()

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Picture, badge, star, ring."""
        t = tokens()
        box = option.rect
        state = option.state
        cell = QRectF(box).adjusted(0, 0, -GAP, -GAP)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QPainterPath()
        shape.addRoundedRect(cell, _RADIUS, _RADIUS)
        summary = index.data(SUMMARY)
        pixmap = index.data(THUMBNAIL) if summary is not None else None
        if pixmap is not None:
            painter.setClipPath(shape)
            painter.drawPixmap(cell.toRect(), pixmap)
            painter.setClipping(False)
        else:
            painter.fillPath(shape, QColor(t.field))
            if index.data(MISSING):
                painter.setPen(QColor(t.text_faint))
                painter.drawText(cell, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), "File missing")
        if summary is not None:
            self._paint_marks(painter, cell, summary)
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(QPen(QColor(t.accent), 2))
            painter.drawRoundedRect(cell.adjusted(1, 1, -1, -1), _RADIUS, _RADIUS)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(QPen(QColor(t.text_muted), 1))
            painter.drawRoundedRect(cell.adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS, _RADIUS)
        painter.restore()

    def _paint_marks(self, painter: QPainter, cell: QRectF, summary: PictureSummary) -> None:
        model = find_model(summary.endpoint)
        word = model.short_label if model else "?"
        if summary.demo:
            word = f"Demo · {word}"
        font = painter.font()
        font.setPixelSize(10)
        painter.setFont(font)
        width = painter.fontMetrics().horizontalAdvance(word) + 10
        if width < cell.width() - 8:
            tag = QRectF(cell.right() - width - 5, cell.bottom() - 21, width, 16)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(16, 17, 19, 190))
            painter.drawRoundedRect(tag, 3, 3)
            painter.setPen(QColor("#e6e7e9"))
            painter.drawText(tag, int(Qt.AlignmentFlag.AlignCenter), word)
        if summary.favourite:
            disc = QRectF(cell.left() + 5, cell.top() + 5, 20, 20)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(16, 17, 19, 190))
            painter.drawEllipse(disc)
            paint_icon(painter, "star", "#f2c14e", disc.adjusted(4, 4, -4, -4))
        painter.setBrush(Qt.BrushStyle.NoBrush)


class PictureGrid(QListView):
    """wanted: the width of a cell that is aimed at, in logical pixels; shape: its height to its width."""

    opened = Signal(int)
    menu_wanted = Signal(list, QPoint)
    chosen_changed = Signal(list)

    def __init__(self, model: PictureModel, *, wanted: int, shape: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wanted, self._shape = wanted, shape
        self._model = model
        self.setModel(model)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setDragEnabled(True)
        self.setMouseTracking(True)
        self.setItemDelegate(CellDelegate(self))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setAccessibleName("Pictures")
        self.customContextMenuRequested.connect(self._ask_menu)
        self.activated.connect(lambda index: self.opened.emit(model.number_at(index)))
        self.selectionModel().selectionChanged.connect(lambda: self.chosen_changed.emit(self.chosen()))

    def set_wanted(self, width: int) -> None:
        """Another cell width to aim at."""
        self._wanted = width
        self._lay_out()

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

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cells fill the width."""
        super().resizeEvent(event)
        self._lay_out()

    def _lay_out(self) -> None:
        width = self.viewport().width() - 1
        columns = max(1, (width + GAP) // (self._wanted + GAP))
        across = max(24, width // columns)
        down = max(24, round((across - GAP) * self._shape) + GAP)
        if self.gridSize() != QSize(across, down):
            self.setGridSize(QSize(across, down))
            ratio = self.devicePixelRatioF()
            self._model.thumbnails.set_size(QSize(round((across - GAP) * ratio), round((down - GAP) * ratio)))

    def _ask_menu(self, at: QPoint) -> None:
        if chosen := self.chosen():
            self.menu_wanted.emit(chosen, self.viewport().mapToGlobal(at))
