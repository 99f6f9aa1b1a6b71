"""Progress, stop button and result message of a long operation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from imagineart_desktop.library.recovery.operations import Operations
from imagineart_desktop.ui.widgets import InlineMessage, button, come_into_sight, plain_label


class OperationProgress(QWidget):
    """Shows one operation at a time."""

    busy_changed = Signal(bool)

    def __init__(self, operations: Operations) -> None:
        super().__init__()
        self._operations = operations
        self._stopped = False
        self._words = ""
        self._operation = ExitStack()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.hide()
        self.count = plain_label("", "muted")
        self.count.hide()
        self.stop = button("Stop", self._stop)
        self.stop.hide()
        going = QHBoxLayout()
        going.addWidget(self.progress, 1)
        going.addWidget(self.count)
        going.addWidget(self.stop)
        column.addLayout(going)
        self.message = InlineMessage()
        column.addWidget(self.message)

    @contextmanager
    def going_on(self, words: str) -> Iterator[None]:
        """Show progress and a stop button during the block. words: the activity, e.g. “Checking the library”."""
        self._words = words
        self._show(busy=True)
        try:
            with self._operation:
                self._operation.enter_context(self._operations.during(self._describe, self._stop))
                yield
        finally:
            self._show(busy=False)

    def settle(self) -> None:
        """Make the operation impossible to stop and its progress indeterminate from now on."""
        before = self._operation.pop_all()
        # Register the new operation first, so that the gap between them isn't mistaken for the end.
        self._operation.enter_context(self._operations.during(self._describe))
        before.close()
        self.stop.hide()
        self.count.clear()
        self.progress.setRange(0, 0)

    def _describe(self) -> str:
        return f"{self._words}: {self.count.text()}" if self.count.text() else f"{self._words}…"

    def tell(self, done: int, total: int) -> None:
        """Show the progress."""
        self.progress.setRange(0, max(1, total))
        self.progress.setValue(done)
        self.count.setText(f"{done:,} of {total:,}")

    def stopped(self) -> bool:
        """Return whether the user stopped the operation."""
        return self._stopped

    def _show(self, *, busy: bool) -> None:
        self._stopped = False
        self.progress.setRange(0, 0)
        self.count.clear()
        for part in (self.progress, self.count, self.stop):
            part.setVisible(busy)
        self.busy_changed.emit(busy)
        if busy:
            # Once the layouts have made room.
            QTimer.singleShot(0, self, lambda: come_into_sight(self))

    def _stop(self) -> None:
        self._stopped = True
