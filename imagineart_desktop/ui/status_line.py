"""The status bar: the service, what was said last with what takes it back, the picture, and what was spent."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QSizePolicy, QStatusBar

from imagineart_desktop.ui.widgets import ElidedLabel, Offer, button, plain_label


class StatusLine(QStatusBar):
    """Long words are cut with a tooltip, never the figures at the right."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizeGripEnabled(False)
        self.service = ElidedLabel("", "faint")
        self.said = ElidedLabel("", "muted")
        self.undo = button("Undo", self.take_back, kind="link")
        self.undo.hide()
        self.facts = ElidedLabel("", "faint")
        self.spent = plain_label("", "faint")
        self._work: Callable[[], object] | None = None
        for elided in (self.service, self.said, self.facts):
            elided.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        for part in (self.service, self.said, self.undo):
            part.setContentsMargins(8, 0, 8, 0)
            self.addWidget(part)
        for label in (self.facts, self.spent):
            label.setContentsMargins(8, 0, 8, 0)
            self.addPermanentWidget(label)

    def say(self, sentence: str, undo: Callable[[], object] | Offer | None = None) -> None:
        """A sentence, with what takes it back, or with another offer."""
        offer = undo if isinstance(undo, Offer) or undo is None else Offer("Undo", undo)
        self.said.setText(sentence)
        self.undo.setText(offer.word if offer is not None else "")
        self.undo.setVisible(offer is not None)
        self._work = offer.run if offer is not None else None

    def take_back(self) -> None:
        """Takes back what the last sentence was about."""
        work = self._work
        self.say("")
        if work is not None:
            work()
