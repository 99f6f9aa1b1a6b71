"""Draws the rows of the command search: headings, and entries with icon, text, hint and shortcut."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from imagineart_desktop.ui.command_search.entries import Entry
from imagineart_desktop.ui.theme import paint_icon, paint_image, tokens

_ROW, _HEADING, _ICON, _GAP = 32, 26, 18, 10
"""Sizes in pixels: row and heading height, icon edge, and the gap between parts."""

_LEFT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
_RIGHT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)


class EntryDelegate(QStyledItemDelegate):
    """Draws entries with aligned text and shortcuts. entry_of: row → entry, None for a heading."""

    def __init__(self, entry_of: Callable[[int], Entry | None], parent: QObject) -> None:
        super().__init__(parent)
        self._entry_of = entry_of

    def sizeHint(self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Return the row's size; headings are lower."""
        return QSize(100, _ROW if self._entry_of(index.row()) is not None else _HEADING)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one row."""
        entry = self._entry_of(index.row())
        area: QRect = option.rect.adjusted(_GAP, 0, -_GAP, 0)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if entry is not None:
            if option.state & QStyle.StateFlag.State_Selected:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(tokens().accent_soft))
                painter.drawRoundedRect(option.rect, 6, 6)
            _draw_entry(painter, entry, area)
        else:
            _draw_heading(painter, str(index.data()), area)
        painter.restore()


def _draw_heading(painter: QPainter, words: str, area: QRect) -> None:
    font = QFont(painter.font())
    font.setPixelSize(11)
    font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 1)
    painter.setFont(font)
    painter.setPen(QColor(tokens().text_faint))
    painter.drawText(area.adjusted(0, 6, 0, 0), _LEFT, words.upper())


def _draw_entry(painter: QPainter, entry: Entry, area: QRect) -> None:
    t, metrics = tokens(), painter.fontMetrics()
    square = QRect(area.left(), area.center().y() - _ICON // 2 + 1, _ICON, _ICON)
    if isinstance(entry.icon, str):
        paint_icon(painter, entry.icon, t.text_muted, QRectF(square))
    elif not entry.icon.isNull():
        shown = entry.icon.size().scaled(square.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRect(QPoint(), shown)
        place.moveCenter(square.center())
        paint_image(painter, QRectF(place), entry.icon)
    room = area.adjusted(_ICON + _GAP, 0, 0, 0)
    if entry.keys:
        painter.setPen(QColor(t.text_muted))
        painter.drawText(room, _RIGHT, entry.keys)
        room.setRight(room.right() - metrics.horizontalAdvance(entry.keys) - 2 * _GAP)
    painter.setPen(QColor(t.text))
    words = metrics.elidedText(entry.words, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, _LEFT, words)
    room.setLeft(room.left() + metrics.horizontalAdvance(words) + _GAP)
    if entry.hint and room.width() > _ROW:
        painter.setPen(QColor(t.text_faint))
        painter.drawText(room, _LEFT, metrics.elidedText(entry.hint, Qt.TextElideMode.ElideRight, room.width()))
