"""The status bar: the service, what was said last with what takes it back, and the image on screen."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QSizePolicy, QStatusBar

from imagineart_desktop.ui.widgets import ElidedLabel, Holds, Lifetime, Offer, Said, button, keep_words


class StatusLine(QStatusBar):
    """Long words are cut with a tooltip. See `Lifetime` for how long a sentence stays."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizeGripEnabled(False)
        self.service = ElidedLabel("", "faint")
        self.said = ElidedLabel("", "muted")
        self.undo = button("Undo", self.take_back, kind="link")
        keep_words(self.undo)
        self.undo.hide()
        self.look = button("Show", self._look_at, kind="link")
        keep_words(self.look)
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
        self.life = Lifetime(self, self.clear)

    def say(
        self,
        sentence: str,
        undo: Callable[[], object] | Offer | None = None,
        *,
        show: Callable[[], object] | None = None,
        holds: Holds | None = None,
    ) -> None:
        """Say a sentence, with what takes it back or another offer.

        show: shows what it is about; holds: whether its cause is still there, asked at each `review`.
        """
        self._show(sentence, undo if isinstance(undo, Offer) or undo is None else Offer("Undo", undo), show)
        self.life.begin(notice=True, holds=holds)

    def say_work(self, words: str, cancel: Callable[[], object]) -> Said:
        """Say what is waited for, until that is over or something else is said."""
        self._show(words, Offer("Cancel", cancel), None)
        self.life.begin(notice=False, holds=lambda: True)
        turn = self._turn
        return Said(lambda: turn == self._turn, self.said.setText, self.clear)

    def showEvent(self, event: QShowEvent) -> None:
        """A sentence from before the window was shown counts its seconds from now on."""
        super().showEvent(event)
        self.life.resume()

    def clear(self) -> None:
        """Remove the message."""
        self.life.stop()
        self._show("", None, None)

    def _show(self, sentence: str, offer: Offer | None, show: Callable[[], object] | None) -> None:
        self._turn += 1
        self.said.setText(sentence)
        self.undo.setText(offer.word if offer is not None else "")
        self.undo.setVisible(offer is not None)
        self._work = offer.run if offer is not None else None
        self.look.setVisible(show is not None)
        self._show_work = show

    def take_back(self) -> None:
        """Takes back what the last sentence was about."""
        work = self._work
        self.clear()
        if work is not None:
            work()

    def _look_at(self) -> None:
        work = self._show_work
        if work is not None:
            work()
