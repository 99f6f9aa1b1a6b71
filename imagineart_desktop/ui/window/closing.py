"""Closing the window during operations: shows them with their progress, and lets the user stop them or stay."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from imagineart_desktop.library.recovery.operations import Operation, Operations
from imagineart_desktop.support.wording import pluralize
from imagineart_desktop.ui.widgets import button, plain_label
from imagineart_desktop.workspace.background import spawn_owned

_SHOW_AFTER_MS = 150
"""Milliseconds; operations that end sooner are awaited without showing the dialog."""

_PACE_MS = 100
_WIDTH = 420


class ClosingDialog(QDialog):
    """Waits until no operation is running."""

    done_waiting = Signal()
    """No operation is running, and the user didn't choose to stay."""
    stayed = Signal()
    """The user keeps the window open."""

    def __init__(self, parent: QWidget, operations: Operations, unfinished: Callable[[], int]) -> None:
        """unfinished: returns the number of requests in progress, which continue after closing."""
        super().__init__(parent)
        self._operations = operations
        self._unfinished = unfinished
        self._waits = False
        self._stopped: set[Operation] | None = None
        """The operations that were told to stop, or None until the user chooses to stop them."""
        self.setWindowTitle("Closing")
        self.setModal(True)
        self.setMinimumWidth(_WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addWidget(plain_label("The window closes when this is finished:", "strong", wrap=True))
        self.words = plain_label("", wrap=True)
        column.addWidget(self.words)
        self.requests = plain_label("", "muted", wrap=True)
        column.addWidget(self.requests)
        bar = QProgressBar()
        bar.setRange(0, 0)
        bar.setTextVisible(False)
        column.addWidget(bar)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addStretch(1)
        self.stay = button("Keep open", self.reject)
        self.stop = button("Stop and close", self._stop, kind="primary")
        for part in (self.stay, self.stop):
            foot.addWidget(part)
        column.addLayout(foot)
        self._pace = QTimer(self)
        self._pace.timeout.connect(self._show_work)

    def wait(self) -> None:
        """Start waiting, unless already waiting."""
        if self._waits:
            return
        self._waits = True
        self._stopped = None
        # Those stopped earlier have ended; the user may keep the window open for the others.
        self._operations.let_continue()
        self.stay.setEnabled(True)
        self._pace.start(_SHOW_AFTER_MS)
        spawn_owned(self, self._wait())

    def reject(self) -> None:
        """Keep the window open, also with Esc, unless the operations were already told to stop."""
        if self._stopped is None:
            self._end()
            self.stayed.emit()

    async def _wait(self) -> None:
        # An operation that ends may start another one, such as the next of several imports.
        while self._waits and self._operations.running:
            self._stop_running()
            await self._operations.wait()
        if self._waits:
            self._end()
            self.done_waiting.emit()

    def _end(self) -> None:
        self._waits = False
        self._pace.stop()
        self.hide()

    def _show_work(self) -> None:
        running = self._operations.running
        self._stop_running()
        self.words.setText("\n".join(dict.fromkeys(one.describe() for one in running)))
        unfinished = self._unfinished()
        self.requests.setText(f"{pluralize(unfinished, 'unfinished request')} will resume at the next start.")
        self.requests.setVisible(bool(unfinished))
        self.stop.setEnabled(self._stopped is None and all(one.stop is not None for one in running))
        self._pace.start(_PACE_MS)
        if not self.isVisible():
            self.show()

    def _stop(self) -> None:
        self._stopped = set()
        self._operations.stop_to_close()
        self._stop_running()
        for part in (self.stay, self.stop):
            part.setEnabled(False)

    def _stop_running(self) -> None:
        """Stop the running operations, including those that started since the last call."""
        if self._stopped is None:
            return
        for one in self._operations.running:
            if one.stop is not None and one not in self._stopped:
                self._stopped.add(one)
                one.stop()
