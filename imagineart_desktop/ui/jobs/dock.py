"""Places the job strip on a page."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, SignalInstance
from PySide6.QtWidgets import QGridLayout, QWidget

from imagineart_desktop.ui.jobs.strip import JobStrip


class JobDock(QWidget):
    """A page's content with the job strip while the page is open. The window has only one strip.

    over: the strip overlaps the lower edge of content that must not move; otherwise it's below the content.
    """

    def __init__(self, content: QWidget, *, over: bool = False) -> None:
        super().__init__()
        self._over = over
        self._strip: JobStrip | None = None
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(0)
        self._grid.setRowStretch(0, 1)
        self._grid.addWidget(content, 0, 0)

    def hold(self, strip: JobStrip) -> None:
        """Take the strip from the page that had it."""
        self._strip = strip
        if self._over:
            self._grid.addWidget(strip, 0, 0, Qt.AlignmentFlag.AlignBottom)
            strip.raise_()
        else:
            self._grid.addWidget(strip, 1, 0)
        strip.set_container(strip if self._over else self)

    def covered(self) -> float:
        """Return the height of the part of the content that the strip covers, in logical pixels."""
        strip = self._strip
        return strip.height() if self._over and strip is not None and strip.isVisibleTo(self) else 0

    def settle_after(self, replaced: SignalInstance) -> None:
        """Close a strip without jobs when what is worked on is replaced, once everyone knows why."""
        replaced.connect(self._settle, Qt.ConnectionType.QueuedConnection)

    def _settle(self) -> None:
        if self._strip is not None and self.isVisible() and self.isAncestorOf(self._strip):
            self._strip.settle(replaced=True)

    def leaveEvent(self, event: QEvent) -> None:
        """Close a strip without jobs, since nothing is about to be clicked here."""
        super().leaveEvent(event)
        if self._strip is not None:
            self._strip.settle()
