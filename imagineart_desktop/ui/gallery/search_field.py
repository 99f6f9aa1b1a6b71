"""The search field: reports each change, and completes fields, tags, models and collections."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from PySide6.QtCore import QStringListModel, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCompleter, QLineEdit

from imagineart_desktop.library.search.search_fields import FIELDS
from imagineart_desktop.models import ModelSpec
from imagineart_desktop.ui.widgets import CompletionPopup

_MIN_CHARS, _MAX_COMPLETIONS = 2, 12
"""Minimum number of characters for completion, and maximum number of completions offered."""

_LAST = re.compile(r'(?:[^\s"]|"[^"]*"?)+\Z')


class SearchField(QLineEdit):
    """A search field with completion.

    on_text: called once for all changes within one event. Only the last word is completed; values with spaces are
    quoted.
    """

    completed = Signal()
    """Emitted when the completions have closed."""

    def __init__(self, placeholder: str, on_text: Callable[[], None], models: Iterable[ModelSpec]) -> None:
        super().__init__()
        self.setPlaceholderText(placeholder)
        self.setClearButtonEnabled(True)
        self.setAccessibleName("Search the library")
        self._changed = QTimer(self)
        self._changed.setSingleShot(True)
        self._changed.timeout.connect(on_text)
        self.textChanged.connect(self._changed.start)
        self._words = QStringListModel(self)
        self._fixed = [f"{name}:" for name in FIELDS]
        for field in FIELDS.values():
            if field.name in ("kind", "is", "has", "label"):
                self._fixed += field.examples
        self._models = models
        self._completer = QCompleter(self._words, self)
        self._popup = CompletionPopup()
        self._popup.closed.connect(self.completed)
        self._completer.setPopup(self._popup)
        self._completer.setWidget(self)
        self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._completer.activated.connect(self._complete)
        self.textEdited.connect(self._offer)
        self.set_completions((), ())

    @property
    def is_popup_visible(self) -> bool:
        """Return whether completions are shown, which cover what is beside the field."""
        return self._popup.isVisible()

    def set_completions(self, tags: Iterable[str], collections: Iterable[str]) -> None:
        """Set the tags and collections that can be completed besides the fields."""
        self._own = [_term("tag", tag) for tag in tags] + [_term("collection", name) for name in collections]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Clear the field on Esc. While completions are shown, Enter and Tab accept one."""
        if self._popup.isVisible() and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab):
            chosen = self._popup.currentIndex()
            if chosen.isValid():
                event.ignore()
                return
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            return
        super().keyPressEvent(event)

    def _last_word(self) -> str:
        """Return the word being typed, including quotation marks; empty if the cursor isn't at the end."""
        text = self.text()
        found = _LAST.search(text) if self.cursorPosition() == len(text) else None
        return found.group().removeprefix("-") if found is not None else ""

    def completions(self) -> list[str]:
        """Return completions of the last word, ignoring quotation marks."""
        word = self._last_word().replace('"', "").casefold()
        if len(word) < _MIN_CHARS:
            return []
        return [
            known
            for known in [*self._fixed, *(_term("model", model.label) for model in self._models), *self._own]
            if known.replace('"', "").casefold().startswith(word)
        ][:_MAX_COMPLETIONS]

    def _offer(self) -> None:
        found = self.completions()
        self._words.setStringList(found)
        if found:
            self._completer.complete()
        else:
            self._popup.hide()

    def _complete(self, chosen: str) -> None:
        text = self.text()
        kept = text[: len(text) - len(self._last_word())]
        self.setText(kept + chosen + ("" if chosen.endswith(":") else " "))


def _term(field: str, value: str) -> str:
    return f'{field}:"{value}"' if " " in value else f"{field}:{value}"
