"""Marks alternatives and wildcards in a prompt's editor, and where it can't be read."""

from __future__ import annotations

from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit

from imagineart_desktop.batches.prompt_syntax import PromptError, parse_prompt
from imagineart_desktop.ui.theme import tokens
from imagineart_desktop.workspace.prompts.insertion import utf16_length

_MAX_MARKED = 5000
"""Length above which nothing is marked, so that typing stays quick."""


def mark_prompt(editor: QPlainTextEdit, text: str) -> None:
    """Mark what varies in the text that an editor shows, or the place that is wrong."""
    if len(text) > _MAX_MARKED:
        editor.setExtraSelections([])
        return
    try:
        spans = [(part.start, part.end) for part in parse_prompt(text) if not isinstance(part, str)]
        color = tokens().accent_soft
    except PromptError as error:
        spans, color = [(error.position, error.position + 1)], tokens().error_soft
    editor.setExtraSelections([_mark(editor, text, start, end, color) for start, end in spans])


def _mark(editor: QPlainTextEdit, text: str, start: int, end: int, color: str) -> QTextEdit.ExtraSelection:
    selection = QTextEdit.ExtraSelection()
    cursor = QTextCursor(editor.document())
    last = editor.document().characterCount() - 1
    cursor.setPosition(min(last, utf16_length(text[:start])))
    until = min(last, utf16_length(text[:end]))
    cursor.setPosition(until, QTextCursor.MoveMode.KeepAnchor)
    form = QTextCharFormat()
    form.setBackground(QColor(color))
    selection.cursor, selection.format = cursor, form
    return selection
