"""What may be meant by what is being typed, in a list below the field, wide enough for its words."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QCompleter, QLineEdit, QListView

_MOST_WIDE = 520
_AROUND = 40
"""Pixels of padding, border and scroll bar."""


class CompletionList(QListView):
    """At least as wide as its field, and as its longest entry."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("completions")
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setMouseTracking(True)

    def event(self, event: QEvent) -> bool:
        """Widened when the completer has given it the field's width."""
        if event.type() in (QEvent.Type.Show, QEvent.Type.Resize):
            wanted = min(_MOST_WIDE, self.sizeHintForColumn(0) + _AROUND)
            if self.width() < wanted:
                self.resize(QSize(wanted, self.height()))
        return super().event(event)


def complete_with(field: QLineEdit, words: QAbstractItemModel, parent: QObject | None = None) -> QCompleter:
    """Completes a field with words that hold what is typed, whatever its capitals."""
    completer = QCompleter(words, parent or field)
    completer.setPopup(CompletionList())
    completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    completer.setFilterMode(Qt.MatchFlag.MatchContains)
    field.setCompleter(completer)
    return completer
