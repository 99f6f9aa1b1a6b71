"""The end of the user's session (log-out, shutdown): saves work before the system ends the program."""

from __future__ import annotations

from collections.abc import Callable, Coroutine

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from imagineart_desktop.support import CrashReporter, spawn

_MAX_SAVING_MS = 4_000
"""Maximum time for saving, in milliseconds. Windows ends programs that don't respond for 5 s."""

_CANCELED_AFTER_MS = 60_000
"""Milliseconds after which the session's end counts as canceled by another program or the user."""


class SessionEndHandler(QObject):
    """Saves when Qt reports the end of the session. save: saves all unfinished work.

    If the program then ends, cleanly or not, it doesn't count as a crash.
    """

    def __init__(
        self, app: QApplication, save: Callable[[], Coroutine[object, None, None]], crashes: CrashReporter
    ) -> None:
        super().__init__(app)
        self._save = save
        self._crashes = crashes
        # The system may end the program as soon as the slot returns.
        app.commitDataRequest.connect(self.commit, Qt.ConnectionType.DirectConnection)

    def commit(self, *_manager: object) -> None:
        """Save everything now; block until that's done."""
        saving = spawn(self._save())
        waiting = QEventLoop()
        saving.add_done_callback(lambda _task: waiting.quit())
        QTimer.singleShot(_MAX_SAVING_MS, waiting, waiting.quit)
        waiting.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
        self._crashes.expect_end(True)
        QTimer.singleShot(_CANCELED_AFTER_MS, self, lambda: self._crashes.expect_end(False))
