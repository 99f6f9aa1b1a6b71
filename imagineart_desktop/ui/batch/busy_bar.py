"""Progress of work, with a button that cancels it."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from imagineart_desktop.support import Progress
from imagineart_desktop.ui.widgets import button

_PERCENT = 100
_TICK_MS = 100


class BusyBar(QWidget):
    """Visible only while there is work."""

    canceled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._work: Progress | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, _PERCENT)
        row.addWidget(self.bar)
        row.addWidget(button("Cancel", self.canceled.emit, kind="ghost"))
        self._ticking = QTimer(self)
        self._ticking.setInterval(_TICK_MS)
        self._ticking.timeout.connect(self._tick)
        self.hide()

    def follow(self, work: Progress | None) -> None:
        """Show the progress of work; None if there is none."""
        self._work = work
        self.setVisible(work is not None)
        self._tick()
        if work is None:
            self._ticking.stop()
        else:
            self._ticking.start()

    def _tick(self) -> None:
        self.bar.setValue(0 if self._work is None else round(_PERCENT * self._work.share))
