"""How long a message stays: a notice for some seconds, an error until its cause is gone, neither on another view."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QDialog, QWidget

NOTICE_MS = 8000
"""Milliseconds that a notice stays."""

Holds = Callable[[], bool]
"""Whether the cause of a message is still there."""


class Lifetime(QObject):
    """Ends what a widget says. end: called when it is time; the widget calls `stop` when the message ends otherwise.

    moves: returns what moves when the message goes; a notice stays while the pointer is over that. In a dialog, which
    the user closes, it stays until then.
    """

    def __init__(
        self, widget: QWidget, end: Callable[[], object], moves: Callable[[], QWidget | None] = lambda: None
    ) -> None:
        super().__init__(widget)
        self._widget = widget
        self._end = end
        self._moves = moves
        self._holds: Holds | None = None
        self._is_notice = False
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.setInterval(NOTICE_MS)
        self.timer.timeout.connect(self._time_is_up)

    def begin(self, *, notice: bool, holds: Holds | None = None) -> None:
        """Start the life of a message. holds: asked at each `review`; without it, the message ends with its view."""
        self._holds = holds
        self._is_notice = notice
        self.timer.stop()
        self.resume()

    def resume(self) -> None:
        """Count the seconds of a notice from now on, if it can be seen."""
        if self._is_notice and self._widget.isVisible() and not isinstance(self._widget.window(), QDialog):
            self.timer.start()

    def stop(self) -> None:
        """Forget the message: it has ended."""
        self.timer.stop()
        self._holds = None
        self._is_notice = False

    def review(self) -> None:
        """End the message if its cause is gone."""
        if self._holds is not None and not self._holds():
            self._end()

    def leave_view(self) -> None:
        """End the message with its view, unless its cause outlives that."""
        if self._holds is None:
            self._end()
        else:
            self.review()

    def _time_is_up(self) -> None:
        moved = self._moves()
        if self._widget.underMouse() or (moved is not None and moved.underMouse()):
            # It is being read, or something is about to be clicked.
            self.timer.start()
        else:
            self._end()
