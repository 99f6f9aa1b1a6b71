"""An overlay that briefly shows the mark an image just got."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, QTimer
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from imagineart_desktop.library import Label
from imagineart_desktop.ui.image_details.marks_editor import LABEL_COLORS
from imagineart_desktop.ui.image_details.star import GOLD, paint_star
from imagineart_desktop.ui.theme import paint_image

_SHOWN_MS = 900
_STAR, _DOT, _GAP, _PADDING, _HEIGHT = 22, 14, 8, 16, 44
_PICTURE = QSize(56, 36)
"""Room for the thumbnail, in pixels."""

_PICTURE_GAP = 10
_GROUND, _INK = QColor(16, 17, 19, 210), QColor("#f2f3f4")


class MarkFlash(QWidget):
    """An overlay that shows the thumbnail of the marked image, if that isn't the image below it."""

    def __init__(self) -> None:
        super().__init__()
        self._stars = 0
        self._dot = ""
        self._words = ""
        self._thumbnail: QImage | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.setInterval(_SHOWN_MS)
        self.timer.timeout.connect(self.hide)
        self.hide()

    def show_mark(self, mark: int | Label | bool, thumbnail: QImage | None = None) -> None:
        """Show a rating, a label, or whether it is a favorite. thumbnail: the marked image, if it isn't shown."""
        self._thumbnail = thumbnail
        self._stars, self._dot = 0, ""
        if isinstance(mark, bool):
            self._stars, self._words = int(mark), "Favorite" if mark else "Removed from favorites"
        elif isinstance(mark, Label):
            self._dot, self._words = LABEL_COLORS.get(mark, ""), mark.value.capitalize() or "No label"
        else:
            self._stars, self._words = mark, "" if mark else "No rating"
        self.setAccessibleName(self._words or f"{self._stars} of 5 stars")
        self.setFixedSize(self.sizeHint())
        self.update()
        self.show()
        self.timer.start()

    def leave_image(self) -> None:
        """Hide a mark without a thumbnail, since another image is shown now."""
        if self._thumbnail is None:
            self.hide()

    def sizeHint(self) -> QSize:
        """Return a size with room for the symbols and the text."""
        words = self.fontMetrics().horizontalAdvance(self._words)
        signs = self._stars * (_STAR + _GAP) + (_DOT + _GAP if self._dot else 0)
        return QSize(2 * _PADDING + self._picture_width() + signs + words - (0 if words else _GAP), _HEIGHT)

    def _picture_size(self) -> QSizeF:
        if self._thumbnail is None:
            return QSizeF()
        return QSizeF(self._thumbnail.size()).scaled(QSizeF(_PICTURE), Qt.AspectRatioMode.KeepAspectRatio)

    def _picture_width(self) -> int:
        return 0 if self._thumbnail is None else ceil(self._picture_size().width()) + _PICTURE_GAP

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw thumbnail, symbols and text on a dark background."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_GROUND)
        painter.drawRoundedRect(QRectF(self.rect()), 8, 8)
        x = float(_PADDING)
        if self._thumbnail is not None:
            size = self._picture_size()
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            paint_image(painter, QRectF(QPointF(x, (_HEIGHT - size.height()) / 2), size), self._thumbnail)
            x += self._picture_width()
        for _ in range(self._stars):
            paint_star(painter, QRectF(x, (_HEIGHT - _STAR) / 2, _STAR, _STAR), GOLD)
            x += _STAR + _GAP
        if self._dot:
            painter.setBrush(QColor(self._dot))
            painter.drawEllipse(QRectF(x, (_HEIGHT - _DOT) / 2, _DOT, _DOT))
            x += _DOT + _GAP
        painter.setPen(_INK)
        painter.drawText(QRectF(x, 0, self.width() - x, _HEIGHT), int(Qt.AlignmentFlag.AlignVCenter), self._words)
        painter.end()
