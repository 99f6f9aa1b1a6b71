"""The developers' menu, hidden unless IMAGINEART_DEVELOPER is set: makes the built-in demo fail on demand."""

from __future__ import annotations

import json
import os

from PySide6.QtWidgets import QDialog, QMenu, QPlainTextEdit, QVBoxLayout, QWidget

from imagineart_desktop.jobs import ServiceConnection

ENVIRONMENT_NAME = "IMAGINEART_DEVELOPER"

PRESETS: dict[str, tuple[str, ...]] = {
    "A fifth of all answers": (
        "any:status:code=500:share=0.05",
        "any:cut_before:share=0.05",
        "any:truncated:share=0.05",
        "any:status:code=429:retry_after=1:share=0.05",
    ),
    "The answer to a submit is lost": ("submit:cut_before",),
    "Busy: 429 for a while": ("submit:status:code=429:retry_after=3:times=3",),
    "Away for ten seconds": ("status:away:seconds=10:times=1", "stream:away:seconds=10:times=1"),
    "Work fails": ("work:fail",),
    "The key’s list is refused": ("list:status:code=403",),
    "Results lie in a private network": ("result:private",),
    "Hostile names and log lines": ("result:hostile", "status:hostile", "stream:hostile"),
    "Downloads end in the middle": ("file:cut_inside:share=0.7",),
}


def is_developer() -> bool:
    """Return whether the developers' menu is enabled."""
    return bool(os.environ.get(ENVIRONMENT_NAME))


class DeveloperMenu(QMenu):
    """Selects one fault preset at a time."""

    def __init__(self, window: QWidget, account: ServiceConnection) -> None:
        super().__init__("Developer", window)
        self._window = window
        self._account = account
        self.addAction("All is well", lambda: self.order(()))
        self.addSeparator()
        for name, words in PRESETS.items():
            self.addAction(name, lambda words=words: self.order(words))
        self.addSeparator()
        self.addAction("Show demo counters", self.show_counters)

    def order(self, words: tuple[str, ...]) -> None:
        """Inject these faults from now on, if the demo is running."""
        # Imported only by developers: the demo is a sixth of the program's code.
        from imagineart_desktop.demo import Fault

        if self._account.demo is not None:
            self._account.demo.order(*map(Fault.parse, words))

    def show_counters(self) -> None:
        """Show what the demo has counted since it started."""
        demo = self._account.demo
        counts = {} if demo is None else dict(sorted(demo.counts.items()))
        faults = [] if demo is None else [fault.words() for fault in demo.faults]
        dialog = QDialog(self._window)
        dialog.setWindowTitle("Demo counters")
        dialog.resize(460, 520)
        text = QPlainTextEdit(json.dumps({"faults in force": faults, "counts": counts}, indent=2))
        text.setReadOnly(True)
        text.setAccessibleName("Demo counters")
        QVBoxLayout(dialog).addWidget(text)
        dialog.finished.connect(dialog.deleteLater)
        dialog.show()
