"""The status bar: the service, the last message with an undo or other action, and facts about the displayed image."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QSizePolicy, QStatusBar

from imagineart_desktop.ui.widgets import (
    ElidedLabel,
    IsCurrent,
    MessageAction,
    MessageHandle,
    MessageLifetime,
    button,
    never_elide,
)


class StatusBar(QStatusBar):
    """The status bar. Long text is elided and gets a tooltip. See `MessageLifetime` for how long a message stays."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizeGripEnabled(False)
        self.service = ElidedLabel("", "faint")
        self.said = ElidedLabel("", "muted")
        self.undo = button("Undo", self.take_back, kind="link")
        never_elide(self.undo)
        self.undo.hide()
        self.look = button("Show", self._look_at, kind="link")
        never_elide(self.look)
        self.look.hide()
        self.facts = ElidedLabel("", "faint")
        self._turn = 0
        self._work: Callable[[], object] | None = None
        self._show_work: Callable[[], object] | None = None
        for elided in (self.service, self.said, self.facts):
            elided.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        for part in (self.service, self.said, self.undo, self.look):
            part.setContentsMargins(8, 0, 8, 0)
            self.addWidget(part)
        self.facts.setContentsMargins(8, 0, 8, 0)
        self.addPermanentWidget(self.facts)
        # The pointer keeps a message while it's over the message, not wherever else on the bar it was left.
        self.life = MessageLifetime(self.said, self.clear, lambda: self.undo if self.undo.underMouse() else self.look)

    def say(
        self,
        sentence: str,
        undo: Callable[[], object] | MessageAction | None = None,
        *,
        show: Callable[[], object] | None = None,
        holds: IsCurrent | None = None,
    ) -> None:
        """Show a message with an undo action or another offer.

        show: shows what the message is about; holds: whether its cause still exists, called at each `review`.
        """
        self._show(
            sentence, undo if isinstance(undo, MessageAction) or undo is None else MessageAction("Undo", undo), show
        )
        self.life.begin(notice=True, holds=holds)

    def say_work(self, words: str, cancel: Callable[[], object]) -> MessageHandle:
        """Show work in progress, until it ends or another message is shown."""
        self._show(words, MessageAction("Cancel", cancel), None)
        self.life.begin(notice=False, holds=lambda: True)
        turn = self._turn
        return MessageHandle(lambda: turn == self._turn, self.said.setText, self.clear)

    def text(self) -> str:
        """Return the message's text; empty if there is none."""
        return self.said.text()

    def showEvent(self, event: QShowEvent) -> None:
        """Start the time of a message that was set before the window was shown."""
        super().showEvent(event)
        self.life.resume()

    def clear(self) -> None:
        """Remove the message."""
        self.life.stop()
        self._show("", None, None)

    def _show(self, sentence: str, offer: MessageAction | None, show: Callable[[], object] | None) -> None:
        self._turn += 1
        self.said.setText(sentence)
        self.undo.setText(offer.word if offer is not None else "")
        self.undo.setVisible(offer is not None)
        self._work = offer.run if offer is not None else None
        self.look.setVisible(show is not None)
        self._show_work = show

    def take_back(self) -> None:
        """Run the undo or other action of the last message."""
        work = self._work
        self.clear()
        if work is not None:
            work()

    def _look_at(self) -> None:
        work = self._show_work
        if work is not None:
            work()
