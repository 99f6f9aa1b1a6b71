"""Overlays of the image: the loading sign, and the mark just set."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

_SAID_AFTER_MS = 300
"""Images that load faster aren't announced."""

_WORDS = "Loading…"
_PADDING, _HEIGHT = 12, 28
_GROUND, _INK = QColor(16, 17, 19, 210), QColor("#f2f3f4")

_FROM_EDGE = 40
"""Pixels from the view's lower edge to the mark, and from its upper edge to the loading sign."""


class LoadingSign(QWidget):
    """A sign that the image, or its full detail, is being loaded."""

    announced = Signal()
    """Emitted when loading takes long enough to be announced."""

    def __init__(self) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(_WORDS)
        self.setFixedSize(self.sizeHint())
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.setInterval(_SAID_AFTER_MS)
        self.timer.timeout.connect(self._announce)
        self.hide()

    def follow(self, loading: bool) -> None:
        """Show the sign once loading has taken a while; hide it when the image is loaded."""
        if not loading:
            self.timer.stop()
            self.hide()
        elif self.isHidden() and not self.timer.isActive():
            self.timer.start()

    @contextmanager
    def during(self, is_current: Callable[[], bool]) -> Iterator[None]:
        """Follow the loading of one image. is_current: whether it's still the one to show."""
        self.follow(loading=True)
        try:
            yield
        finally:
            if is_current():
                self.follow(loading=False)

    def _announce(self) -> None:
        self.show()
        self.announced.emit()

    def sizeHint(self) -> QSize:
        """Return the size of the text."""
        return QSize(self.fontMetrics().horizontalAdvance(_WORDS) + 2 * _PADDING, _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the text on a dark background."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_GROUND)
        painter.drawRoundedRect(QRectF(self.rect()), 6, 6)
        painter.setPen(_INK)
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), _WORDS)
        painter.end()


def lay_over(view: QWidget, loading: LoadingSign, flash: QWidget) -> None:
    """Place both overlays over a view, away from the image's center."""
    over = QVBoxLayout(view)
    over.addSpacing(_FROM_EDGE)
    over.addWidget(loading, 0, Qt.AlignmentFlag.AlignHCenter)
    over.addStretch(1)
    over.addWidget(flash, 0, Qt.AlignmentFlag.AlignHCenter)
    over.addSpacing(_FROM_EDGE)
