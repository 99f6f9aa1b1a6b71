"""Marks alternatives and wildcards in a prompt's editor, and where it can't be read."""

from __future__ import annotations

from imagineart_desktop.batches.prompt_syntax import PromptError, parse_prompt
from imagineart_desktop.ui.prompt.editor import Mark, PromptEditor
from imagineart_desktop.workspace.prompts.finding import Span
from imagineart_desktop.workspace.prompts.insertion import utf16_length

_MAX_MARKED = 5000
"""Length above which nothing is marked, so that typing stays quick."""


def mark_prompt(editor: PromptEditor, text: str) -> None:
    """Mark what varies in the text that an editor shows, or the place that is wrong."""
    varying: list[Span] = []
    wrong: list[Span] = []
    if len(text) <= _MAX_MARKED:
        try:
            varying = [(part.start, part.end) for part in parse_prompt(text) if not isinstance(part, str)]
        except PromptError as error:
            wrong = [(error.position, error.position + 1)]
    editor.mark(Mark.VARIES, [_place(text, span) for span in varying])
    editor.mark(Mark.WRONG, [_place(text, span) for span in wrong])


def _place(text: str, span: Span) -> Span:
    return utf16_length(text[: span[0]]), utf16_length(text[: span[1]])
