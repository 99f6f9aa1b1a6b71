"""Completion stays out of the way: keys belong to the list only if something in it is chosen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from imagineart_desktop.library import Library
from imagineart_desktop.ui.prompt.prompt_edit import PromptEdit
from imagineart_desktop.ui.theme import Theme
from tests.ui.window_driver import activate, opened, settle
from tests.waiting import until

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    made = Library(tmp_path / "library")
    yield made
    made.close()


@pytest.fixture
def window(theme: Theme) -> QWidget:
    return QWidget()


async def typed(window: QWidget, library: Library, text: str) -> PromptEdit:
    """Return a prompt in a window, after typing something that completions are found for."""
    await library.prompts.remember("a kettle, soft studio light, soft shadows")
    column = QVBoxLayout(window)
    prompt = PromptEdit(library)
    column.addWidget(prompt)
    column.addWidget(QLineEdit())
    window.resize(360, 420)
    activate(window)
    prompt.editor.setFocus()
    QTest.keyClicks(prompt.editor, text)
    await until(lambda: prompt.completer.is_open)
    return prompt


def listed(prompt: PromptEdit) -> list[str]:
    return prompt.completer._words.stringList()


async def test_nothing_is_chosen_until_one_chooses(window: QWidget, library: Library) -> None:
    prompt = await typed(window, library, "a cup, soft s")
    assert listed(prompt) == ["soft studio light", "soft shadows"]
    assert prompt.window().rect().contains(prompt.completer.list.geometry())
    QTest.keyClick(prompt.editor, Qt.Key.Key_Return)
    assert prompt.text() == "a cup, soft s\n"
    assert not prompt.completer.is_open
    QTest.keyClick(prompt.editor, Qt.Key.Key_Backspace)
    await until(lambda: prompt.completer.is_open)
    QTest.keyClick(prompt.editor, Qt.Key.Key_Down)
    QTest.keyClick(prompt.editor, Qt.Key.Key_Down)
    QTest.keyClick(prompt.editor, Qt.Key.Key_Return)
    assert prompt.text() == "a cup, soft shadows"
    QTest.keyClicks(prompt.editor, "!")
    assert prompt.text() == "a cup, soft shadows!"
    prompt.editor.undo()
    prompt.editor.undo()
    assert prompt.text() == "a cup, soft s"


async def test_tab_goes_on_unless_something_is_chosen(window: QWidget, library: Library) -> None:
    prompt = await typed(window, library, "soft st")
    QTest.keyClick(prompt.editor, Qt.Key.Key_Down)
    QTest.keyClick(prompt.editor, Qt.Key.Key_Tab)
    assert prompt.text() == "soft studio light"
    assert prompt.editor.hasFocus()
    prompt.set_text("")
    QTest.keyClicks(prompt.editor, "soft st")
    await until(lambda: prompt.completer.is_open)
    QTest.keyClick(prompt.editor, Qt.Key.Key_Tab)
    assert prompt.text() == "soft st"
    assert not prompt.editor.hasFocus()
    assert not prompt.completer.is_open


async def test_escape_closes_and_ctrl_enter_is_never_taken(window: QWidget, library: Library) -> None:
    prompt = await typed(window, library, "soft st")
    QTest.keyClick(prompt.editor, Qt.Key.Key_Escape)
    assert not prompt.completer.is_open
    QTest.keyClicks(prompt.editor, "u")
    await until(lambda: prompt.completer.is_open)
    QTest.keyClick(prompt.editor, Qt.Key.Key_Down)
    QTest.keyClick(prompt.editor, Qt.Key.Key_Return, CTRL)
    assert prompt.text() == "soft stu"
    QTest.keyClick(prompt.editor, Qt.Key.Key_Left)
    assert not prompt.completer.is_open


async def test_a_sign_lists_images_and_enter_takes_the_first(theme: Theme) -> None:
    prompt = PromptEdit()
    activate(prompt)
    prompt.editor.setFocus()
    named: list[int] = []
    prompt.image_named.connect(named.append)
    prompt.set_images(3)
    QTest.keyClicks(prompt.editor, "put @2")
    assert listed(prompt) == ["image 2"]
    QTest.keyClick(prompt.editor, Qt.Key.Key_Return)
    QTest.keyClicks(prompt.editor, " beside @7")
    assert prompt.text() == "put image 2 beside @7"
    assert not prompt.completer.is_open
    cursor = prompt.editor.textCursor()
    cursor.setPosition(6)
    prompt.editor.setTextCursor(cursor)
    prompt.set_images(0)
    assert named == [2, 0, 2, 0]


async def test_the_tile_of_a_named_reference_is_marked(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme) as at:
        at.window.go_to("edit")
        edit = at.window.edit
        at.drop(edit.references.slots[0], [photos / "coffee.png", photos / "chelsea.png"])
        await at.until(lambda: len(edit.references.list.items) == 2)
        edit.form.prompt.editor.setFocus()
        QTest.keyClicks(edit.form.prompt.editor, "light of @2")
        assert [slot._is_named for slot in edit.references.slots[:2]] == [False, True]
        QTest.keyClick(edit.form.prompt.editor, Qt.Key.Key_Tab)
        assert edit.form.prompt.text() == "light of image 2"
        QTest.keyClick(edit.form.prompt.editor, Qt.Key.Key_Home)
        settle()
        assert not any(slot._is_named for slot in edit.references.slots)
        inpaint = at.window.inpaint
        inpaint.references.list.append(edit.references.list.items[0])
        assert inpaint.form.prompt.completer.images in (0, 2)
