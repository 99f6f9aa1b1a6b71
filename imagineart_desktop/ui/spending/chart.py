"""Bars, one a day: drawn by hand, crisp at every scale and in both themes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from imagineart_desktop.library.spending import Sum
from imagineart_desktop.models import dollars
from imagineart_desktop.ui.theme import tokens

_LEFT, _BOTTOM, _TOP = 52, 24, 10
_LINES = 4
_WIDEST = 28.0


class SpendChart(QWidget):
    """sums: what was spent a day; days between the first and the last on which nothing was spent stay empty."""

    def __init__(self) -> None:
        super().__init__()
        self._days: list[date] = []
        self._sums: dict[date, Sum] = {}
        self.setMouseTracking(True)
        self.setAccessibleName("Spent a day")
        self.setMinimumHeight(180)

    def sizeHint(self) -> QSize:
        """Wide and low."""
        return QSize(640, 220)

    def show_days(self, sums: Sequence[Sum]) -> None:
        """Other days."""
        self._sums = {date.fromisoformat(one.name): one for one in sums}
        self._days = []
        if self._sums:
            first, last = min(self._sums), max(self._sums)
            self._days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        said = ", ".join(f"{one.name}: {dollars(one.cost)}" for one in sums[-14:])
        self.setAccessibleDescription(said)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The day under the pointer, in figures."""
        day = self._day_at(event.position().x())
        one = self._sums.get(day) if day is not None else None
        if one is None:
            QToolTip.hideText()
            return
        pictures = "1 picture" if one.pictures == 1 else f"{one.pictures} pictures"
        QToolTip.showText(event.globalPosition().toPoint(), f"{one.name}: {dollars(one.cost)}, {pictures}", self)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Lines, bars, days."""
        t = tokens()
        painter = QPainter(self)
        font = painter.font()
        font.setPixelSize(11)
        painter.setFont(font)
        plot = self._plot()
        most = max((one.cost for one in self._sums.values()), default=Decimal(0))
        step = _step(most)
        top = step * _LINES
        for line in range(_LINES + 1):
            y = round(plot.bottom() - plot.height() * line / _LINES) + 0.5
            painter.setPen(QPen(QColor(t.line), 1))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            painter.setPen(QColor(t.text_faint))
            place = QRectF(0, y - 8, _LEFT - 8, 16)
            beside = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            painter.drawText(place, beside, dollars(step * line))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(t.accent))
        slot = plot.width() / max(1, len(self._days))
        wide = max(1.0, min(_WIDEST, slot * 0.7))
        for number, day in enumerate(self._days):
            one = self._sums.get(day)
            if one is not None:
                height = plot.height() * float(one.cost / top)
                left = plot.left() + slot * (number + 0.5) - wide / 2
                painter.drawRoundedRect(QRectF(left, plot.bottom() - height, wide, height), 2, 2)
        self._write_days(painter, plot, slot)
        painter.end()

    def _write_days(self, painter: QPainter, plot: QRectF, slot: float) -> None:
        painter.setPen(QColor(tokens().text_faint))
        every = max(1, math.ceil(64 / max(slot, 1)))
        for number in range(0, len(self._days), every):
            day = self._days[number]
            place = QRectF(plot.left() + slot * (number + 0.5) - 40, plot.bottom() + 4, 80, 16)
            painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), f"{day.day} {day:%b}")

    def _plot(self) -> QRectF:
        return QRectF(_LEFT, _TOP, max(1, self.width() - _LEFT - 8), max(1, self.height() - _TOP - _BOTTOM))

    def _day_at(self, x: float) -> date | None:
        plot = self._plot()
        number = int((x - plot.left()) / plot.width() * len(self._days)) if self._days else -1
        return self._days[number] if 0 <= number < len(self._days) else None


def _step(most: Decimal) -> Decimal:
    """A round number of dollars, of which four hold the highest bar."""
    least = most / _LINES
    if least <= 0:
        return Decimal("0.25")
    size = Decimal(10) ** (least.adjusted())
    factors = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
    return next(size * factor for factor in factors if size * factor >= least)
