"""Completions in a list below the field, wide enough for its entries."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QCompleter, QLineEdit, QListView

_MOST_WIDE = 520
_BESIDE, _OVER_AND_UNDER = 40, 10
"""Space for padding, border and scroll bar, in pixels."""

MAX_ROWS = 12
"""Maximum number of visible rows."""


class CompletionPopup(QListView):
    """A popup at least as wide as its field and its longest entry."""

    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("completions")
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setMouseTracking(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Emit `closed`: what the list covered is visible again."""
        super().hideEvent(event)
        self.closed.emit()

    def event(self, event: QEvent) -> bool:
        """Correct the size after the completer has set it to the field's width and to the height of unpadded rows."""
        if event.type() in (QEvent.Type.Show, QEvent.Type.Resize):
            rows = min(self.model().rowCount(), MAX_ROWS)
            wanted = QSize(
                min(_MOST_WIDE, self.sizeHintForColumn(0) + _BESIDE), rows * self.sizeHintForRow(0) + _OVER_AND_UNDER
            )
            if wanted.expandedTo(self.size()) != self.size():
                self.resize(wanted.expandedTo(self.size()))
        return super().event(event)


def complete_with(field: QLineEdit, words: QAbstractItemModel, parent: QObject | None = None) -> QCompleter:
    """Complete a field with words that contain the typed text, ignoring case."""
    completer = QCompleter(words, parent or field)
    completer.setPopup(CompletionPopup())
    completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    completer.setFilterMode(Qt.MatchFlag.MatchContains)
    field.setCompleter(completer)
    return completer
