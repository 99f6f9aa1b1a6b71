"""The prompt with its heading: a word count, the history and templates."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from imagineart_desktop.library import Library
from imagineart_desktop.library.store.prompt_file import Template
from imagineart_desktop.models import MAX_PROMPT
from imagineart_desktop.ui.prompt.completer import PromptCompleter
from imagineart_desktop.ui.prompt.editor import Mark, PromptEditor
from imagineart_desktop.ui.prompt.find_bar import FindBar
from imagineart_desktop.ui.prompt.history_popup import HistoryPopup
from imagineart_desktop.ui.prompt.template_form import TemplateForm
from imagineart_desktop.ui.prompt.templates_popup import TemplatesPopup
from imagineart_desktop.ui.widgets import SectionLabel, button
from imagineart_desktop.ui.widgets.deferred import Lazy
from imagineart_desktop.ui.widgets.file_dialogs import FileDialogs
from imagineart_desktop.workspace.prompts.completion import named_image
from imagineart_desktop.workspace.prompts.insertion import utf16_length
from imagineart_desktop.workspace.prompts.length import PromptLength, Room
from imagineart_desktop.workspace.prompts.template_text import fields_of, fill

_MAX_SUBJECT = 200
"""Characters of a prompt that is offered as the first field of a template."""

_TONES = {Room.PLENTY: "small", Room.LITTLE: "small caution", Room.NONE: "small error"}


class PromptEdit(QWidget):
    """The prompt with its heading."""

    changed = Signal()
    image_named = Signal(int)
    """The number of the image that is named where the cursor is; 0 if none is."""

    def __init__(self, library: Library | None = None, files: FileDialogs | None = None) -> None:
        """library: whose history and templates are offered; None for none. files: needed for templates."""
        super().__init__()
        self._column = layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        self._heading = heading = SectionLabel("Prompt")
        self._history = button("History", self.show_history, kind="link", tip="Prompts used before")
        self._history.setEnabled(library is not None)
        self._templates = button("Templates", self.show_templates, kind="link", tip="Prompts with fields")
        self._templates.setEnabled(library is not None and files is not None)
        heading.add(self._history)
        heading.add(self._templates)
        self.editor = PromptEditor()
        self.editor.textChanged.connect(self._text_changed)
        self.editor.cursorPositionChanged.connect(self._show_named_image)
        self.completer = PromptCompleter(self.editor, library)
        self._named_image = 0
        self.find_bar = Lazy(self._build_find_bar)
        layout.addWidget(heading)
        layout.addWidget(self.editor)
        self.history = None if library is None else Lazy(partial(self._build_history, library))
        self.templates: Lazy[TemplatesPopup] | None = None
        if library is not None and files is not None:
            self.templates = Lazy(partial(self._build_templates, library, files))
        self._limit = MAX_PROMPT
        self._text_changed()

    def text(self) -> str:
        """Return the exact text."""
        return self.editor.text()

    def set_text(self, text: str) -> None:
        """Replace the prompt; the editor can undo that."""
        self.editor.set_text(text)

    def set_hint(self, text: str) -> None:
        """Set what an empty prompt says about itself."""
        self.editor.setPlaceholderText(text)

    def set_low(self, low: bool) -> None:
        """Set whether vertical space is scarce, and reduce the minimum number of lines if it is."""
        self.editor.set_low(low)

    def set_limit(self, characters: int) -> None:
        """Set how long a prompt may be."""
        if characters != self._limit:
            self._limit = characters
            self._show_length()

    def set_images(self, count: int) -> None:
        """Set how many images the prompt can name, as “image 1” and so on."""
        self.completer.images = count
        self._show_named_image()

    def stops(self) -> list[QWidget]:
        """Return the widgets of the Tab order."""
        return [self._history, self._templates, self.editor]

    def show_history(self) -> None:
        """Show the history over the prompt."""
        if self.history is not None:
            self.history().open_over(self.editor)

    def _text_changed(self) -> None:
        self._show_length()
        self.changed.emit()

    def _show_length(self) -> None:
        """Show words and characters, and mark what is too long."""
        text = self.text()
        length = PromptLength.of(text, self._limit)
        self._heading.set_note(*length.texts, tone=_TONES[length.room])
        over = [(utf16_length(text[: self._limit]), utf16_length(text))] if length.room is Room.NONE else []
        self.editor.mark(Mark.TOO_LONG, over)

    def _show_named_image(self) -> None:
        named = 0
        if self.completer.images:
            cursor = self.editor.textCursor()
            named = named_image(cursor.block().text(), cursor.positionInBlock())
        named = named if named <= self.completer.images else 0
        if named != self._named_image:
            self._named_image = named
            self.image_named.emit(named)

    def show_find_bar(self) -> None:
        """Show what finds and replaces words of the prompt."""
        self.find_bar().open_bar()

    def _build_find_bar(self) -> FindBar:
        bar = FindBar(self.editor)
        self._column.insertWidget(1, bar)
        for one, next_one in pairwise((self._templates, *bar.stops())):
            self.setTabOrder(one, next_one)
        return bar

    def _build_history(self, library: Library) -> HistoryPopup:
        popup = HistoryPopup(self, library)
        popup.taken.connect(self._take)
        return popup

    def _take(self, text: str, inserts: bool) -> None:
        """Replace the prompt, or insert the text where the cursor is. One step of undo restores what was there."""
        if inserts:
            self.editor.insert(text)
            self.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._put(text)

    def _put(self, text: str) -> None:
        """Replace the prompt, which Ctrl+Z undoes, and focus the editor."""
        self.set_text(text)
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    # Templates

    def show_templates(self) -> None:
        """Show the templates over the prompt."""
        if self.templates is not None:
            self.templates().open_over(self.editor)

    def _build_templates(self, library: Library, files: FileDialogs) -> TemplatesPopup:
        popup = TemplatesPopup(self, library, files, self.text)
        popup.used.connect(self._ask_for_fields)
        return popup

    def _ask_for_fields(self, template: Template) -> None:
        """Insert a template; ask for its fields first, if it has any."""
        if not fields_of(template.text):
            self._fill_in(template, {})
            return
        typed = self.text().strip()
        subject = typed if len(typed) <= _MAX_SUBJECT and "\n" not in typed else ""
        TemplateForm(self, template, subject, partial(self._fill_in, template))

    def _fill_in(self, template: Template, values: Mapping[str, str]) -> None:
        """Insert a template with the values of its fields, and place the cursor where one types on.

        What was typed stays: as the value of a field, or beside the template.
        """
        text, place = fill(template.text, values)
        typed = self.text().strip()
        if not typed or any(typed in value for value in values.values()):
            self.set_text(text)
            start = 0
        else:
            start = self.editor.insert(text)
        cursor = self.editor.textCursor()
        cursor.setPosition(start + utf16_length(text[:place]))
        self.editor.setTextCursor(cursor)
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        if values and self.templates is not None:
            self.templates().templates.remember(template, values)
