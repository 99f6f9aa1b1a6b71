"""Find and replace in the prompt."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from imagineart_desktop.ui.prompt.editor import Mark, PromptEditor
from imagineart_desktop.ui.widgets import button, icon_button, plain_label
from imagineart_desktop.workspace.prompts.finding import Span, find_all, next_span


class FindBar(QWidget):
    """Two lines: what to find, with how often it occurs, and what to put in its place."""

    def __init__(self, editor: PromptEditor) -> None:
        super().__init__()
        self._editor = editor
        self.wanted, self.other = QLineEdit(), QLineEdit()
        self.count = plain_label("", "small")
        row = QGridLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for line, (field, name) in enumerate(((self.wanted, "Find"), (self.other, "Replace with"))):
            field.setPlaceholderText(name)
            field.setAccessibleName(name)
            row.addWidget(field, line, 0)
        self.replace = button("Replace", self._replace)
        self.replace_all = button("All", self._replace_all, tip="Replace all")
        self.next = icon_button("chevron-down", "Next", self._next, kind="ghost")
        self.back = icon_button("chevron-up", "Previous", partial(self._next, backward=True), kind="ghost")
        row.addWidget(self.back, 0, 1)
        row.addWidget(self.next, 0, 2)
        row.addWidget(icon_button("x", "Close", self.close_bar, kind="ghost"), 0, 3)
        row.addWidget(self.replace, 1, 1, 1, 2)
        row.addWidget(self.replace_all, 1, 3)
        row.addWidget(self.count, 2, 0, 1, 4)
        self.wanted.textChanged.connect(self._show_found)
        editor.textChanged.connect(self._show_found)
        self.hide()

    def stops(self) -> list[QWidget]:
        """Return the widgets of the Tab order."""
        return [self.wanted, self.other, self.replace, self.replace_all]

    def open_bar(self) -> None:
        """Open the bar, with the selected words to find."""
        selected = self._editor.textCursor().selectedText()
        self.show()
        if selected and "\u2029" not in selected:
            self.wanted.setText(selected)
        self._show_found()
        self.wanted.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.wanted.selectAll()

    def close_bar(self) -> None:
        """Close the bar, and go on in the prompt."""
        self.hide()
        self._editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def hideEvent(self, event: QHideEvent) -> None:
        """Mark nothing while closed."""
        super().hideEvent(event)
        if self.isHidden():
            self._editor.mark(Mark.FOUND, [])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Find with Enter, backward with Shift, or replace; close with Escape. Ctrl+Enter is the form's."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().keyPressEvent(event)
        elif event.key() == Qt.Key.Key_Escape:
            self.close_bar()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.other.hasFocus():
                self._replace()
            else:
                self._next(backward=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        else:
            super().keyPressEvent(event)

    def _found(self) -> list[Span]:
        return find_all(self._editor.text(), self.wanted.text())

    def _show_found(self) -> None:
        if self.isHidden():
            return
        spans = self._found()
        self._editor.mark(Mark.FOUND, spans)
        self.count.setText(f"{len(spans):,} found" if self.wanted.text() else " ")
        for part in (self.next, self.back, self.replace, self.replace_all):
            part.setEnabled(bool(spans))

    def _next(self, *, backward: bool = False) -> None:
        cursor = self._editor.textCursor()
        place = cursor.selectionStart() if backward else cursor.selectionEnd()
        if (span := next_span(self._found(), place, backward=backward)) is not None:
            self._editor.select(span)

    def _replace(self) -> None:
        """Replace the selected occurrence and select the next one; select the first, if none is selected."""
        cursor = self._editor.textCursor()
        selected = cursor.selectionStart(), cursor.selectionEnd()
        if selected in self._found():
            self._editor.replace_spans([selected], self.other.text())
        self._next()

    def _replace_all(self) -> None:
        self._editor.replace_spans(self._found(), self.other.text())
