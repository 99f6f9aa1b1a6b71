"""Comparison of images in the library: from the gallery by key and menu, with differing settings marked."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from imagineart_desktop.library import Parent
from imagineart_desktop.ui.compare.window import CompareWindow
from imagineart_desktop.ui.theme import Theme
from tests.library.test_library import keep, recipe
from tests.ui.window_driver import Driver, opened, settle

NONE = Qt.KeyboardModifier.NoModifier


async def two_pictures(at: Driver) -> list[int]:
    form = at.window.generate.form
    form.draft.set_fields({"resolution": "1K", "aspect_ratio": "3:2"})
    for index, prompt in enumerate(("a red cabin", "a blue cabin")):
        at.type(form.prompt.editor, prompt)
        form._submit_guard.stop()
        at.click(form.go)
        await at.pictures(index + 1)
    at.window.go_to("gallery")
    await at.until(lambda: at.window.gallery.model.rowCount() == 2)
    return await at.pictures(2)


def shown_rows(window: CompareWindow) -> dict[str, list[str]]:
    table = window.table
    rows = [row for row in range(table.rowCount()) if not table.isRowHidden(row)]
    columns = range(table.columnCount())
    cells = [[item.text() for column in columns if (item := table.item(row, column))] for row in rows]
    return {name: values for name, *values in cells}


async def test_key_c_in_the_gallery_compares_and_marks_what_differs(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        two = await two_pictures(at)
        grid = at.window.gallery.grid
        grid.setFocus()
        grid.selectAll()
        QTest.keyClick(grid, Qt.Key.Key_C)
        await at.until(lambda: at.window.windows.compare_window is not None)
        window = at.window.windows.compare_window
        assert window is not None
        await at.until(lambda: window.isVisible() and len(window.pane.pictures) == 2)
        assert not window.isModal()
        rows = shown_rows(window)
        assert rows["≠  Prompt"] == ["a blue cabin", "a red cabin"]
        assert "≠  Seed" in rows
        assert "    Model" in rows
        settle()
        assert window._below_part.height() <= window.height() // 4 + 2
        window.resize(900, 500)
        settle()
        assert window._below_part.height() <= window.height() // 4 + 2
        window.only_different.setChecked(True)
        settle()
        assert window._below_part.height() <= window.height() // 4 + 2
        assert all(name.startswith("≠") for name in shown_rows(window))
        for key, modifier in ((Qt.Key.Key_Escape, NONE), (Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)):
            window.open_for(two)
            await at.until(lambda: len(window.pane.pictures) == 2)
            image = window.pane.side_by_side.views[0]
            assert window.focusWidget() is image
            QTest.keyClick(image, key, modifier)
            assert not window.isVisible()
            assert not window.pane.pictures


async def test_one_picture_is_not_compared_and_a_lost_file_is_told(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        one, two = await two_pictures(at)
        at.window.commands.run("image.compare", [one])
        await at.until(lambda: "two to four" in at.window.status.said.text())
        assert [at.window.windows.compare_window] == [None]
        (summary,) = await at.parts.library.summaries([two])
        summary.path.unlink()
        at.window.commands.run("image.compare", [one, two])
        window = at.window.windows.compare_window
        assert window is not None
        await at.until(lambda: "One image can’t be read" in window.message.text())
        assert len(window.pane.pictures) == 1
        (summary,) = await at.parts.library.summaries([one])
        sha256 = (await at.parts.library.inputs.keep(summary.path.read_bytes())).sha256
        # One made from another is compared with that image, in the grid as in the loupe.
        parents = (Parent(role="image", sha256=sha256, picture_id=one),)
        made = await keep(at.parts.library, recipe(9, "made of it", parents=parents))
        for show in (at.window.gallery.grid.choose, at.window.gallery.open_loupe):
            window.close()
            await at.until(lambda: at.window.gallery.model.index_of(made.id).isValid())
            show(made.id)
            at.window.window_actions["image.compare"].trigger()
            await at.until(lambda: len(window.pane.pictures) == 2)
            assert [picture.label for picture in window.pane.pictures] == ["1 · a red cabin", "2 · made of it"]


async def test_c_is_a_letter_while_one_types(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        at.window.go_to("gallery")
        at.type(at.window.gallery.search, "cab")
        assert at.window.gallery.search.text() == "cab"
        assert at.window.windows.compare_window is None


async def test_what_is_said_of_compared_images_moves_nothing(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        two = await two_pictures(at)
        at.window.windows.compare(two)
        window = at.window.windows.compare_window
        assert window is not None
        await at.until(lambda: len(window.pane.pictures) == 2)
        settle()
        parts = [window.pane, window.pane._ways, window.pane.images, window._below_part, window.only_different]
        before = [(part.mapTo(window, QPoint()), part.size()) for part in parts]
        window.message.say_work("Opening…", window.waiting.cancel)
        settle()
        assert window.message.isVisible()
        assert window.message.visibleRegion().contains(window.message._buttons[0].geometry())
        assert [(part.mapTo(window, QPoint()), part.size()) for part in parts] == before
        window.message.clear()
        settle()
        assert [(part.mapTo(window, QPoint()), part.size()) for part in parts] == before
