"""Lifetime of messages: a notice disappears after some seconds, an error with its cause, both when the view changes."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QDialog, QWidget

NOTICE_MS = 8000
"""Milliseconds for which a notice is shown."""

IsCurrent = Callable[[], bool]
"""Whether a message's cause still exists."""


class MessageLifetime(QObject):
    """Ends a widget's message. end: called when it's due; the widget calls `stop` if the message ends otherwise.

    moves: returns the widget that moves when the message disappears; a notice stays while the pointer is over it. In a
    dialog a notice stays until the user closes the dialog.
    """

    def __init__(
        self, widget: QWidget, end: Callable[[], object], moves: Callable[[], QWidget | None] = lambda: None
    ) -> None:
        super().__init__(widget)
        self._widget = widget
        self._end = end
        self._moves = moves
        self._holds: IsCurrent | None = None
        self._is_notice = False
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.setInterval(NOTICE_MS)
        self.timer.timeout.connect(self._time_is_up)

    def begin(self, *, notice: bool, holds: IsCurrent | None = None) -> None:
        """Start a message's lifetime. holds: called at each `review`; without it, the message ends with its view."""
        self._holds = holds
        self._is_notice = notice
        self.timer.stop()
        self.resume()

    def resume(self) -> None:
        """Start a notice's timer, if the notice is visible."""
        if self._is_notice and self._widget.isVisible() and not isinstance(self._widget.window(), QDialog):
            self.timer.start()

    def stop(self) -> None:
        """Stop tracking a message that has ended."""
        self.timer.stop()
        self._holds = None
        self._is_notice = False

    def review(self) -> None:
        """End the message if its cause is gone."""
        if self._holds is not None and not self._holds():
            self._end()

    def leave_view(self) -> None:
        """End the message with its view, unless its cause persists."""
        if self._holds is None:
            self._end()
        else:
            self.review()

    def _time_is_up(self) -> None:
        moved = self._moves()
        if self._widget.underMouse() or (moved is not None and moved.underMouse()):
            # The message is being read, or something is about to be clicked.
            self.timer.start()
        else:
            self._end()
