"""Steps as a list of images: selected, named, closed and reopened; the highlighted one is on the canvas."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QTreeWidgetItem

from imagineart_desktop.library import LibraryError, safe_stem
from imagineart_desktop.ui.inpaint.page import InpaintPage
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.ui.widgets import TextInputDialog
from imagineart_desktop.workspace.mime import ImageSource
from tests.ui.test_inpaint_loop import inpainting, looked_at
from tests.ui.test_inpaint_steps import apply, undone
from tests.ui.window_driver import Driver, opened, settle


def highlighted(page: InpaintPage) -> int:
    item = page.tree.currentItem()
    return int(item.data(0, Qt.ItemDataRole.UserRole)) if item is not None else 0


def top(page: InpaintPage) -> QTreeWidgetItem:
    item = page.tree.topLevelItem(0)
    assert item is not None
    return item


def names(page: InpaintPage) -> list[str]:
    return [step.label for step in page.stepping.steps.visible()]


async def settled(at: Driver, page: InpaintPage, step: int) -> None:
    def there() -> bool:
        current = page.stepping.steps.current
        return current is not None and current.id == step and not page.canvas.document.is_locked

    await at.until(there)
    settle()


async def test_a_right_click_highlights_the_step_of_its_menu_and_leaves_the_canvas(
    tmp_path: Path, theme: Theme, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    menus: list[QMenu] = []
    monkeypatch.setattr(QMenu, "popup", lambda menu, _at: menus.append(menu))
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, canvas):
        await looked_at(at, page)
        await apply(at, page, 2)
        applied, undoable = canvas.pixels, at.window.inpaint.canvas.document.undo_stack.count()
        root = top(page)
        spot = page.tree.visualItemRect(root).center()
        QTest.mouseClick(page.tree.viewport(), Qt.MouseButton.RightButton, pos=spot)
        page.tree.customContextMenuRequested.emit(spot)
        await at.until(lambda: len(menus) == 1)
        assert (highlighted(page), page.stepping.steps.current) == (1, page.stepping.steps[2])
        page.steps.refresh()
        assert highlighted(page) == 1
        words = [action.text() for action in menus[0].actions()]
        assert words == ["Rename…", "Close “coffee.png”", "Copy image", "Copy as file"]
        QApplication.clipboard().setText("before")
        menus[0].actions()[3].trigger()
        await at.until(lambda: QApplication.clipboard().mimeData().hasUrls())
        assert Path(QApplication.clipboard().mimeData().urls()[0].toLocalFile()).is_file()
        menus[0].aboutToHide.emit()
        assert highlighted(page) == 2
        settle()
        assert canvas.pixels is applied
        assert canvas.document.undo_stack.count() == undoable
        child = top(page).child(0)
        page.tree.customContextMenuRequested.emit(page.tree.visualItemRect(child).center())
        await at.until(lambda: len(menus) == 2)
        assert highlighted(page) == 2
        words = [action.text() for action in menus[1].actions()]
        assert words[:2] == ["Rename…", "Close “coffee.png”"]
        assert "Export…" in words
        page.tree.customContextMenuRequested.emit(QPoint(5, page.tree.height() - 2))
        settle()
        assert len(menus) == 2


async def test_keys_in_the_list_lead_to_the_step_that_they_highlight(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, _canvas):
        await looked_at(at, page)
        await apply(at, page, 2)
        page.tree.setFocus()
        QTest.keyClick(page.tree, Qt.Key.Key_Up)
        QTest.keyClick(page.tree, Qt.Key.Key_Down)
        QTest.keyClick(page.tree, Qt.Key.Key_Up)
        await settled(at, page, 1)
        assert highlighted(page) == 1


async def test_the_same_file_opened_again_is_one_image(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path / "home", theme, at_once=("inpaint",)) as at:
        page = at.window.inpaint
        canvas = await at.on_canvas(photos / "coffee.png")
        at.drag(canvas, [(60, 60), (160, 120)])
        painted = canvas.document.mask.copy()
        await at.on_canvas(photos / "coffee.png")
        assert names(page) == ["coffee.png"]
        assert np.array_equal(canvas.document.mask, painted)
        await at.on_canvas(photos / "chelsea.png")
        shutil.copy(photos / "coffee.png", tmp_path / "copied.png")
        at.drop(canvas, [tmp_path / "copied.png"])
        await settled(at, page, 1)
        assert names(page) == ["coffee.png", "chelsea.png"]
        assert np.array_equal(canvas.document.mask, painted)


async def test_an_image_is_renamed_and_closed_and_nothing_is_lost(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, canvas):
        number = await looked_at(at, page)
        painted = canvas.document.mask.copy()
        await at.on_canvas(photos / "chelsea.png")
        dialog = page.steps.rename(page.stepping.steps[1])
        assert isinstance(dialog, TextInputDialog)
        at.type(dialog.field, "Cup")
        QTest.keyClick(dialog.field, Qt.Key.Key_Return)
        assert names(page) == ["Cup", "chelsea.png"]
        await page.steps.close(page.stepping.steps[1])
        assert names(page) == ["chelsea.png"]
        assert highlighted(page) == 2
        await undone(at, page)
        await settled(at, page, 1)
        assert names(page) == ["Cup", "chelsea.png"]
        await page.steps.close(page.stepping.steps[1])
        await settled(at, page, 2)
        await page.steps.close(page.stepping.steps[2])
        assert not page.has_picture
        assert not page.canvas.isVisible()
        page.submit()
        assert "Open an image" in page.message.text()
        assert len(await at.parts.library.summaries([number])) == 1
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        page = at.window.inpaint
        assert not page.has_picture
        canvas = await at.on_canvas(photos / "coffee.png")
        assert names(page) == ["Cup"]
        assert np.array_equal(canvas.document.mask, painted)
        await at.until(lambda: page.results._list.count() == 2)


async def test_an_image_stays_open_where_no_other_can_take_its_place(
    tmp_path: Path, theme: Theme, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        page = at.window.inpaint
        canvas = await at.on_canvas(photos / "coffee.png")
        await at.on_canvas(photos / "chelsea.png")
        stepping = page.stepping
        kept = await at.parts.library.inputs.find(stepping.steps[1].sha256)
        assert kept is not None
        kept.path.rename(tmp_path / "lost")
        stepping._open.clear()
        await page.steps.close(stepping.steps[2])
        assert (names(page), highlighted(page)) == (["coffee.png", "chelsea.png"], 2)
        assert page.message.text()
        assert not page.tree.signalsBlocked()
        await page.steps.close(stepping.steps[1])
        assert names(page) == ["chelsea.png"]

        async def full(_data: bytes) -> None:
            raise LibraryError("The disk is full.")

        at.drag(canvas, [(60, 60), (160, 120)])
        with monkeypatch.context() as patched:
            patched.setattr(at.parts.library.inputs, "keep", full)
            await page.steps.close(stepping.steps[2])
        assert page.message.text() == "The disk is full."
        assert (names(page), highlighted(page), page.has_picture) == (["chelsea.png"], 2, True)
        # As an earlier version left it.
        stepping.steps[2].closed = True
        page.saver.touch()
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        page = at.window.inpaint
        assert (names(page), highlighted(page), page.has_picture) == (["chelsea.png"], 2, True)


async def test_an_image_from_the_gallery_is_called_by_its_prompt_and_a_mask_by_its_file(
    tmp_path: Path, theme: Theme, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, _canvas):
        number = await looked_at(at, page)
        at.window.navigator.send_to_inpaint(number)
        await settled(at, page, 2)
        assert names(page) == ["coffee.png", "a moka pot"]
        (picture,) = await at.parts.library.summaries([number])
        asked: list[str] = []
        monkeypatch.setattr(page.masks._files, "save", lambda *arguments: asked.append(arguments[3]))
        page.masks.save_mask()
        page.stepping.steps[2].name = "a and/or b: c"
        page.masks.save_mask()
        page.stepping.steps[2].name = ""
        page.masks.save_mask()
        assert asked == [f"{safe_stem(picture.path.stem)}-mask.png", "or-b-c-mask.png", "image-mask.png"]
        # Undone to where the session remembers nothing any more.
        del page.stepping.steps._steps[1]
        await undone(at, page)
        assert page.message.text() == "This step is no longer available."


async def test_a_seed_that_was_reused_is_not_kept_for_another_image(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, canvas):
        number = await looked_at(at, page)
        await at.window.navigator.reuse(number)
        seed = page.form.seed.value()
        assert seed is not None
        await at.on_canvas(photos / "chelsea.png")
        assert page.form.seed.value() is None
        at.window.inpaint.take([ImageSource(path=photos / "coffee.png")])
        await at.until(lambda: canvas.document.size == (600, 400) and not canvas.document.is_locked)
        page.form.seed.set_value(4711)
        await at.on_canvas(photos / "astronaut.png")
        assert page.form.seed.value() == 4711


async def test_a_result_for_another_step_is_announced_there(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, _canvas):
        at.click(page.form.go)
        await at.on_canvas(photos / "chelsea.png")
        await at.pictures(1)
        await at.until(lambda: page.stepping.steps[1].fresh == 1)
        item = top(page)
        assert "1 new result" in item.toolTip(0)
        badged = item.icon(0).pixmap(34, 26).toImage()
        page.tree.setCurrentItem(item)
        await settled(at, page, 1)
        assert page.stepping.steps[1].fresh == 0
        assert top(page).icon(0).pixmap(34, 26).toImage() != badged
        assert "new" not in top(page).toolTip(0)


async def test_what_a_result_with_another_seam_was_made_from_is_not_gone(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, _canvas):
        number = await looked_at(at, page)
        page.settings_panel.feather.setValue(12)
        kept = await page.as_looked_at(number)
        assert kept != number
        details = await at.parts.library.details(kept)
        assert details is not None
        assert [parent.role for parent in details.parents if parent.path is None] == []
        assert number in [parent.picture_id for parent in details.parents]


async def test_the_height_of_the_steps_is_kept_and_results_fill_the_width(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, _canvas):
        await looked_at(at, page)
        strip = page.results._list
        page.splitter.setSizes([700, 312, 260])
        page.steps_splitter.setSizes([300, 400])
        settle()
        rows = [strip.visualItemRect(strip.item(row)) for row in range(2)]
        assert rows[0].top() == rows[1].top()
        assert rows[0].right() < rows[1].left()
        sizes = page.steps_splitter.sizes()
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        await at.until(lambda: at.window.inpaint.steps_panel.isVisible())
        settle()
        assert at.window.inpaint.steps_splitter.sizes() == sizes
