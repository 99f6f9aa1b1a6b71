"""The history of prompts is searched over the prompt, and a prompt of it can be used, inserted and kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from imagineart_desktop.library import Library
from imagineart_desktop.library.prompts import PAGE, UsedPrompt
from imagineart_desktop.ui.prompt.history_popup import HistoryPopup
from imagineart_desktop.ui.prompt.prompt_edit import PromptEdit
from imagineart_desktop.ui.theme import Theme
from tests.library.test_library import keep, recipe
from tests.ui.window_driver import activate, opened
from tests.waiting import until

SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path)


def shown(popup: HistoryPopup) -> list[str]:
    return [str(popup.history.index(row).data()) for row in range(popup.history.rowCount())]


async def with_history(library: Library, *texts: str) -> tuple[PromptEdit, HistoryPopup]:
    """Return a prompt whose history was opened, newest last."""
    for text in texts:
        await library.prompts.remember(text)
    prompt = PromptEdit(library)
    prompt.resize(320, 300)
    activate(prompt)
    prompt.editor.setFocus()
    prompt.show_history()
    assert prompt.history is not None
    popup = prompt.history()
    await until(lambda: len(shown(popup)) == min(PAGE, len(texts)))
    return prompt, popup


async def test_typing_searches_and_enter_replaces_the_prompt_in_one_step(theme: Theme, library: Library) -> None:
    prompt, popup = await with_history(library, "a red kettle", "A & B\nin two lines", "a quiet harbor")
    assert shown(popup) == ["a quiet harbor", "A & B in two lines", "a red kettle"]
    prompt.set_text("half written")
    QTest.keyClicks(popup.field, "LINES two")
    await until(lambda: len(shown(popup)) == 1)
    QTest.keyClick(popup.field, Qt.Key.Key_Return)
    assert prompt.text() == "A & B\nin two lines"
    assert not popup.isVisible()
    prompt.editor.undo()
    assert prompt.text() == "half written"
    library.close()


async def test_with_shift_a_prompt_is_inserted_and_nothing_is_lost(theme: Theme, library: Library) -> None:
    prompt, popup = await with_history(library, "soft light", "a quiet harbor")
    prompt.set_text("a 🫖 at noon")
    cursor = prompt.editor.textCursor()
    cursor.setPosition(4)
    prompt.editor.setTextCursor(cursor)
    QTest.keyClick(popup.field, Qt.Key.Key_Down)
    QTest.keyClick(popup.field, Qt.Key.Key_Return, SHIFT)
    assert prompt.text() == "a 🫖, soft light at noon"
    QTest.keyClicks(prompt.editor, "!")
    assert prompt.text() == "a 🫖, soft light! at noon"
    library.close()


async def test_a_star_keeps_a_prompt_among_the_favorites(theme: Theme, library: Library) -> None:
    _prompt, popup = await with_history(library, "a red kettle", "a quiet harbor")
    QTest.keyClick(popup.field, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    row = popup.list.visualRect(popup.history.index(1))
    star = QPoint(row.right() - 16, row.center().y())
    QTest.mouseClick(popup.list.viewport(), Qt.MouseButton.LeftButton, pos=star)
    await until(lambda: all(popup.history.used(popup.history.index(row)).is_favorite for row in (0, 1)))  # type: ignore[union-attr]
    assert popup.isVisible()
    QTest.mouseClick(popup.list.viewport(), Qt.MouseButton.LeftButton, pos=star)
    await until(lambda: not popup.history.used(popup.history.index(1)).is_favorite)  # type: ignore[union-attr]
    popup.favorites.setChecked(True)
    await until(lambda: shown(popup) == ["a quiet harbor"])
    library.close()


async def test_a_long_history_is_read_page_by_page_and_shows_what_came_of_it(theme: Theme, library: Library) -> None:
    await keep(library, recipe(1, "prompt 69"))
    _prompt, popup = await with_history(library, *(f"prompt {number}" for number in range(70)))
    newest = popup.history.used(popup.history.index(0))
    assert newest is not None
    assert newest.image is not None
    image = newest.image
    await until(lambda: popup.history.thumbnails.get(image) is not None)
    assert popup.grab().deviceIndependentSize().toSize() == popup.size()
    assert popup.history.canFetchMore()
    for _ in range(PAGE):
        QTest.keyClick(popup.field, Qt.Key.Key_Down)
    await until(lambda: popup.history.rowCount() == 70)
    assert not popup.history.canFetchMore()
    assert shown(popup)[-1] == "prompt 0"
    library.close()


async def test_the_keys_of_the_window_open_it(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        QTest.keyClick(at.window, Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier | SHIFT)
        history = at.window.generate.form.prompt.history
        assert history is not None
        await at.until(lambda: history.built is not None and history().isVisible())
        assert at.window.rect().contains(at.window.mapFromGlobal(history().geometry().center()))


async def test_of_many_searches_only_the_last_is_carried_out(theme: Theme, library: Library) -> None:
    _prompt, popup = await with_history(library, "a red kettle", "a quiet harbor")
    asked: list[str] = []
    find = library.prompts.find

    async def count(words: str = "", **options: Any) -> list[UsedPrompt]:
        asked.append(words)
        return await find(words, **options)

    library.prompts.find = count  # type: ignore[method-assign]
    QTest.keyClicks(popup.field, "k")
    await until(lambda: asked)
    QTest.keyClicks(popup.field, "ettle")
    await until(lambda: shown(popup) == ["a red kettle"])
    await until(lambda: len(asked) == 2)
    assert asked == ["k", "kettle"]
    library.close()
