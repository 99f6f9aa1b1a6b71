"""How one picture of a grid is drawn: badge, star, and a ring round what is chosen."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from imagineart_desktop.library import FileState, Label, PictureSummary
from imagineart_desktop.models import find_model
from imagineart_desktop.ui.gallery.marks_editor import LABEL_COLOURS
from imagineart_desktop.ui.gallery.rows import MISSING, SUMMARY, THUMBNAIL, Look
from imagineart_desktop.ui.gallery.star import GOLD, paint_star
from imagineart_desktop.ui.theme import paint_icon, tokens

_FAVOURITE = "#f2c14e"

GAP = 6
"""Pixels between two cells; they belong to the one before."""

RADIUS = 4
"""Pixels, of a picture's corners."""


HOVER_TOOLS = (("favourite", "star"),)
"""Picture commands that a cell offers while the pointer is over it, and their icons.

Only what one click more takes back: a click that was meant for the picture must not lead to another tab.
"""

_RING, _INNER_RING = 3, 1.5
"""Pixels: round what is chosen, and inside it round what the keyboard is at."""

_TOOL, _LABEL, _STAR = 22, 11, 13
"""Pixels: a button, a colour label, and a star with the gap behind it."""

_INSET = 5
_BADGE = 16
_MOST_BADGES = 500
_LEAST_CUT = 60
"""Pixels across, below which a badge that is cut says nothing."""


def tool_places(box: QRect) -> list[QRectF]:
    """Where the buttons of a cell lie: side by side at its top, left of the label. Those without room are empty."""
    cell = QRectF(box).adjusted(0, 0, -GAP, -GAP)
    left, top = cell.left() + _INSET, cell.top() + _INSET
    places = [QRectF(left + number * (_TOOL + 4), top, _TOOL, _TOOL) for number in range(len(HOVER_TOOLS))]
    room = cell.right() - _INSET - _LABEL - 4
    return [place if place.right() <= room else QRectF() for place in places]


class CellDelegate(QStyledItemDelegate):
    """Draws one picture."""

    def __init__(self, parent: QObject, *, badges: bool = True) -> None:
        """badges: whether pictures say which model made them."""
        super().__init__(parent)
        self.size = QSize(1, 1)
        self._with_badges = badges
        self.with_tools = badges
        """Whether a picture has buttons while the pointer is over it."""
        self._badges: dict[tuple[str, int, float], QPixmap | None] = {}

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        """All cells are alike."""
        return self.size

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """The picture that is dragged."""
        look = Look(index.data(SUMMARY), index.data(THUMBNAIL), missing=bool(index.data(MISSING)))
        self.paint_cell(painter, option.rect, look)

    def paint_cell(self, painter: QPainter, box: QRect, look: Look) -> None:
        """Picture, badge, star, ring."""
        t = tokens()
        cell = QRectF(box).adjusted(0, 0, -GAP, -GAP)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        summary, pixmap = look.summary, look.pixmap
        if pixmap is not None:
            painter.drawPixmap(cell.toRect(), pixmap)
        else:
            painter.setBrush(QColor(t.field))
            painter.drawRoundedRect(cell, RADIUS, RADIUS)
        if look.missing:
            if pixmap is not None:
                painter.setBrush(QColor(16, 17, 19, 170))
                painter.drawRoundedRect(cell, RADIUS, RADIUS)
            damaged = summary is not None and summary.state is FileState.DAMAGED
            painter.setPen(QColor("#e6e7e9" if pixmap is not None else t.text_faint))
            painter.drawText(
                cell,
                int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap),
                "File damaged" if damaged else "File missing",
            )
        if summary is not None:
            self._paint_marks(painter, cell, summary)
            if look.hovered and self.with_tools:
                self._paint_tools(painter, box, favourite=summary.favourite)
            elif summary.favourite:
                paint_favourite(painter, cell)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if look.chosen or look.current:
            self._paint_rings(painter, cell, look)
        elif look.hovered:
            painter.setPen(QPen(QColor(t.text_muted), 1))
            painter.drawRoundedRect(cell.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        painter.restore()

    def tool_at(self, box: QRect, at: QPoint) -> str | None:
        """The command of the button that is shown there while the pointer is over a cell, or None."""
        if not self.with_tools:
            return None
        places = zip(HOVER_TOOLS, tool_places(box), strict=True)
        return next((command for (command, _), place in places if place.contains(QPointF(at))), None)

    def _badge(self, word: str, room: int, painter: QPainter) -> QPixmap | None:
        """Which model made it, as it stands on the picture, in the screen's own pixels; None where there is no room."""
        ratio = painter.device().devicePixelRatioF()
        key = word, room, ratio
        if key not in self._badges:
            if len(self._badges) >= _MOST_BADGES:
                self._badges.clear()
            self._badges[key] = _drawn_badge(word, room, ratio, painter.font())
        return self._badges[key]

    def _paint_tools(self, painter: QPainter, box: QRect, *, favourite: bool) -> None:
        for (command, icon_name), place in zip(HOVER_TOOLS, tool_places(box), strict=True):
            if place.isEmpty():
                continue
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(16, 17, 19, 205))
            painter.drawRoundedRect(place, 4, 4)
            colour = _FAVOURITE if favourite and command == "favourite" else "#e6e7e9"
            paint_icon(painter, icon_name, colour, place.adjusted(4, 4, -4, -4))

    def _paint_rings(self, painter: QPainter, cell: QRectF, look: Look) -> None:
        """What is chosen has a broad ring in the accent's colour, what the keyboard is at a line inside it."""
        t = tokens()
        if look.chosen:
            half = _RING / 2
            painter.setPen(QPen(QColor(t.accent), _RING))
            painter.drawRoundedRect(cell.adjusted(half, half, -half, -half), RADIUS, RADIUS)
        if look.current:
            inside = _RING + _INNER_RING / 2
            for colour, width in ((QColor(16, 17, 19, 160), 2 * _INNER_RING), (QColor("#f2f3f4"), _INNER_RING)):
                painter.setPen(QPen(colour, width))
                painter.drawRoundedRect(cell.adjusted(inside, inside, -inside, -inside), RADIUS, RADIUS)

    def _paint_badge(self, painter: QPainter, cell: QRectF, stars: QRectF, word: str) -> None:
        """Draw a badge in the lower right corner; over the stars where it would be cut beside them."""
        bottom = cell.bottom() - _INSET
        badge = self._badge(word, int(cell.width() - 2 * _INSET), painter)
        if badge is None:
            return
        width = badge.deviceIndependentSize().width()
        if not stars.isEmpty() and cell.right() - _INSET - width < stars.right() + 4:
            bottom = stars.top() - 3
        painter.drawPixmap(QPointF(cell.right() - width - _INSET, bottom - _BADGE), badge)

    def _paint_marks(self, painter: QPainter, cell: QRectF, summary: PictureSummary) -> None:
        stars = paint_stars_and_label(painter, cell, summary)
        if self._with_badges:
            self._paint_badge(painter, cell, stars, badge_of(summary))


def paint_stars_and_label(painter: QPainter, cell: QRectF, summary: PictureSummary) -> QRectF:
    """Draw the rating in the lower left corner of an image, and its label. Returns where the stars are."""
    stars = QRectF(cell.left() + 6, cell.bottom() - 19, summary.rating * _STAR, 12)
    for star in range(summary.rating):
        place = QRectF(stars.left() + star * _STAR, stars.top(), 12, 12)
        paint_star(painter, place.adjusted(-1.5, -1.5, 1.5, 1.5), QColor(16, 17, 19, 150))
        paint_star(painter, place, GOLD)
    colour = LABEL_COLOURS.get(Label(summary.label)) if summary.label in list(Label) else None
    if colour is not None:
        painter.setPen(QPen(QColor(16, 17, 19, 160), 1))
        painter.setBrush(QColor(colour))
        painter.drawEllipse(QRectF(cell.right() - _LABEL - 6, cell.top() + 6, _LABEL, _LABEL))
    return stars


def paint_favourite(painter: QPainter, cell: QRectF) -> None:
    """Draw the star of a favorite in the upper left corner of an image."""
    disc = QRectF(cell.left() + _INSET, cell.top() + _INSET, 20, 20)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(16, 17, 19, 190))
    painter.drawEllipse(disc)
    paint_icon(painter, "star", _FAVOURITE, disc.adjusted(4, 4, -4, -4))


def _drawn_badge(word: str, room: int, ratio: float, usual: QFont) -> QPixmap | None:
    font = QFont(usual)
    font.setPixelSize(10)
    metrics = QFontMetricsF(font)
    shown = metrics.elidedText(word, Qt.TextElideMode.ElideRight, room - 10)
    if shown != word and room < _LEAST_CUT:
        return None
    tag = QRectF(0, 0, ceil(metrics.horizontalAdvance(shown)) + 10, _BADGE)
    badge = QPixmap((tag.size() * ratio).toSize())
    badge.setDevicePixelRatio(ratio)
    badge.fill(Qt.GlobalColor.transparent)
    drawn = QPainter(badge)
    drawn.setRenderHint(QPainter.RenderHint.Antialiasing)
    drawn.setFont(font)
    drawn.setPen(Qt.PenStyle.NoPen)
    drawn.setBrush(QColor(16, 17, 19, 190))
    drawn.drawRoundedRect(tag, 3, 3)
    drawn.setPen(QColor("#e6e7e9"))
    drawn.drawText(tag, int(Qt.AlignmentFlag.AlignCenter), shown)
    drawn.end()
    return badge


def badge_of(summary: PictureSummary) -> str:
    """Return what stands on a picture: the model that made it, in short, as far as it is known."""
    model = find_model(summary.endpoint)
    word = model.short_label if model else summary.endpoint
    return f"Demo · {word}" if summary.demo else word
