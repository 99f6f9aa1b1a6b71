"""The text field of a prompt."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Protocol

from PySide6.QtCore import QEvent, QMimeData, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QInputMethodEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QResizeEvent,
    QTextCursor,
)
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QTextEdit

from imagineart_desktop.ui.theme import tokens
from imagineart_desktop.workspace.prompts.finding import Span
from imagineart_desktop.workspace.prompts.insertion import utf16_length, with_gaps

_MIN_LINES, _COMPACT_LINES, _MAX_LINES = 4, 2, 12


class Mark(Enum):
    """Why a part of the text is marked."""

    TOO_LONG = "too long"
    FOUND = "found"
    VARIES = "varies"
    """It stands for several texts."""
    WRONG = "wrong"
    """It can't be read."""


class Completer(Protocol):
    """What completes the text."""

    @property
    def is_open(self) -> bool:
        """Whether its list is open."""
        ...

    def takes_key(self, event: QKeyEvent) -> bool:
        """Handle a key that the open list uses. Return whether it was one."""
        ...

    def accept_current(self) -> bool:
        """Insert the chosen entry. Return whether the list is open and one is chosen."""
        ...


def _insert_as_step(cursor: QTextCursor, text: str) -> None:
    """Insert text in place of the selection, as a step of its own in the undo history.

    Qt would join it with what is typed before and after it, but joins nothing with a character that is removed again.
    """
    cursor.beginEditBlock()
    for part, is_kept in (("x", False), (text, True), ("x", False)):
        cursor.insertText(part)
        if not is_kept:
            cursor.deletePreviousChar()
    cursor.endEditBlock()


class PromptEditor(QPlainTextEdit):
    """Grows with its text, accepts plain text unchanged, and leaves Ctrl+Enter to the form."""

    typed = Signal()
    """The user typed or removed characters."""
    left = Signal()
    """The focus or the cursor went elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.completer: Completer | None = None
        self._marks: dict[Mark, Sequence[Span]] = {}
        self._min_lines = _MIN_LINES
        self.setAccessibleName("Prompt")
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(2)
        self.textChanged.connect(self.updateGeometry)

    def text(self) -> str:
        """Return the exact text."""
        # toPlainText would replace non-breaking spaces, which French and Polish need, by plain ones.
        return self.document().toRawText().replace("\u2029", "\n")

    def set_text(self, text: str) -> None:
        """Replace the text, as one step of its undo history."""
        if text != self.text():
            cursor = self.textCursor()
            cursor.select(cursor.SelectionType.Document)
            _insert_as_step(cursor, text)

    def insert(self, text: str) -> int:
        """Insert text where the cursor is, behind a selection, apart from the words around it.

        It's one step of the undo history, and the cursor is behind it then. Returns where it begins.
        """
        cursor = self.textCursor()
        at = cursor.selectionEnd()
        cursor.setPosition(at)
        before = self.document().characterAt(at - 1) if at else ""
        inserted = with_gaps(before, text, self.document().characterAt(at))
        _insert_as_step(cursor, inserted)
        self.setTextCursor(cursor)
        return at + inserted.index(text)

    def around_cursor(self, most: int) -> tuple[str, str]:
        """Return (up to `most` characters before the cursor, the one after it); empty if text is selected."""
        cursor = self.textCursor()
        if cursor.hasSelection():
            return "", ""
        after = self.document().characterAt(cursor.position())
        cursor.setPosition(max(0, cursor.position() - most), QTextCursor.MoveMode.KeepAnchor)
        return cursor.selectedText(), after

    def replace_before(self, old: str, new: str) -> None:
        """Replace the text right before the cursor, as one step of the undo history."""
        cursor = self.textCursor()
        start = cursor.position() - utf16_length(old)
        cursor.setPosition(start, QTextCursor.MoveMode.KeepAnchor)
        if cursor.selectedText() == old:
            _insert_as_step(cursor, new)
            self.setTextCursor(cursor)

    def mark(self, mark: Mark, spans: Sequence[Span]) -> None:
        """Mark parts of the text in place of those that have this mark."""
        if not spans and not self._marks.get(mark):
            return
        self._marks[mark] = tuple(spans)
        t = tokens()
        is_wrong = {Mark.TOO_LONG, Mark.WRONG}
        shown: list[QTextEdit.ExtraSelection] = []
        for kind, parts in self._marks.items():
            for span in parts:
                selection = QTextEdit.ExtraSelection()
                selection.cursor = self._cursor_over(span)
                selection.format.setBackground(QColor(t.error_soft if kind in is_wrong else t.accent_soft))
                shown.append(selection)
        self.setExtraSelections(shown)

    def select(self, span: Span) -> None:
        """Select a part of the text and scroll to it."""
        self.setTextCursor(self._cursor_over(span))
        self.ensureCursorVisible()

    def replace_spans(self, spans: Sequence[Span], text: str) -> None:
        """Replace parts of the text, as one step of the undo history. The cursor is behind the first one then."""
        cursor = self.textCursor()
        cursor.beginEditBlock()
        for start, end in reversed(spans):
            cursor.setPosition(start)
            cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
            cursor.insertText(text)
        cursor.endEditBlock()
        self.setTextCursor(cursor)

    def _cursor_over(self, span: Span) -> QTextCursor:
        cursor, end = self.textCursor(), self.document().characterCount() - 1
        cursor.setPosition(min(span[0], end))
        cursor.setPosition(min(span[1], end), QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def set_low(self, low: bool) -> None:
        """Set whether vertical space is scarce, and reduce the minimum number of lines if it is."""
        self._min_lines = _COMPACT_LINES if low else _MIN_LINES
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Return a height between four lines, or fewer if vertical space is scarce, and twelve."""
        shown = int(self.document().size().height())
        spare = 1 if self._min_lines == _MIN_LINES else 0
        lines = max(self._min_lines, min(_MAX_LINES, shown + spare))
        return QSize(200, lines * self.fontMetrics().lineSpacing() + 22)

    def minimumSizeHint(self) -> QSize:
        """Return the size hint."""
        return self.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Update the height, as the text wraps differently at another width."""
        super().resizeEvent(event)
        self.updateGeometry()

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Accept only text; images are handled by other widgets."""
        return source.hasText() and not source.hasImage() and not source.hasUrls()

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Insert the text without formatting."""
        self.insertPlainText(source.text())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave Ctrl+Enter to the form."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
            return
        if self.completer is not None and self.completer.takes_key(event):
            return
        revision, place = self.document().revision(), self.textCursor().position()
        super().keyPressEvent(event)
        steps = QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo
        if self.document().revision() != revision and not any(map(event.matches, steps)):
            self.typed.emit()
        elif self.textCursor().position() != place:
            self.left.emit()

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Tell what an input method typed."""
        super().inputMethodEvent(event)
        if event.commitString():
            self.typed.emit()

    def event(self, event: QEvent) -> bool:
        """Keep Escape from the window while it closes the list of completions."""
        is_escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if event.type() == QEvent.Type.ShortcutOverride and is_escape and self.completer and self.completer.is_open:
            event.accept()
            return True
        return super().event(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Accept a chosen completion with Tab; without one, Tab goes on as always."""
        if forward and self.completer is not None and self.completer.accept_current():
            return True
        return super().focusNextPrevChild(forward)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell that the focus left."""
        super().focusOutEvent(event)
        self.left.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Tell that the cursor goes elsewhere."""
        super().mousePressEvent(event)
        self.left.emit()
