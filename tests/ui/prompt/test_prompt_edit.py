"""The prompt keeps what was typed, and has space for it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from imagineart_desktop.ui.prompt.prompt_edit import PromptEdit
from imagineart_desktop.ui.theme import Theme
from tests.ui.window_driver import activate, settle


@pytest.fixture
def prompt(theme: Theme) -> PromptEdit:
    made = PromptEdit()
    made.resize(300, 400)
    activate(made)
    return made


ODD = [
    "deux\u00a0espaces\u202finsécables\u00a0!",
    "family 👩\u200d👩\u200d👧 and flag 🇵🇱",
    "line\n\n  indented \n",
    "soft\u00adhyphen and \u2028 line separator",
    "\u202eright to left\u202c עברית",
    "tab\there, bell\x07, <b>markup</b> &amp;",
]


@pytest.mark.parametrize("text", ODD)
def test_text_comes_out_as_it_went_in(prompt: PromptEdit, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    prompt.editor.setFocus()
    QTest.keyClick(prompt.editor, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert prompt.text() == text
    again = PromptEdit()
    again.set_text(prompt.text())
    assert again.text() == text


def test_formatted_text_is_pasted_plain(prompt: PromptEdit) -> None:
    mime = QMimeData()
    mime.setHtml("<h1>A <i>latte</i></h1>")
    mime.setText("A latte")
    QGuiApplication.clipboard().setMimeData(mime)
    prompt.editor.setFocus()
    QTest.keyClick(prompt.editor, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert prompt.text() == "A latte"


def test_it_grows_with_the_text_up_to_twelve_lines(prompt: PromptEdit) -> None:
    heights = []
    for lines in (1, 4, 8, 30):
        prompt.set_text("\n".join(["line"] * lines))
        settle()
        heights.append(prompt.editor.height())
    assert heights == sorted(set(heights))
    assert heights[-1] < 13.5 * prompt.editor.fontMetrics().lineSpacing()
    assert prompt.editor.verticalScrollBar().isVisible()


def test_it_makes_room_when_the_form_becomes_narrow(prompt: PromptEdit) -> None:
    prompt.resize(460, 500)
    prompt.set_text("soft studio light " * 14)
    settle()
    wide = prompt.editor.height()
    prompt.resize(260, 500)
    settle()
    assert prompt.editor.height() > wide
    assert not prompt.editor.verticalScrollBar().isVisible()
    assert not prompt.editor.horizontalScrollBar().isVisible()


def test_the_length_takes_no_room_and_what_is_too_long_is_marked(prompt: PromptEdit) -> None:
    heights, marked = [], []
    prompt.set_limit(20)
    for text in ("a kettle", "a kettle 🫖 on a", "a kettle 🫖 on a table of slate"):
        prompt.set_text(text)
        settle()
        heights.append(prompt._heading.height())
        marked.append([selection.cursor.selectedText() for selection in prompt.editor.extraSelections()])
    assert len(set(heights)) == 1
    assert marked == [[], [], ["e of slate"]]
    prompt.set_limit(100)
    assert not prompt.editor.extraSelections()
