"""The strip of results: the source, then results, newest last. Click to view, double-click to apply."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QImage, QKeyEvent, QMouseEvent, QPainter, QPixmap, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from imagineart_desktop.ui.theme import paint_image
from imagineart_desktop.ui.widgets import SectionLabel, plain_label
from imagineart_desktop.workspace.inpaint.result_versions import SOURCE_ID
from imagineart_desktop.workspace.tooltip import plain_tip

_THUMB = QSize(92, 80)

_PICTURE_ID_ROLE = Qt.ItemDataRole.UserRole
_TAG_ROLE = Qt.ItemDataRole.UserRole + 1


_HINT = "Click to view, Enter to apply, Space to flip, Shift+click to compare"
_MIN_HEIGHT_FOR_HINT = 300
"""Minimum height, in pixels, to show the hint."""


class ResultsStrip(QWidget):
    """A list of the source and its results. Rows hold picture ids; the first one is the source."""

    looked = Signal(int)
    compare_requested = Signal(int)
    """A result to compare with the one being viewed."""
    flipped = Signal()
    applied = Signal(int)
    menu_wanted = Signal(list, QPoint)
    """Ids of the pictures that the menu is for, and its screen position."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("panel")
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 14, 10, 10)
        column.setSpacing(8)
        column.addWidget(SectionLabel("Results"))
        self._list = _List(self)
        self._list.setToolTip(_HINT)
        column.addWidget(self._list, 1)
        self._hint = plain_label(_HINT, "faint", wrap=True)
        column.addWidget(self._hint)
        self._list.currentItemChanged.connect(self._current_changed)
        self._list.itemDoubleClicked.connect(self._apply)
        self._list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._list.customContextMenuRequested.connect(self._ask_menu)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the space to results when there is little of it."""
        super().resizeEvent(event)
        self._hint.setVisible(event.size().height() >= _MIN_HEIGHT_FOR_HINT)

    def start(self, source: QImage) -> None:
        """Show another source and remove earlier results."""
        self._list.clear()
        self._add(SOURCE_ID, source, "Source", "")
        self._list.setCurrentRow(0)

    def clear(self) -> None:
        """Remove the source and all results."""
        self._list.clear()

    def add(self, number: int, image: QImage, tip: str, *, look: bool, replaces: int | None = None) -> None:
        """Add a result.

        tip: describes how it was made; look: whether to view it; replaces: the result whose number it gets.
        """
        tags = [int(item.data(_TAG_ROLE)) for item in self._items() if item.data(_PICTURE_ID_ROLE) != SOURCE_ID]
        replaced = self.index_of(replaces) if replaces is not None else 0
        tag = replaced or max(tags, default=0) + 1
        self._add(number, image, str(tag), tip)
        if look:
            self._list.setCurrentRow(self._list.count() - 1)

    def redraw(self, number: int, image: QImage) -> None:
        """Update a result's thumbnail."""
        item = self._item(number)
        if item is not None:
            item.setIcon(_icon(image, str(item.data(_TAG_ROLE)), self.devicePixelRatioF()))

    def remove(self, number: int) -> None:
        """Remove a result."""
        item = self._item(number)
        if item is not None:
            self._list.takeItem(self._list.row(item))

    def choose(self, number: int) -> None:
        """View a result or the source."""
        item = self._item(number)
        if item is not None:
            self._list.setCurrentItem(item)

    def current(self) -> int:
        """Return the id of what is being viewed; `SOURCE_ID` for the source."""
        item = self._list.currentItem()
        return int(item.data(_PICTURE_ID_ROLE)) if item is not None else SOURCE_ID

    def index_of(self, number: int) -> int:
        """Return the result's number in the strip, starting at 1; 0 if it isn't there."""
        item = self._item(number)
        return int(item.data(_TAG_ROLE)) if item is not None and number != SOURCE_ID else 0

    def _items(self) -> list[QListWidgetItem]:
        return [self._list.item(row) for row in range(self._list.count())]

    def _item(self, number: int) -> QListWidgetItem | None:
        return next((item for item in self._items() if item.data(_PICTURE_ID_ROLE) == number), None)

    def _add(self, number: int, image: QImage, tag: str, tip: str) -> None:
        item = QListWidgetItem(_icon(image, tag, self.devicePixelRatioF()), "")
        item.setData(_PICTURE_ID_ROLE, number)
        item.setData(_TAG_ROLE, tag)
        item.setToolTip(plain_tip(tip))
        item.setData(Qt.ItemDataRole.AccessibleTextRole, "Source" if number == SOURCE_ID else f"Result {tag}")
        self._list.addItem(item)

    def _current_changed(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.looked.emit(int(item.data(_PICTURE_ID_ROLE)))

    def _apply(self, item: QListWidgetItem) -> None:
        number = int(item.data(_PICTURE_ID_ROLE))
        if number != SOURCE_ID:
            self.applied.emit(number)

    def _ask_menu(self, at: QPoint) -> None:
        item = self._list.itemAt(at)
        if item is not None and item.data(_PICTURE_ID_ROLE) != SOURCE_ID:
            self.menu_wanted.emit([int(item.data(_PICTURE_ID_ROLE))], self._list.viewport().mapToGlobal(at))


class _List(QListWidget):
    def __init__(self, strip: ResultsStrip) -> None:
        super().__init__()
        self._strip = strip
        self.setViewMode(QListWidget.ViewMode.IconMode)
        self.setMovement(QListWidget.Movement.Static)
        self.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.setIconSize(_THUMB)
        self.setGridSize(_THUMB + QSize(2, 6))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName("Results")
        self.setStyleSheet("QListWidget::item { padding: 0; } QListWidget::item:selected { background: transparent; }")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Shift+click compares; clicking the current row shows it again, for example after using a tool."""
        item = self.itemAt(event.position().toPoint())
        left = event.button() == Qt.MouseButton.LeftButton
        if item is None or not left:
            super().mousePressEvent(event)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._strip.compare_requested.emit(int(item.data(_PICTURE_ID_ROLE)))
        elif item is self.currentItem():
            super().mousePressEvent(event)
            self._strip.looked.emit(int(item.data(_PICTURE_ID_ROLE)))
        else:
            super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space flips, Enter applies."""
        item = self.currentItem()
        if event.key() == Qt.Key.Key_Space:
            self._strip.flipped.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and item is not None:
            self.itemDoubleClicked.emit(item)
        else:
            super().keyPressEvent(event)


def _icon(image: QImage, tag: str, ratio: float) -> QIcon:
    """Crop an image to the cell, with a tag in the corner and a frame when selected."""
    icon = QIcon()
    scaled = image.scaled(
        _THUMB * ratio, Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode.SmoothTransformation
    )
    scaled.setDevicePixelRatio(ratio)
    for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected):
        pixmap = QPixmap(_THUMB * ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        pixmap.setDevicePixelRatio(ratio)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_image(painter, QRectF(QPointF(), scaled.size() / ratio), scaled)
        font = painter.font()
        font.setPixelSize(10)
        painter.setFont(font)
        width = painter.fontMetrics().horizontalAdvance(tag) + 10
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(16, 17, 19, 190))
        painter.drawRoundedRect(_THUMB.width() - width - 5, _THUMB.height() - 21, width, 16, 3, 3)
        painter.setPen(QColor("#e6e7e9"))
        painter.drawText(
            _THUMB.width() - width - 5, _THUMB.height() - 21, width, 16, int(Qt.AlignmentFlag.AlignCenter), tag
        )
        if mode == QIcon.Mode.Selected:
            painter.setPen(QColor("#5b8cff"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(0, 0, _THUMB.width() - 1, _THUMB.height() - 1)
            painter.drawRect(1, 1, _THUMB.width() - 3, _THUMB.height() - 3)
        painter.end()
        icon.addPixmap(pixmap, mode)
    return icon
