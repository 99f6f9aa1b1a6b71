"""A bar chart of daily, weekly or monthly spending, custom-painted to be crisp at every scale and in both themes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from imagineart_desktop.library.store.spending import SpendingTotal
from imagineart_desktop.models import format_dollars
from imagineart_desktop.ui.theme import tokens
from imagineart_desktop.workspace.spending_buckets import TimeBucket, day_words, make_buckets

_LEFT, _BOTTOM, _TOP = 52, 24, 10
_LINES = 4
_MAX_BAR_WIDTH = 28.0


class SpendChart(QWidget):
    """One bar per day, even without spending; in a long interval, per week or month."""

    def __init__(self) -> None:
        super().__init__()
        self._buckets: list[TimeBucket] = []
        self.setMouseTracking(True)
        self.setAccessibleName("Spent per day")
        self.setMinimumHeight(180)

    def sizeHint(self) -> QSize:
        """Return a wide, low size."""
        return QSize(640, 220)

    def show_days(self, sums: Sequence[SpendingTotal], first: date, last: date) -> None:
        """Show the spending. sums: per day; first, last: the first and the last day of the chart."""
        self._buckets = make_buckets(sums, first, last)
        said = ", ".join(f"{one.name}: {format_dollars(one.cost)}" for one in sums[-14:])
        self.setAccessibleDescription(said)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show the values of the bar under the pointer in a tooltip."""
        one = self._bucket_at(event.position().x())
        if one is None:
            QToolTip.hideText()
            return
        images = "1 image" if one.pictures == 1 else f"{one.pictures:,} images"
        spent = f"{format_dollars(one.cost)}, {images}" if one.pictures else "nothing"
        QToolTip.showText(event.globalPosition().toPoint(), f"{one.words()}: {spent}", self)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw grid lines, bars and dates."""
        t = tokens()
        painter = QPainter(self)
        font = painter.font()
        font.setPixelSize(11)
        painter.setFont(font)
        plot = self._plot()
        most = max((one.cost for one in self._buckets), default=Decimal(0))
        step = _grid_step(most)
        top = step * _LINES
        for line in range(_LINES + 1):
            y = round(plot.bottom() - plot.height() * line / _LINES) + 0.5
            painter.setPen(QPen(QColor(t.line), 1))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            painter.setPen(QColor(t.text_faint))
            place = QRectF(0, y - 8, _LEFT - 8, 16)
            beside = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            painter.drawText(place, beside, format_dollars(step * line))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        slot = plot.width() / max(1, len(self._buckets))
        wide = max(1.0, min(_MAX_BAR_WIDTH, slot * 0.7))
        for number, one in enumerate(self._buckets):
            height = max(plot.height() * float(one.cost / top), 1.0)
            left = plot.left() + slot * (number + 0.5) - wide / 2
            painter.setBrush(QColor(t.accent if one.cost else t.text_faint))
            painter.drawRoundedRect(QRectF(left, plot.bottom() - height, wide, height), 2, 2)
        self._write_days(painter, plot, slot)
        painter.end()

    def _write_days(self, painter: QPainter, plot: QRectF, slot: float) -> None:
        painter.setPen(QColor(tokens().text_faint))
        every = max(1, math.ceil(64 / max(slot, 1)))
        for number in range(0, len(self._buckets), every):
            place = QRectF(plot.left() + slot * (number + 0.5) - 40, plot.bottom() + 4, 80, 16)
            painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), day_words(self._buckets[number].first))

    def _plot(self) -> QRectF:
        return QRectF(_LEFT, _TOP, max(1, self.width() - _LEFT - 8), max(1, self.height() - _TOP - _BOTTOM))

    def _bucket_at(self, x: float) -> TimeBucket | None:
        plot = self._plot()
        number = int((x - plot.left()) / plot.width() * len(self._buckets))
        return self._buckets[number] if 0 <= number < len(self._buckets) else None


def _grid_step(most: Decimal) -> Decimal:
    """Return a round number of dollars; four steps of it reach the highest bar."""
    least = most / _LINES
    if least <= 0:
        return Decimal("0.25")
    size = Decimal(10) ** (least.adjusted())
    factors = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
    return next(size * factor for factor in factors if size * factor >= least)
