"""The delegate that draws one cell of an image grid: thumbnail, badge, star and selection ring."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import ceil
from typing import TypeVar

from PySide6.QtCore import (
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSize,
    QSizeF,
    Qt,
)
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from imagineart_desktop.library import FileState, PictureSummary
from imagineart_desktop.ui.image_details.marks_editor import LABEL_COLORS
from imagineart_desktop.ui.image_details.star import GOLD, paint_star
from imagineart_desktop.ui.theme import ThemeColors, checkerboard, paint_icon, tokens
from imagineart_desktop.workspace.commands.image_commands import FAVORITE, HOVER_BUTTONS, IMAGE_COMMANDS
from imagineart_desktop.workspace.gallery.rows import MISSING, SUMMARY, THUMBNAIL, TRANSPARENT, CellState

_FAVORITE_COLOR = "#f2c14e"

GAP = 6
"""Gap between cells, in pixels. It belongs to the cell left of it or above it."""

RADIUS = 4
"""Corner radius of a thumbnail, in pixels."""


_RING, _INNER_RING = 3, 1.5
"""Ring widths in pixels: around selected cells, and inside it around the cell with keyboard focus."""

_TOOL, _LABEL, _STAR = 22, 11, 13
"""Sizes in pixels: a button, a color label, and a star including the gap after it."""

_DOTS = {str(label): colour for label, colour in LABEL_COLORS.items()}

_INSET = 5
_BADGE = 16
_EDGE = 2
"""Distance in pixels by which the outline of stars and labels extends beyond them."""

_MAX_CACHED = 500
_MIN_ELIDED = 60
"""Width in pixels below which an elided badge isn't readable."""


def hover_button_rects(box: QRect) -> list[QRectF]:
    """Return the rectangles of a cell's buttons: side by side at the top, left of the label.

    Those that don't fit are empty.
    """
    cell = QRectF(box).adjusted(0, 0, -GAP, -GAP)
    left, top = cell.left() + _INSET, cell.top() + _INSET
    places = [QRectF(left + number * (_TOOL + 4), top, _TOOL, _TOOL) for number in range(len(HOVER_BUTTONS))]
    room = cell.right() - _INSET - _LABEL - 4
    return [place if place.right() <= room else QRectF() for place in places]


_Key = TypeVar("_Key")


class ThumbnailDelegate(QStyledItemDelegate):
    """A delegate that draws one image cell."""

    def __init__(self, parent: QObject, *, badges: bool = True) -> None:
        """badges: whether to show which model made each image."""
        super().__init__(parent)
        self.size = QSize(1, 1)
        self._with_badges = badges
        self.shows_tools = badges
        """Whether to show buttons on the cell under the pointer."""
        # Elements that many cells share are rendered once, in device pixels, and cached by everything they depend on.
        self._badges: dict[tuple[str, int, float], QPixmap | None] = {}
        self._shapes: dict[tuple[str, int, int, float, str], QPixmap | None] = {}

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Return the size that all cells share."""
        return self.size

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw the image for Qt's drag pixmap."""
        look = CellState(
            index.data(SUMMARY),
            index.data(THUMBNAIL),
            missing=bool(index.data(MISSING)),
            transparent=bool(index.data(TRANSPARENT)),
        )
        self.paint_cell(painter, option.rect, look)

    def paint_cell(self, painter: QPainter, box: QRect, look: CellState) -> None:
        """Draw image, badge, star and ring. Most cells have only an image and a badge, which takes two draw calls."""
        summary = look.summary
        cell = box.adjusted(0, 0, -GAP, -GAP)
        ratio = painter.device().devicePixelRatioF()
        pixmap = look.pixmap or self._blank(cell.size(), ratio)
        # One that was cut for another size stands in until the sharp one has come.
        is_scaled = abs(pixmap.width() - cell.width() * ratio) > 1
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, is_scaled)
        if look.transparent and look.pixmap is not None:
            painter.drawPixmap(cell, self._checkered(cell.size(), ratio))
        painter.drawPixmap(cell, pixmap)
        if look.missing:
            self._paint_missing(painter, QRectF(cell), look)
        if summary is not None:
            stars = self._paint_stars(painter, cell, summary.rating, ratio)
            if self._with_badges:
                self._paint_badge(painter, cell, stars, badge_text(summary), ratio)
            if summary.label:
                self._paint_label(painter, cell, summary.label, ratio)
        if look.chosen or look.current or look.hovered or (summary is not None and summary.favourite):
            self._paint_state(painter, box, QRectF(cell), look)

    def _paint_missing(self, painter: QPainter, cell: QRectF, look: CellState) -> None:
        painter.save()
        if look.pixmap is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(16, 17, 19, 170))
            painter.drawRoundedRect(cell, RADIUS, RADIUS)
        damaged = look.summary is not None and look.summary.state is FileState.DAMAGED
        painter.setPen(QColor("#e6e7e9" if look.pixmap is not None else tokens().text_faint))
        painter.drawText(
            cell,
            int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap),
            "File damaged" if damaged else "File missing",
        )
        painter.restore()

    def _paint_state(self, painter: QPainter, box: QRect, cell: QRectF, look: CellState) -> None:
        """Draw the star or the buttons, and the ring around a selected or hovered cell."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        favourite = look.summary is not None and look.summary.favourite
        if look.summary is not None and look.hovered and self.shows_tools:
            self._paint_tools(painter, box, favourite=favourite)
        elif favourite:
            paint_favorite_star(painter, cell)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if look.chosen or look.current:
            self._paint_rings(painter, cell, look)
        elif look.hovered:
            painter.setPen(QPen(QColor(tokens().text_muted), 1))
            painter.drawRoundedRect(cell.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        painter.restore()

    def command_at(self, box: QRect, at: QPoint) -> str | None:
        """Return the command of the hover button at a position, or None if there is none."""
        if not self.shows_tools:
            return None
        places = zip(HOVER_BUTTONS, hover_button_rects(box), strict=True)
        return next((command for command, place in places if place.contains(QPointF(at))), None)

    def _blank(self, size: QSize, ratio: float) -> QPixmap:
        """Return the placeholder shown until the thumbnail has loaded."""
        t = tokens()
        key = "blank", size.width(), size.height(), ratio, t.panel
        return _cached(self._shapes, key, lambda: _render_placeholder(size, ratio, t)) or QPixmap()

    def _checkered(self, size: QSize, ratio: float) -> QPixmap:
        """Return the checkerboard in the shape of a thumbnail, behind one that's transparent in places."""
        t = tokens()
        key = "checkered", size.width(), size.height(), ratio, t.check
        return _cached(self._shapes, key, lambda: _render_checkerboard(size, ratio)) or QPixmap()

    def _paint_tools(self, painter: QPainter, box: QRect, *, favourite: bool) -> None:
        for command, place in zip(HOVER_BUTTONS, hover_button_rects(box), strict=True):
            if place.isEmpty():
                continue
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(16, 17, 19, 205))
            painter.drawRoundedRect(place, 4, 4)
            colour = _FAVORITE_COLOR if favourite and command == FAVORITE else "#e6e7e9"
            paint_icon(painter, IMAGE_COMMANDS[command].icon, colour, place.adjusted(4, 4, -4, -4))

    def _paint_rings(self, painter: QPainter, cell: QRectF, look: CellState) -> None:
        """Draw a wide accent ring around a selected cell, and a thin line inside it around the focused one."""
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

    def _paint_badge(self, painter: QPainter, cell: QRect, stars: QRect, word: str, ratio: float) -> None:
        """Draw a badge in the lower right corner, or above the stars if it would overlap them."""
        room, font = cell.width() - 2 * _INSET, painter.font()
        badge = _cached(self._badges, (word, room, ratio), lambda: _render_badge(word, room, ratio, font))
        if badge is None:
            return
        left = cell.x() + cell.width() - _INSET - round(badge.width() / ratio)
        bottom = cell.y() + cell.height() - _INSET
        if not stars.isEmpty() and left < stars.x() + stars.width() + 4:
            bottom = stars.y() - 3
        painter.drawPixmap(left, bottom - _BADGE, badge)

    def _paint_stars(self, painter: QPainter, cell: QRect, rating: int, ratio: float) -> QRect:
        """Draw the stars in the lower left corner and return their rectangle."""
        if not rating:
            return QRect()
        place = _stars_rect(cell, rating)
        if stars := _cached(self._shapes, ("stars", rating, 0, ratio, ""), lambda: _render_stars(rating, ratio)):
            painter.drawPixmap(place.x() - _EDGE, place.y() - _EDGE, stars)
        return place

    def _paint_label(self, painter: QPainter, cell: QRect, label: str, ratio: float) -> None:
        colour = _DOTS.get(label)
        dot = (
            _cached(self._shapes, ("label", 0, 0, ratio, label), lambda: _render_label(colour, ratio))
            if colour
            else None
        )
        if dot is not None:
            painter.drawPixmap(_label_pos(cell), dot)


def paint_stars_and_label(painter: QPainter, cell: QRect, summary: PictureSummary) -> None:
    """Draw the rating in the lower left corner of an image, and its label in the upper right corner."""
    ratio = painter.device().devicePixelRatioF()
    if summary.rating:
        place = _stars_rect(cell, summary.rating)
        painter.drawPixmap(place.x() - _EDGE, place.y() - _EDGE, _render_stars(summary.rating, ratio))
    if colour := _DOTS.get(summary.label):
        painter.drawPixmap(_label_pos(cell), _render_label(colour, ratio))


def paint_favorite_star(painter: QPainter, cell: QRectF) -> None:
    """Draw the star of a favorite in the upper left corner of an image."""
    disc = QRectF(cell.left() + _INSET, cell.top() + _INSET, 20, 20)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(16, 17, 19, 190))
    painter.drawEllipse(disc)
    paint_icon(painter, "star", _FAVORITE_COLOR, disc.adjusted(4, 4, -4, -4))


def _stars_rect(cell: QRect, rating: int) -> QRect:
    return QRect(cell.x() + 6, cell.y() + cell.height() - 19, rating * _STAR, 12)


def _label_pos(cell: QRect) -> QPoint:
    return QPoint(cell.x() + cell.width() - _LABEL - 6 - _EDGE, cell.y() + 6 - _EDGE)


def _cached(drawn: dict[_Key, QPixmap | None], key: _Key, draw: Callable[[], QPixmap | None]) -> QPixmap | None:
    """Return the cached pixmap for a key, drawing it first if it isn't cached yet."""
    if key not in drawn:
        if len(drawn) >= _MAX_CACHED:
            drawn.clear()
        drawn[key] = draw()
    return drawn[key]


@contextmanager
def _transparent_pixmap(size: QSizeF, ratio: float) -> Iterator[tuple[QPixmap, QPainter]]:
    """Yield a transparent pixmap of the given size in logical pixels, and a painter on it."""
    pixmap = QPixmap((size * ratio).toSize())
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    try:
        yield pixmap, painter
    finally:
        painter.end()


def _render_checkerboard(size: QSize, ratio: float) -> QPixmap:
    with _transparent_pixmap(QSizeF(size), ratio) as (shape, painter):
        painter.setBrush(checkerboard())
        painter.drawRoundedRect(QRectF(QPointF(), QSizeF(size)), RADIUS, RADIUS)
    return shape


def _render_placeholder(size: QSize, ratio: float, t: ThemeColors) -> QPixmap:
    """Draw an outlined panel, like the tile of a running job, which is neither light nor dark beside images."""
    with _transparent_pixmap(QSizeF(size), ratio) as (blank, painter):
        painter.setPen(QPen(QColor(t.line), 1))
        painter.setBrush(QColor(t.panel))
        painter.drawRoundedRect(QRectF(QPointF(), QSizeF(size)).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
    return blank


def _render_stars(rating: int, ratio: float) -> QPixmap:
    with _transparent_pixmap(QSizeF(rating * _STAR + 2 * _EDGE, 12 + 2 * _EDGE), ratio) as (stars, painter):
        for star in range(rating):
            place = QRectF(_EDGE + star * _STAR, _EDGE, 12, 12)
            paint_star(painter, place.adjusted(-1.5, -1.5, 1.5, 1.5), QColor(16, 17, 19, 150))
            paint_star(painter, place, GOLD)
    return stars


def _render_label(colour: str, ratio: float) -> QPixmap:
    side = _LABEL + 2 * _EDGE
    with _transparent_pixmap(QSizeF(side, side), ratio) as (dot, painter):
        painter.setPen(QPen(QColor(16, 17, 19, 160), 1))
        painter.setBrush(QColor(colour))
        painter.drawEllipse(QRectF(_EDGE, _EDGE, _LABEL, _LABEL))
    return dot


def _render_badge(word: str, room: int, ratio: float, usual: QFont) -> QPixmap | None:
    font = QFont(usual)
    font.setPixelSize(10)
    metrics = QFontMetricsF(font)
    shown = metrics.elidedText(word, Qt.TextElideMode.ElideRight, room - 10)
    if shown != word and room < _MIN_ELIDED:
        return None
    tag = QRectF(0, 0, ceil(metrics.horizontalAdvance(shown)) + 10, _BADGE)
    with _transparent_pixmap(tag.size(), ratio) as (badge, drawn):
        drawn.setFont(font)
        drawn.setBrush(QColor(16, 17, 19, 190))
        drawn.drawRoundedRect(tag, 3, 3)
        drawn.setPen(QColor("#e6e7e9"))
        drawn.drawText(tag, int(Qt.AlignmentFlag.AlignCenter), shown)
    return badge


def badge_text(summary: PictureSummary) -> str:
    """Return the badge text: the short name of the model that made the image, if known, and “Demo” where it applies."""
    word = summary.model.short_label if summary.model else summary.endpoint
    return f"Demo · {word}" if summary.demo else word
