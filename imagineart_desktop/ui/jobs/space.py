"""The space that a page keeps for the job strip."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QMoveEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget


class StripSpace(QWidget):
    """As large as the strip needs to be; the strip, which is above all pages, takes its geometry."""

    def __init__(self) -> None:
        super().__init__()
        self._strip: QWidget | None = None
        self._needs = QSize(), QSize()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    @property
    def has_strip(self) -> bool:
        """Whether the strip is here, even if it's closed."""
        return self._strip is not None

    def take(self, strip: QWidget) -> None:
        """Accept the strip."""
        self._strip = strip
        self.update_size()

    def release(self) -> None:
        """Leave the strip to another page. The size stays, so that this page doesn't change while it's hidden."""
        self._strip = None

    def sizeHint(self) -> QSize:
        """Return the strip's size hint."""
        return self._needs[0]

    def minimumSizeHint(self) -> QSize:
        """Return the strip's minimum size hint."""
        return self._needs[1]

    def update_size(self) -> None:
        """Update the size hints."""
        if self._strip is None:
            return
        needs = self._strip.sizeHint(), self._strip.minimumSizeHint()
        if needs != self._needs:
            self._needs = needs
            self.updateGeometry()

    def place_strip(self) -> None:
        """Give the strip the geometry of this space."""
        strip = self._strip
        around = strip.parentWidget() if strip is not None else None
        if strip is not None and around is not None and self.isVisible():
            strip.setGeometry(QRect(self.mapTo(around, QPoint(0, 0)), self.size()))

    def moveEvent(self, event: QMoveEvent) -> None:
        """Move the strip."""
        super().moveEvent(event)
        self.place_strip()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Resize the strip."""
        super().resizeEvent(event)
        self.place_strip()

    def showEvent(self, event: QShowEvent) -> None:
        """Bring the strip here: the page or the strip was opened."""
        super().showEvent(event)
        self.place_strip()
