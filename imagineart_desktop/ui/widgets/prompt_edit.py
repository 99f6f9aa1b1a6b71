"""The prompt editor: plain text that grows, with a word count, history and templates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QMenu, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from imagineart_desktop.models import MAX_PROMPT
from imagineart_desktop.support.plain_text import single_line
from imagineart_desktop.support.wording import ellipsize
from imagineart_desktop.ui.widgets.buttons import button
from imagineart_desktop.ui.widgets.labels import SectionLabel

_MIN_LINES, _COMPACT_LINES, _MAX_LINES = 4, 2, 12
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

_COUNT_CHARACTERS_ABOVE = 0.8
"""Fraction of the maximum prompt length above which characters are counted instead of words."""


class _Editor(QPlainTextEdit):
    """Grows with its text, accepts plain text unchanged, and leaves Ctrl+Enter to the form."""

    def __init__(self) -> None:
        super().__init__()
        self.min_lines = _MIN_LINES
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(2)
        self.textChanged.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        """Return a height between four lines, or fewer if vertical space is scarce, and twelve."""
        shown = int(self.document().size().height())
        spare = 1 if self.min_lines == _MIN_LINES else 0
        lines = max(self.min_lines, min(_MAX_LINES, shown + spare))
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
        super().keyPressEvent(event)


class PromptEdit(QWidget):
    """The prompt with its heading."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        self._heading = heading = SectionLabel("Prompt")
        self._history = button("History ▾", self._show_history, kind="link", tip="Recent prompts")
        self._templates = button("Templates ▾", self._show_templates, kind="link", tip="Prompt templates")
        heading.add(self._history)
        heading.add(self._templates)
        self.editor = _Editor()
        self.editor.setAccessibleName("Prompt")
        self.editor.textChanged.connect(self._text_changed)
        layout.addWidget(heading)
        layout.addWidget(self.editor)
        self._prompts: Sequence[str] = ()
        self._limit = MAX_PROMPT
        self._text_changed()

    def text(self) -> str:
        """Return the exact text."""
        # toPlainText would replace non-breaking spaces, which French and Polish need, by plain ones.
        return self.editor.document().toRawText().replace("\u2029", "\n")

    def set_text(self, text: str) -> None:
        """Replace the prompt; the editor can undo that."""
        if text != self.text():
            cursor = self.editor.textCursor()
            cursor.select(cursor.SelectionType.Document)
            cursor.insertText(text)

    def set_hint(self, text: str) -> None:
        """Set what an empty prompt says about itself."""
        self.editor.setPlaceholderText(text)

    def set_low(self, low: bool) -> None:
        """Set whether vertical space is scarce, and reduce the minimum number of lines if it is."""
        self.editor.min_lines = _COMPACT_LINES if low else _MIN_LINES
        self.editor.updateGeometry()

    def set_limit(self, characters: int) -> None:
        """Set how long a prompt may be."""
        self._limit = characters

    def stops(self) -> list[QWidget]:
        """Return the widgets of the Tab order."""
        return [self._history, self._templates, self.editor]

    def set_history(self, prompts: Sequence[str]) -> None:
        """Set the recent prompts, newest first."""
        self._prompts = prompts
        self._history.setEnabled(bool(prompts))

    def _text_changed(self) -> None:
        text = self.text()
        count = len(text.split())
        self._heading.set_note(
            f"{len(text):,} of {self._limit:,} characters"
            if len(text) > self._limit * _COUNT_CHARACTERS_ABOVE
            else "1 word"
            if count == 1
            else f"{count:,} words"
        )
        self.changed.emit()

    def _show_history(self) -> None:
        self._show_menu(self._history, [(single_line(text), partial(self._put, text)) for text in self._prompts])

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
