"""Reserves the space of the job strip on a page."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, SignalInstance
from PySide6.QtGui import QMoveEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from imagineart_desktop.ui.jobs.space import StripSpace
from imagineart_desktop.ui.jobs.strip import JobStrip


class JobDock(QWidget):
    """A page's content and, while the page is open, the space of the job strip.

    The window has only one strip. It isn't moved into the page, as Qt would restyle every widget in it; it lies above
    the pages, where the open page's dock keeps space for it.

    over: the strip overlaps the lower edge of content that must not move; otherwise it's below the content.
    """

    def __init__(self, content: QWidget, *, over: bool = False) -> None:
        super().__init__()
        self._over = over
        self._strip: JobStrip | None = None
        self._space = StripSpace()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(0)
        self._grid.setRowStretch(0, 1)
        self._grid.addWidget(content, 0, 0)
        if over:
            self._grid.addWidget(self._space, 0, 0, Qt.AlignmentFlag.AlignBottom)
        else:
            self._grid.addWidget(self._space, 1, 0)

    def hold(self, strip: JobStrip) -> None:
        """Take the strip from the page that had it."""
        self._strip = strip
        strip.move_to(self._space, (strip,) if self._over else (strip, self))

    def covered(self) -> float:
        """Return the height of the part of the content that the strip covers, in logical pixels."""
        covers = self._over and self._space.has_strip and not self._space.isHidden()
        return self._space.height() if covers else 0

    def settle_after(self, replaced: SignalInstance) -> None:
        """Close a strip without jobs when what is worked on is replaced, once everyone knows why."""
        replaced.connect(self._settle, Qt.ConnectionType.QueuedConnection)

    def _settle(self) -> None:
        if self._strip is not None and self.isVisible() and self._space.has_strip:
            self._strip.settle(replaced=True)

    def leaveEvent(self, event: QEvent) -> None:
        """Close a strip without jobs, since nothing is about to be clicked here."""
        super().leaveEvent(event)
        if self._strip is not None and self._space.has_strip:
            self._strip.settle_after_leave()

    def moveEvent(self, event: QMoveEvent) -> None:
        """Move the strip along."""
        super().moveEvent(event)
        self._space.place_strip()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Move the strip along: what is around the dock may have moved, too."""
        super().resizeEvent(event)
        self._space.place_strip()
