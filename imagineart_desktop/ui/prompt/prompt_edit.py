"""The prompt with its heading: a word count, the history and templates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from imagineart_desktop.library import Library
from imagineart_desktop.models import MAX_PROMPT
from imagineart_desktop.support.wording import ellipsize
from imagineart_desktop.ui.prompt.editor import PromptEditor
from imagineart_desktop.ui.prompt.history_popup import HistoryPopup
from imagineart_desktop.ui.widgets import SectionLabel, button
from imagineart_desktop.ui.widgets.deferred import Lazy
from imagineart_desktop.workspace.prompts.length import PromptLength, Room

_MENU_WIDTH, _MAX_MENU_ENTRIES = 60, 20

TEMPLATES = (
    ("Product photograph of ", ", soft studio light, seamless background, shallow depth of field"),
    ("Editorial portrait of ", ", natural window light, 85 mm, film grain"),
    ("Flat vector illustration of ", ", limited palette, generous negative space"),
    ("Architectural view of ", ", blue hour, long exposure, wide angle"),
    ("Macro photograph of ", ", dew, backlight, creamy bokeh"),
    ("Poster for ", ", bold typography, two colors, screen-print texture"),
)
"""The text before and after the subject."""

_TONES = {Room.PLENTY: "small", Room.LITTLE: "small caution", Room.NONE: "small error"}


class PromptEdit(QWidget):
    """The prompt with its heading."""

    changed = Signal()

    def __init__(self, library: Library | None = None) -> None:
        """library: whose history is offered; None for none."""
        super().__init__()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        self._heading = heading = SectionLabel("Prompt")
        self._history = button("History", self.show_history, kind="link", tip="Prompts used before")
        self._history.setEnabled(library is not None)
        self._templates = button("Templates ▾", self._show_templates, kind="link", tip="Prompt templates")
        heading.add(self._history)
        heading.add(self._templates)
        self.editor = PromptEditor()
        self.editor.textChanged.connect(self._text_changed)
        layout.addWidget(heading)
        layout.addWidget(self.editor)
        self.history = None if library is None else Lazy(partial(self._build_history, library))
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
        self.editor.mark_from(len(text) if length.room is not Room.NONE else self._limit)

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

    def _show_templates(self) -> None:
        entries = [(f"{before}…{after}", partial(self._fill_in, before, after)) for before, after in TEMPLATES]
        self._show_menu(self._templates, entries)

    def _put(self, text: str) -> None:
        """Replace the prompt, which Ctrl+Z undoes, and focus the editor."""
        self.set_text(text)
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def _fill_in(self, before: str, after: str) -> None:
        """Make the typed text a template's subject; without any, place the cursor where the subject belongs."""
        subject = _subject_of(self.text().strip())
        self._put(f"{before}{subject}{after}")
        cursor = self.editor.textCursor()
        cursor.setPosition(len(before) + len(subject))
        self.editor.setTextCursor(cursor)

    def _show_menu(self, below: QWidget, entries: Sequence[tuple[str, Callable[[], object]]]) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for line, choose in entries[:_MAX_MENU_ENTRIES]:
            menu.addAction(ellipsize(line, _MENU_WIDTH).replace("&", "&&"), choose)
        menu.popup(below.mapToGlobal(below.rect().bottomLeft()))


def _subject_of(text: str) -> str:
    """Return the subject of text that was made with a template, otherwise the whole text."""
    for before, after in TEMPLATES:
        if text.startswith(before) and text.endswith(after) and len(text) >= len(before) + len(after):
            return text[len(before) : len(text) - len(after)]
    return text
