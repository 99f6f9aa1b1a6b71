"""The end of the user's session (log-out, shutdown): work is saved before the system ends the program."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from imagineart_desktop.support import Crashes, spawn

_SAVING_MS = 4_000
"""How long saving may take. Windows ends programs that do not answer for 5 s."""

_STILL_HERE_MS = 60_000
"""After so long the session has not ended after all: another program, or the user, said no."""


class SessionEnd(QObject):
    """Saves when Qt says that the session ends. save: keeps everything unfinished.

    The end of the program that follows, in order or not, is then no crash.
    """

    def __init__(self, app: QApplication, save: Callable[[], Coroutine[Any, Any, None]], crashes: Crashes) -> None:
        super().__init__(app)
        self._save = save
        self._crashes = crashes
        # The system may end the program as soon as the slot returns.
        app.commitDataRequest.connect(self.commit, Qt.ConnectionType.DirectConnection)

    def commit(self, *_manager: object) -> None:
        """Save everything now; returns when that is done."""
        saving = spawn(self._save())
        waiting = QEventLoop()
        saving.add_done_callback(lambda _task: waiting.quit())
        QTimer.singleShot(_SAVING_MS, waiting, waiting.quit)
        waiting.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
        self._crashes.expect_end(True)
        QTimer.singleShot(_STILL_HERE_MS, self, lambda: self._crashes.expect_end(False))
