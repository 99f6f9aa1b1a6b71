"""How one picture of a grid is drawn: badge, star, and a ring round what is chosen."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from imagineart_desktop.library import FileState, Label, PictureSummary
from imagineart_desktop.models import find_model
from imagineart_desktop.ui.gallery.marks_editor import LABEL_COLOURS
from imagineart_desktop.ui.gallery.model import MISSING, SUMMARY, THUMBNAIL
from imagineart_desktop.ui.gallery.star import GOLD, paint_star
from imagineart_desktop.ui.theme import paint_icon, tokens

GAP = 6
"""Pixels between two cells; they belong to the one before."""

RADIUS = 4
"""Pixels, of a picture's corners."""


HOVER_TOOLS = (("favourite", "star"), ("edit", "pencil"), ("inpaint", "brush"))
"""Picture commands that a cell offers while the pointer is over it, and their icons."""

_TOOL = 22


def tool_places(box: QRect) -> list[QRectF]:
    """Where the buttons of a cell lie, in its lower left corner; none where there is no room for them."""
    cell = QRectF(box).adjusted(0, 0, -GAP, -GAP)
    if cell.width() < len(HOVER_TOOLS) * (_TOOL + 4) + 8:
        return [QRectF()] * len(HOVER_TOOLS)
    left, top = cell.left() + 5, cell.bottom() - _TOOL - 5
    return [QRectF(left + number * (_TOOL + 4), top, _TOOL, _TOOL) for number in range(len(HOVER_TOOLS))]


class CellDelegate(QStyledItemDelegate):
    """Draws one picture."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.size = QSize(1, 1)
        self._badges: dict[tuple[str, float], QPixmap] = {}

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        """All cells are alike."""
        return self.size

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
        painter.setPen(Qt.PenStyle.NoPen)
        summary = index.data(SUMMARY)
        pixmap = index.data(THUMBNAIL) if summary is not None else None
        if pixmap is not None:
            painter.drawPixmap(cell.toRect(), pixmap)
        else:
            painter.setBrush(QColor(t.field))
            painter.drawRoundedRect(cell, RADIUS, RADIUS)
        if summary is not None and index.data(MISSING):
            if pixmap is not None:
                painter.setBrush(QColor(16, 17, 19, 170))
                painter.drawRoundedRect(cell, RADIUS, RADIUS)
            word = "File damaged" if summary.state is FileState.DAMAGED else "File missing"
            painter.setPen(QColor("#e6e7e9" if pixmap is not None else t.text_faint))
            painter.drawText(cell, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), word)
        if summary is not None:
            self._paint_marks(painter, cell, summary)
        if state & QStyle.StateFlag.State_MouseOver and summary is not None:
            self._paint_tools(painter, box)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(QPen(QColor(t.accent), 2))
            painter.drawRoundedRect(cell.adjusted(1, 1, -1, -1), RADIUS, RADIUS)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(QPen(QColor(t.text_muted), 1))
            painter.drawRoundedRect(cell.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        painter.restore()

    def tool_at(self, box: QRect, at: QPoint) -> str | None:
        """The command of the button that is shown there while the pointer is over a cell, or None."""
        places = zip(HOVER_TOOLS, tool_places(box), strict=True)
        return next((command for (command, _), place in places if place.contains(QPointF(at))), None)

    def _badge(self, word: str, painter: QPainter) -> QPixmap:
        """A model's name as it stands on its pictures, in the screen's own pixels."""
        ratio = painter.device().devicePixelRatioF()
        badge = self._badges.get((word, ratio))
        if badge is None:
            font = painter.font()
            font.setPixelSize(10)
            tag = QRectF(0, 0, ceil(QFontMetricsF(font).horizontalAdvance(word)) + 10, 16)
            badge = self._badges[word, ratio] = QPixmap((tag.size() * ratio).toSize())
            badge.setDevicePixelRatio(ratio)
            badge.fill(Qt.GlobalColor.transparent)
            drawn = QPainter(badge)
            drawn.setRenderHint(QPainter.RenderHint.Antialiasing)
            drawn.setFont(font)
            drawn.setPen(Qt.PenStyle.NoPen)
            drawn.setBrush(QColor(16, 17, 19, 190))
            drawn.drawRoundedRect(tag, 3, 3)
            drawn.setPen(QColor("#e6e7e9"))
            drawn.drawText(tag, int(Qt.AlignmentFlag.AlignCenter), word)
            drawn.end()
        return badge

    def _paint_tools(self, painter: QPainter, box: QRect) -> None:
        for (_, icon_name), place in zip(HOVER_TOOLS, tool_places(box), strict=True):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(16, 17, 19, 205))
            painter.drawRoundedRect(place, 4, 4)
            paint_icon(painter, icon_name, "#e6e7e9", place.adjusted(4, 4, -4, -4))
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_marks(self, painter: QPainter, cell: QRectF, summary: PictureSummary) -> None:
        model = find_model(summary.endpoint)
        word = model.short_label if model else "?"
        if summary.demo:
            word = f"Demo · {word}"
        badge = self._badge(word, painter)
        size = badge.deviceIndependentSize()
        if size.width() < cell.width() - 8:
            painter.drawPixmap(QPointF(cell.right() - size.width() - 5, cell.bottom() - 21), badge)
        if summary.favourite:
            disc = QRectF(cell.left() + 5, cell.top() + 5, 20, 20)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(16, 17, 19, 190))
            painter.drawEllipse(disc)
            paint_icon(painter, "star", "#f2c14e", disc.adjusted(4, 4, -4, -4))
        for star in range(summary.rating):
            place = QRectF(cell.left() + 6 + star * 13, cell.bottom() - 19, 12, 12)
            paint_star(painter, place.adjusted(-1.5, -1.5, 1.5, 1.5), QColor(16, 17, 19, 150))
            paint_star(painter, place, GOLD)
        if summary.label in list(Label):
            colour = LABEL_COLOURS.get(Label(summary.label))
            if colour is not None:
                painter.setPen(QPen(QColor(16, 17, 19, 160), 1))
                painter.setBrush(QColor(colour))
                painter.drawEllipse(QRectF(cell.right() - 17, cell.top() + 6, 11, 11))
        painter.setBrush(Qt.BrushStyle.NoBrush)
