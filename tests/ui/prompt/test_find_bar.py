"""Words of the prompt are found, marked and replaced, each replacement being one step of undo."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from imagineart_desktop.ui.batch.prompt_marks import mark_prompt
from imagineart_desktop.ui.prompt.find_bar import FindBar
from imagineart_desktop.ui.prompt.prompt_edit import PromptEdit
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.workspace.prompts.finding import find_all, next_span
from tests.ui.window_driver import activate

TEXT = "a 🫖 in Light,\nsoft light"


@pytest.fixture
def prompt(theme: Theme) -> PromptEdit:
    made = PromptEdit()
    made.resize(320, 400)
    activate(made)
    made.set_text(TEXT)
    return made


def opened_bar(prompt: PromptEdit, wanted: str) -> FindBar:
    prompt.show_find_bar()
    bar = prompt.find_bar()
    QTest.keyClicks(bar.wanted, wanted)
    return bar


def test_places_are_found_in_any_case_and_counted_like_qt_counts_them() -> None:
    spans = find_all(TEXT, "LIGHT")
    assert spans == [(8, 13), (20, 25)]
    assert find_all("a.b", ".") == [(1, 2)]
    assert find_all(TEXT, "") == []
    assert [next_span(spans, place) for place in (0, 9, 21)] == [(8, 13), (20, 25), (8, 13)]
    assert [next_span(spans, place, backward=True) for place in (0, 20)] == [(20, 25), (8, 13)]
    assert next_span([], 0) is None


def test_enter_goes_from_one_to_the_next(prompt: PromptEdit) -> None:
    bar = opened_bar(prompt, "light")
    assert bar.count.text() == "2 found"
    assert len(prompt.editor.extraSelections()) == 2
    selected = []
    for shift in (False, False, False, True):
        modifier = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
        QTest.keyClick(bar.wanted, Qt.Key.Key_Return, modifier)
        selected.append(prompt.editor.textCursor().selectedText())
    assert selected == ["Light", "light", "Light", "light"]
    QTest.keyClick(bar.wanted, Qt.Key.Key_Escape)
    assert not bar.isVisible()
    assert prompt.editor.hasFocus()
    assert not prompt.editor.extraSelections()


def test_one_or_all_are_replaced_and_come_back(prompt: PromptEdit) -> None:
    bar = opened_bar(prompt, "light")
    bar.other.setFocus()
    QTest.keyClicks(bar.other, "fog")
    QTest.keyClick(bar.other, Qt.Key.Key_Return)
    assert prompt.text() == TEXT
    QTest.keyClick(bar.other, Qt.Key.Key_Return)
    assert prompt.text() == "a 🫖 in fog,\nsoft light"
    prompt.editor.undo()
    bar.replace_all.click()
    assert prompt.text() == "a 🫖 in fog,\nsoft fog"
    assert bar.count.text() == "0 found"
    assert not bar.replace_all.isEnabled()
    prompt.editor.undo()
    assert prompt.text() == TEXT


def test_the_selected_word_is_what_is_found(prompt: PromptEdit) -> None:
    prompt.editor.select((15, 19))
    prompt.show_find_bar()
    assert prompt.find_bar().wanted.text() == "soft"


def test_marks_of_one_kind_leave_the_others(prompt: PromptEdit) -> None:
    prompt.set_text("a {red|teal} light")
    mark_prompt(prompt.editor, prompt.text())
    bar = opened_bar(prompt, "light")
    assert [one.cursor.selectedText() for one in prompt.editor.extraSelections()] == ["{red|teal}", "light"]
    bar.close_bar()
    assert [one.cursor.selectedText() for one in prompt.editor.extraSelections()] == ["{red|teal}"]
    mark_prompt(prompt.editor, "a {red")
    assert len(prompt.editor.extraSelections()) == 1


def test_tab_goes_through_the_bar_to_the_prompt(prompt: PromptEdit) -> None:
    bar = opened_bar(prompt, "light")
    passed = []
    for _ in range(4):
        focused = QApplication.focusWidget()
        assert focused is not None
        QTest.keyClick(focused, Qt.Key.Key_Tab)
        passed.append(QApplication.focusWidget())
    assert passed == [bar.other, bar.replace, bar.replace_all, prompt.editor]
