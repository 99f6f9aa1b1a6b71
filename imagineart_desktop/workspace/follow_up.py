"""Coalesced work: requested by several events, done once after the events already queued."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt


class DeferredCall(QObject):
    """Runs `work` on the UI thread, once no matter how often it was requested."""

    def __init__(self, parent: QObject, work: Callable[[], None]) -> None:
        super().__init__(parent)
        self._work = work
        self._asked = False

    def ask(self) -> None:
        """Schedule the work after the events already queued."""
        if not self._asked:
            self._asked = True
            QCoreApplication.postEvent(self, QEvent(QEvent.Type.User), Qt.EventPriority.LowEventPriority.value)

    def do_now(self) -> None:
        """Do pending work immediately. Call this before anything that depends on it."""
        if self._asked:
            self._asked = False
            self._work()

    def event(self, event: QEvent) -> bool:
        """Do the pending work."""
        if event.type() == QEvent.Type.User:
            self.do_now()
            return True
        return super().event(event)
