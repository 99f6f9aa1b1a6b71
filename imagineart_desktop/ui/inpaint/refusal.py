"""Says what couldn't be opened or applied in Inpaint, until the user goes on without it."""

from __future__ import annotations

from PySide6.QtCore import QObject

from imagineart_desktop.ui.widgets import InlineMessage, MessageHandle
from imagineart_desktop.workspace.inpaint.session import InpaintSession


class Refusal(QObject):
    """Shows a problem in `message`. The next change of the mask or request closes it."""

    def __init__(self, parent: QObject, session: InpaintSession, message: InlineMessage) -> None:
        super().__init__(parent)
        self._message = message
        self._said: MessageHandle | None = None
        session.failed.connect(self.say)
        session.document.undo_stack.indexChanged.connect(self._close)
        session.request_sender.sent.connect(self._close)

    def say(self, sentence: str) -> None:
        """Show the problem."""
        self._said = self._message.say(sentence)

    def _close(self) -> None:
        if self._said is not None:
            self._said.close()
            self._said = None
