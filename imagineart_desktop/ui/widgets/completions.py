"""What may be meant by what is being typed, in a list below the field, wide enough for its words."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QCompleter, QLineEdit, QListView

_MOST_WIDE = 520
_BESIDE, _OVER_AND_UNDER = 40, 10
"""Pixels of padding, border and scroll bar."""

MOST_ROWS = 12
"""Words that are shown at once."""


class CompletionList(QListView):
    """At least as wide as its field, and as its longest entry."""

    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("completions")
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setMouseTracking(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """What it covered can be seen again."""
        super().hideEvent(event)
        self.closed.emit()

    def event(self, event: QEvent) -> bool:
        """Made to fit when the completer has given it the field's width and room for bare rows."""
        if event.type() in (QEvent.Type.Show, QEvent.Type.Resize):
            rows = min(self.model().rowCount(), MOST_ROWS)
            wanted = QSize(
                min(_MOST_WIDE, self.sizeHintForColumn(0) + _BESIDE), rows * self.sizeHintForRow(0) + _OVER_AND_UNDER
            )
            if wanted.expandedTo(self.size()) != self.size():
                self.resize(wanted.expandedTo(self.size()))
        return super().event(event)


def complete_with(field: QLineEdit, words: QAbstractItemModel, parent: QObject | None = None) -> QCompleter:
    """Completes a field with words that hold what is typed, whatever its capitals."""
    completer = QCompleter(words, parent or field)
    completer.setPopup(CompletionList())
    completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    completer.setFilterMode(Qt.MatchFlag.MatchContains)
    field.setCompleter(completer)
    return completer
