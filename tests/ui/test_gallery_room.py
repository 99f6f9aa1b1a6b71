"""Everything shown in the gallery has enough space."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea, QFileDialog, QLineEdit, QPushButton, QWidget

from imagineart_desktop.library import UNKNOWN_MODEL, Library
from imagineart_desktop.ui.image_details.marks_editor import LabelDots
from imagineart_desktop.ui.image_details.thumbnail_delegate import badge_text, hover_button_rects
from imagineart_desktop.ui.settings.dialog import SettingsDialog
from imagineart_desktop.ui.spending.dialog import SpendingDialog
from imagineart_desktop.ui.theme import Theme, tokens
from imagineart_desktop.workspace.gallery.rows import SUMMARY
from imagineart_desktop.workspace.theme_mode import ThemeMode
from tests.library.test_library import keep, recipe
from tests.ui.test_gallery_order import gallery, shown
from tests.ui.window_driver import colour_at, opened, point_at


async def test_long_unbroken_text_leaves_everything_in_the_details(tmp_path: Path, theme: Theme) -> None:
    library = Library(tmp_path / "library")
    made = await keep(library, recipe(300, "x" * 400, request_id="0123456789abcdef" * 6))
    await library.annotations.tag([made.id], ["y" * 90])
    library.close()
    async with gallery(tmp_path, theme, extra=1) as (at, page):
        page.grid.choose(made.id)
        await at.until(lambda: any(dots.isVisible() for dots in page.details.findChildren(LabelDots)))
        (area,) = (made for made in page.details.findChildren(QAbstractScrollArea) if made.parent() is page.details)
        right = area.viewport().mapToGlobal(QPoint(area.viewport().width(), 0)).x()
        inside = area.findChildren(LabelDots) + area.findChildren(QPushButton) + area.findChildren(QLineEdit)
        assert len(inside) > 8
        for widget in inside:
            assert widget.mapToGlobal(QPoint(widget.width(), 0)).x() <= right, widget


@pytest.mark.parametrize("mode", [ThemeMode.DARK, ThemeMode.LIGHT])
async def test_completions_are_readable_and_wide_enough(tmp_path: Path, theme: Theme, mode: ThemeMode) -> None:
    async with gallery(tmp_path, theme) as (at, page):
        theme.set_mode(mode)
        assert page.grid._cells._blank(QSize(40, 40), 1.0).toImage().pixelColor(20, 20) == QColor(tokens().panel)
        page.search.setFocus()
        QTest.keyClicks(page.search, "mo")
        popup = page.search._popup
        await at.until(popup.isVisible)
        assert popup.viewport().width() >= popup.sizeHintForColumn(0)
        assert popup.verticalScrollBar().maximum() == 0
        seen = popup.grab().toImage()
        ground = QColor(tokens().field)
        assert colour_at(seen, QPoint(popup.width() - 12, 10)) == ground
        text = QColor(tokens().text)
        row = popup.visualRect(popup.model().index(1, 0)).translated(popup.viewport().pos())
        nearest = min(
            abs(colour_at(seen, QPoint(x, row.center().y())).lightness() - text.lightness())
            for x in range(row.left(), row.right())
        )
        assert nearest < 40


async def test_the_name_of_a_new_collection_is_seen_whole(tmp_path: Path, theme: Theme) -> None:
    async with gallery(tmp_path, theme) as (_at, page):
        page.side.collections.add_new(None)
        (editor,) = (made for made in page.side.collections.findChildren(QLineEdit) if made.isVisible())
        assert editor.height() - 4 >= editor.fontMetrics().height()
        assert editor.width() >= editor.fontMetrics().horizontalAdvance("New collection")
        QTest.keyClick(editor, Qt.Key.Key_Escape)


async def test_tools_and_badges_leave_the_stars_of_a_small_cell_free(tmp_path: Path, theme: Theme) -> None:
    async with gallery(tmp_path, theme) as (at, page):
        await at.parts.library.annotations.rate([6], 5)
        model, view = page.model, page.grid.viewport()
        for width in (90, 142):
            page.bar.size_slider.setValue(width)

            def ready() -> bool:
                summary = model.data(model.index_of(6), SUMMARY)
                return summary is not None and summary.rating == 5 and 6 in model.thumbnails._kept

            await at.until(ready)
            box = page.grid.visualRect(model.index_of(6))

            def stars(box: QRect = box) -> QImage:
                return view.grab(QRect(box.left() + 4, box.bottom() - 27, 70, 18)).toImage()

            point_at(view, view.rect().bottomRight() - QPoint(2, 2))
            alone = stars()
            point_at(view, box.center())
            assert page.grid._hovered == model.index_of(6)
            assert stars() == alone
            gold = [colour_at(alone, QPoint(8 + 13 * number, 9)).name() for number in range(5)]
            assert len(set(gold)) == 1
            assert any(not place.isEmpty() for place in hover_button_rects(box))
            # The badge of a rated image has as much space as one without stars.
            rooms = {room for _, room, _ in page.grid._cells._badges if width - 30 < room <= width}
            assert len(rooms) == 1


async def test_an_imported_picture_says_so_or_names_its_model(tmp_path: Path, theme: Theme) -> None:
    del theme
    library = Library(tmp_path / "library")
    plain = await keep(library, recipe(1, endpoint=UNKNOWN_MODEL))
    named = await keep(library, recipe(2, endpoint="juggernautXL_v9"))
    library.close()
    assert [badge_text(one) for one in (plain, named)] == ["Imported", "juggernautXL_v9"]


async def test_the_settings_page_scrolls_where_more_is_said_than_fits(tmp_path: Path, theme: Theme) -> None:
    async with gallery(tmp_path, theme) as (at, _page):
        at.window.window_actions["file.settings"].trigger()
        (settings,) = at.window.findChildren(SettingsDialog)
        settings.resize(settings.width(), 480)
        care, view = settings.care, settings._area.viewport()
        message, work = care.message, care._work

        def seen(widget: QWidget) -> bool:
            top = widget.mapTo(view, QPoint(0, 0)).y()
            return top >= 0 and top + widget.height() <= view.height()

        assert not seen(work)
        with work.going_on("Checking the library"):
            await at.until(lambda: seen(work.stop) and seen(work.progress))
        (picture,) = await at.parts.library.summaries([1])
        picture.path.unlink()
        await care.check()
        await at.until(lambda: care.files.isVisible() and seen(care.files))
        care._ask_to_restore(tmp_path / "a folder with a long name" / "and one more of these inside it")
        await at.until(lambda: len(message._buttons) == 1 and all(map(seen, message.stops())))
        assert all(button.height() >= button.sizeHint().height() for button in message._buttons)
        field = settings.account.key
        assert field.height() >= field.sizeHint().height()


async def test_an_empty_gallery_offers_import_and_an_empty_spending_page_says_so(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme, at_once=("gallery",)) as at:
        at.window.go_to("gallery")
        page = at.window.gallery
        await at.until(page._import.isVisible)
        assert page._generate.isVisible()
        at.click(page._import)
        await at.until(lambda: any(made.isVisible() for made in at.window.findChildren(QFileDialog)))
        for made in at.window.findChildren(QFileDialog):
            made.reject()
        at.window.window_actions["view.spending"].trigger()
        (dialog,) = at.window.findChildren(SpendingDialog)
        await at.until(dialog._nothing.isVisible)
        assert not dialog.chart.isVisible()


async def test_the_question_about_the_trash_leaves_with_it_and_its_buttons_stay_left(
    tmp_path: Path, theme: Theme
) -> None:
    async with gallery(tmp_path, theme) as (at, page):
        await at.parts.library.trash.put([1])
        at.click(page.side._counts["trash"])
        await at.until(lambda: shown(page) == [1])
        lefts = []
        for _ in range(2):
            await at.until(page.trash_bar.empty.isEnabled)
            at.click(page.trash_bar.empty)
            await at.until(lambda: page.message.text().startswith("1 image, 1 KB, goes to the system’s trash."))
            assert page.message.text().endswith("It is removed from the library.")
            await asyncio.sleep(0.05)
            lefts.append(page.message._buttons[0].x())
        assert lefts[0] == lefts[1] < 20
        at.click(page.side._counts["all"])
        assert page.message.text() == ""
