"""A second program on one library is read-only."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from imagineart_desktop.library import Library, LibraryReadOnlyError, Query, is_in_use
from imagineart_desktop.ui.theme import Theme
from tests.library.test_library import keep, recipe
from tests.ui.window_driver import opened

SENTENCE = "Read-only here: the library is open in another window."


async def test_it_says_so_and_shows_what_is_there(tmp_path: Path, theme: Theme) -> None:
    first = Library(tmp_path / "library")
    for number in (1, 2, 3):
        await keep(first, recipe(number, f"picture {number}"))
    assert is_in_use(tmp_path / "library")
    async with opened(tmp_path, theme, read_only=True, at_once=("edit", "inpaint")) as at:
        window = at.window
        assert window.banner.text() == SENTENCE
        await at.until(lambda: window.gallery.model.rowCount() == 3)
        window.gallery.search.setText("seed:2")
        await at.until(lambda: window.gallery.model.rowCount() == 1)
        window.gallery.grid.choose(2)
        window.gallery.grid.setFocus()
        QTest.keyClick(window.gallery.grid, Qt.Key.Key_5)
        await at.until(lambda: window.status.said.text() == SENTENCE)
        window.commands.run("image.trash", [2])
        await at.until(lambda: window.status.said.text() == SENTENCE)
        for form in (window.generate.form, window.edit.form, window.inpaint.form):
            assert not form.go.isEnabled()
        window.go_to("generate")
        at.type(window.generate.form.prompt.editor, "something")
        window.generate.form.submit()
        await at.until(lambda: window.generate.form.message.text() == SENTENCE)
        assert at.events == []
    (found,) = await first.annotations.marks([2])
    assert found[1].rating == 0
    assert await first.search(Query()) == [3, 2, 1]
    assert await first.draft("generate") == {}
    first.close()
    assert not is_in_use(tmp_path / "library")


async def test_nothing_can_be_written(tmp_path: Path) -> None:
    first = Library(tmp_path)
    await keep(first, recipe(1))
    second = Library(tmp_path, read_only=True)
    await second.start()
    assert await second.search(Query(text="lake")) == [1]
    for work in (second.annotations.rate([1], 3), second.trash.put([1]), second.save_draft("x", {})):
        with pytest.raises(LibraryReadOnlyError):
            await work
    assert (await second.summaries([1]))[0].path.is_file()
    second.close()
    await first.annotations.rate([1], 3)
    first.close()
