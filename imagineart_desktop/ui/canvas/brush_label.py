"""What the brush does, in words at the pointer: what is unusual about it always, all of it after a change."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QFontMetrics, QPainter

from imagineart_desktop.imaging import Brush, Combine

_SHOWN_MS = 1500
"""Milliseconds for which a change is shown in full."""

_GAP = 8.0
_HEIGHT = 20.0


class BrushLabel(QObject):
    """redraw: called when the words change by themselves."""

    def __init__(self, parent: QObject, redraw: Callable[[], None]) -> None:
        super().__init__(parent)
        self._flash = QTimer(self)
        self._flash.setSingleShot(True)
        self._flash.setInterval(_SHOWN_MS)
        self._flash.timeout.connect(redraw)

    def flash(self) -> None:
        """Show everything for a moment."""
        self._flash.start()

    def words(self, brush: Brush, combine: Combine, *, pointed: bool) -> str:
        """Describe the brush; empty where there is nothing worth saying.

        pointed: whether the pointer is on the canvas.
        """
        if not pointed and not self._flash.isActive():
            return ""
        size = f"{brush.size:.0f} px" if self._flash.isActive() else ""
        opacity = f"{brush.opacity * 100:.0f} %" if self._flash.isActive() or brush.opacity < 1 else ""
        mode = "Subtract" if combine is Combine.SUBTRACT else ""
        return " · ".join(part for part in (mode, size, opacity) if part)

    def place(self, words: str, at: QPointF | None, radius: float, view: QRectF, font: QFontMetrics) -> QRectF:
        """Where the words stand: beside the dab and inside the view; without a pointer at the view's lower edge."""
        if not words:
            return QRectF()
        box = QRectF(0, 0, font.horizontalAdvance(words) + 12, _HEIGHT)
        if at is None:
            box.moveCenter(QPointF(view.center().x(), view.bottom() - 28))
            return box
        away = radius * 0.71 + _GAP
        box.moveTopLeft(at + QPointF(away, away))
        inside = view.adjusted(4, 4, -4, -4)
        box.moveRight(min(box.right(), inside.right()))
        box.moveBottom(min(box.bottom(), inside.bottom()))
        return box

    def paint(self, painter: QPainter, words: str, box: QRectF) -> None:
        """Draw the words on a dark plate, which is read on any image."""
        if not words:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(16, 17, 19, 210))
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(QColor("#f2f3f4"))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), words)
        painter.setBrush(Qt.BrushStyle.NoBrush)
