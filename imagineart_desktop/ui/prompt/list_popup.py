"""A popup over the prompt: a field to search by, and a list of what can be inserted."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QStyle,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from imagineart_desktop.ui.theme import tokens
from imagineart_desktop.ui.widgets import ElidedLabel

_SIZE = QSize(460, 420)
_STEPS = {
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_PageDown: 6,
    Qt.Key.Key_PageUp: -6,
}


def draw_ground(painter: QPainter, option: QStyleOptionViewItem) -> None:
    """Draw the ground of a row that is selected or under the pointer."""
    is_selected = option.state & QStyle.StateFlag.State_Selected
    if is_selected or option.state & QStyle.StateFlag.State_MouseOver:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens().accent_soft if is_selected else tokens().raised))
        painter.drawRoundedRect(option.rect, 6, 6)


class ListPopup(QFrame):
    """The popup. The field has the keyboard: arrows move in the list, Enter chooses, Escape closes.

    hint: what the keys do; it gives way to messages.
    """

    chosen = Signal(QModelIndex, bool)
    """The row, and whether Shift was held."""

    def __init__(self, parent: QWidget, model: QAbstractItemModel, name: str, hint: str) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("card")
        self._hint = hint
        self.field = QLineEdit()
        self.field.setPlaceholderText(name)
        self.field.setAccessibleName(name)
        self.field.installEventFilter(self)
        self.list = QListView()
        self.list.setObjectName("commands")
        self.list.setAccessibleName("Results")
        self.list.setModel(model)
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.foot = ElidedLabel(hint, "small")
        self.top, self.bottom = QHBoxLayout(), QHBoxLayout()
        self.top.setSpacing(8)
        self.bottom.setSpacing(12)
        self.top.addWidget(self.field, 1)
        self.bottom.addWidget(self.foot, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 10, 10, 8)
        column.setSpacing(8)
        column.addLayout(self.top)
        column.addWidget(self.list, 1)
        column.addLayout(self.bottom)

    def open_over(self, field: QWidget) -> None:
        """Open over a field, within its window where there is room."""
        self.foot.setText(self._hint)
        window = field.window()
        room = QRect(window.mapToGlobal(QPoint(0, 0)), window.size())
        if (screen := field.screen()) is not None:
            room = room.intersected(screen.availableGeometry())
        size = _SIZE.expandedTo(QSize(field.width(), 0)).boundedTo(room.size())
        corner = field.mapToGlobal(QPoint(0, 0))
        left = min(corner.x(), room.right() + 1 - size.width())
        top = min(corner.y(), room.bottom() + 1 - size.height())
        self.setGeometry(QRect(QPoint(max(room.left(), left), max(room.top(), top)), size))
        self.field.clear()
        self.show()
        self.field.setFocus()

    def say(self, sentence: str) -> None:
        """Show a message in place of the hint."""
        self.foot.setText(sentence)

    def select_first(self) -> None:
        """Select the first row, if there is one."""
        self.list.setCurrentIndex(self.list.model().index(0, 0))
        self.list.scrollToTop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move through the list and choose from it while the field has the focus."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = Qt.Key(event.key())
            if key in _STEPS:
                self._step(_STEPS[key])
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
                self.choose(self.list.currentIndex(), shift=shift)
                return True
        return super().eventFilter(watched, event)

    def choose(self, index: QModelIndex, *, shift: bool = False) -> None:
        """Close, and choose a row."""
        if index.isValid():
            self.hide()
            self.chosen.emit(index, shift)

    def _step(self, step: int) -> None:
        model = self.list.model()
        row = max(0, min(self.list.currentIndex().row() + step, model.rowCount() - 1))
        self.list.setCurrentIndex(model.index(row, 0))
        if row == model.rowCount() - 1 and model.canFetchMore(QModelIndex()):
            model.fetchMore(QModelIndex())
