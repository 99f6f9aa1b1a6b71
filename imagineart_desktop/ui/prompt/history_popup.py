"""The history of prompts over the prompt: searched as the user types, with the image that came of each."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from imagineart_desktop.library import Library
from imagineart_desktop.ui.prompt.list_popup import ListPopup, draw_ground
from imagineart_desktop.ui.theme import paint_icon, tokens
from imagineart_desktop.ui.widgets import icon_button, plain_label
from imagineart_desktop.workspace.prompts.history import PromptHistory, use_text

_ROW, _EDGE, _GAP, _STAR = 56, 40, 8, 16
"""Sizes in pixels: row height, thumbnail edge, the gap between parts, and the star."""

_LEFT = int(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
_HINT = "Enter replaces the prompt · Shift+Enter inserts"


class HistoryPopup(ListPopup):
    """The popup with the history."""

    taken = Signal(str, bool)
    """The prompt, and whether it's inserted instead of replacing the one in the field."""

    def __init__(self, parent: QWidget, library: Library) -> None:
        self.history = PromptHistory(library)
        super().__init__(parent, self.history, "Search prompts", _HINT)
        self.history.setParent(self)
        self.favorites = icon_button("star", "Only favorites")
        self.favorites.setCheckable(True)
        self.favorites.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.top.addWidget(self.favorites)
        self.nothing = plain_label("", "muted")
        self.nothing.setContentsMargins(8, 8, 8, 8)
        self.nothing.setParent(self.list)
        self.list.setItemDelegate(_RowDelegate(self.history, self.list))
        self.list.viewport().installEventFilter(self)
        self.history.thumbnails.ready.connect(self.list.viewport().update)
        self.history.loaded.connect(self._show_loaded)
        self.history.failed.connect(self.say)
        self.field.textChanged.connect(self._search)
        self.favorites.toggled.connect(self._search)
        self.chosen.connect(self._take)

    def open_over(self, field: QWidget) -> None:
        """Open over the prompt with all of the history, as it is now."""
        edge = round(_EDGE * field.devicePixelRatioF())
        self.history.thumbnails.set_size(QSize(edge, edge), 4 * field.devicePixelRatioF())
        super().open_over(field)
        self._search()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Mark the selected prompt as a favorite with Ctrl+D."""
        if event.key() == Qt.Key.Key_D and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.history.toggle_favorite(self.list.currentIndex())
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: object) -> bool:
        """Choose the row that is clicked, or mark it by its star."""
        if isinstance(event, QMouseEvent) and watched is self.list.viewport():
            if event.type() == QMouseEvent.Type.MouseButtonRelease and event.button() == Qt.MouseButton.LeftButton:
                self._click(event.position().toPoint(), event.modifiers())
                return True
            return False
        return super().eventFilter(watched, event)  # type: ignore[arg-type]

    def _click(self, at: QPoint, modifiers: Qt.KeyboardModifier) -> None:
        index = self.list.indexAt(at)
        if not index.isValid():
            return
        if _star_area(self.list.visualRect(index)).adjusted(-6, -6, 6, 6).contains(at):
            self.history.toggle_favorite(index)
        else:
            self.choose(index, shift=bool(modifiers & Qt.KeyboardModifier.ShiftModifier))

    def _search(self) -> None:
        self.history.search(self.field.text(), favorites=self.favorites.isChecked())

    def _show_loaded(self) -> None:
        self.select_first()
        if self.field.text().strip():
            words = "No prompts match your search."
        elif self.favorites.isChecked():
            words = "Click a star to keep a prompt here."
        else:
            words = "Prompts appear here once you use them."
        self.nothing.setText(words)
        self.nothing.adjustSize()
        self.nothing.setVisible(not self.history.rowCount())

    def _take(self, index: QModelIndex, shift: bool) -> None:
        if (used := self.history.used(index)) is not None:
            self.taken.emit(used.text, shift)


class _RowDelegate(QStyledItemDelegate):
    """Draws the newest image, the prompt in one line, how often and when it was used, and the star."""

    def __init__(self, history: PromptHistory, parent: QObject) -> None:
        super().__init__(parent)
        self._history = history

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Return the size of every row."""
        return QSize(100, _ROW)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one row."""
        used = self._history.used(index)
        if used is None:
            return
        t = tokens()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_ground(painter, option)
        square = QRect(option.rect.left() + _GAP, option.rect.top() + (_ROW - _EDGE) // 2, _EDGE, _EDGE)
        pixmap = None if used.image is None else self._history.thumbnails.get(used.image)
        if pixmap is not None:
            painter.drawPixmap(square, pixmap)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(t.raised))
            painter.drawRoundedRect(square, 4, 4)
        star = _star_area(option.rect)
        paint_icon(painter, "star", t.caution if used.is_favorite else t.text_faint, QRectF(star))
        room = QRect(square.right() + 1 + _GAP, square.top() + 1, star.left() - square.right() - 2 * _GAP, _EDGE)
        self._draw_text(painter, room, str(index.data()), use_text(used))
        painter.restore()

    def _draw_text(self, painter: QPainter, room: QRect, line: str, note: str) -> None:
        t = tokens()
        painter.setPen(QColor(t.text))
        metrics = painter.fontMetrics()
        painter.drawText(room, _LEFT, metrics.elidedText(line, Qt.TextElideMode.ElideRight, room.width()))
        small = QFont(painter.font())
        small.setPixelSize(11)
        painter.setFont(small)
        painter.setPen(QColor(t.text_muted))
        painter.drawText(room.adjusted(0, metrics.height() + 4, 0, 0), _LEFT, note)


def _star_area(row: QRect) -> QRect:
    return QRect(row.right() - _GAP - _STAR, row.center().y() - _STAR // 2 + 1, _STAR, _STAR)
