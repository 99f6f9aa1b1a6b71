"""Work that several events ask for and that is done once, after all that already wait were delivered."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt


class FollowUp(QObject):
    """work: called in the window's thread, once however often it was asked for."""

    def __init__(self, parent: QObject, work: Callable[[], None]) -> None:
        super().__init__(parent)
        self._work = work
        self._asked = False

    def ask(self) -> None:
        """Have the work done after the events that wait already."""
        if not self._asked:
            self._asked = True
            QCoreApplication.postEvent(self, QEvent(QEvent.Type.User), Qt.EventPriority.LowEventPriority.value)

    def do_now(self) -> None:
        """Do the work if it was asked for: before anything that depends on it."""
        if self._asked:
            self._asked = False
            self._work()

    def event(self, event: QEvent) -> bool:
        """Do what was asked for."""
        if event.type() == QEvent.Type.User:
            self.do_now()
            return True
        return super().event(event)
