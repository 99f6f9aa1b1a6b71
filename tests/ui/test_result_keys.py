"""The results of a request have the keys once they arrive, in Generate and in Edit, unless the user types."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from imagineart_desktop.ui.edit.page import EditPage
from imagineart_desktop.ui.generate.page import GeneratePage
from imagineart_desktop.ui.theme import Theme
from tests.ui.test_canvas_keys import focused
from tests.ui.window_driver import Driver, opened

CTRL = Qt.KeyboardModifier.ControlModifier
_PROMPT = "a hut by the sea"


async def page_of(at: Driver, tab: str, photos: Path) -> GeneratePage | EditPage:
    at.window.go_to(tab)
    if tab == "generate":
        return at.window.generate
    page = at.window.edit
    at.drop(page.references.slots[0], [photos / "coffee.png"])
    await at.until(lambda: len(page.references.list.sizes) == 1)
    return page


async def request(at: Driver, page: GeneratePage | EditPage, count: int) -> QWidget:
    """Submit with Ctrl+Enter, and return the prompt's editor once the results' places are shown."""
    editor = page.form.prompt.editor
    page.form.count.set_value(count)
    page.form.draft.set_fields({"resolution": "1K", "aspect_ratio": "21:9"})
    at.type(editor, _PROMPT)
    # A press within the time of a double click counts as the same.
    await at.until(lambda: not page.form._submit_guard.isActive())
    QTest.keyClick(editor, Qt.Key.Key_Return, CTRL)
    await at.until(lambda: len(page.results._grid.tiles) == count and page.results._grid.isVisible())
    return editor


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("tab", ["generate", "edit"])
async def test_the_results_have_the_keys_if_nothing_is_typed(
    tmp_path: Path, theme: Theme, photos: Path, tab: str, count: int
) -> None:
    async with opened(tmp_path, theme, at_once=("edit",)) as at:
        page = await page_of(at, tab, photos)
        for _ in range(2):
            at.events.clear()
            editor = await request(at, page, count)
            assert focused(at) in (editor, page.results._grid.shown[0])
            await at.pictures(count)
            await at.until(lambda: len(page.results._grid.results) == count)
            if count == 1:
                await at.until(lambda: page.results.shown is not None)
                assert focused(at) is page.results.view
            else:
                assert page.results.shown is None
                assert focused(at) is page.results._grid.shown[0]
            QTest.keyClicks(focused(at), "4")
            number = page.results._grid.results[0]

            async def rating(number: int = number) -> int:
                return (await at.parts.library.summaries([number]))[0].rating

            await at.until(lambda: at.window.marking.undo_stack.count() > 0)
            assert await rating() == 4
            assert page.form.prompt.text() == _PROMPT
            at.window.marking.undo_stack.clear()


@pytest.mark.parametrize("tab", ["generate", "edit"])
async def test_a_batch_leaves_the_keys_with_who_types_and_with_who_comes_back(
    tmp_path: Path, theme: Theme, photos: Path, tab: str
) -> None:
    async with opened(tmp_path, theme, at_once=("edit",)) as at:
        page = await page_of(at, tab, photos)
        editor = await request(at, page, 2)
        QTest.keyClicks(editor, "!")
        await at.pictures(2)
        await at.until(lambda: len(page.results._grid.results) == 2)
        assert focused(at) is editor
        at.events.clear()
        editor = await request(at, page, 3)
        await at.until(lambda: bool(page.results._grid.results))
        assert focused(at) is page.results._grid.shown[0]
        editor.setFocus()
        await at.until(lambda: len(page.results._grid.results) == 3)
        assert focused(at) is editor
