"""The place of the job strip on a page."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from imagineart_desktop.ui.jobs.strip import JobStrip


class JobDock(QWidget):
    """What is worked on, and below it the job strip while the page is open. The strip is the window's only one."""

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self._strip: JobStrip | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(content, 1)

    def hold(self, strip: JobStrip) -> None:
        """Take the strip from the page that had it."""
        if self._strip is None:
            self._strip = strip
        self._column.addWidget(strip)
        strip.settle()

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is about to be clicked here: a strip without jobs closes."""
        super().leaveEvent(event)
        if self._strip is not None:
            self._strip.settle()
