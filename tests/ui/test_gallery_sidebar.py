"""The gallery's sidebar: one kind of row, each with its count."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from imagineart_desktop.library import Library
from imagineart_desktop.library.transfer.importing import import_pictures
from imagineart_desktop.models import BUILT_IN, ModelRegistry
from imagineart_desktop.models.arrangement import Arrangement
from imagineart_desktop.resources import resource_path
from imagineart_desktop.ui.gallery.sidebar_row import SidebarRow
from imagineart_desktop.ui.theme import Theme, tokens
from imagineart_desktop.workspace.gallery.grouping import Grouping
from tests.library.test_library import keep, recipe
from tests.ui.window_driver import colour_at, opened, settle


async def test_every_row_has_its_count_and_tags_have_a_place(
    tmp_path: Path, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = datetime(2031, 5, 3, tzinfo=UTC)
    monkeypatch.setattr("imagineart_desktop.ui.gallery.sidebar_refresher.local_midnight", lambda: today)
    library = Library(tmp_path / "library")
    endpoint = BUILT_IN[0].endpoint
    kept = [await keep(library, recipe(number, endpoint=endpoint)) for number in range(1, 4)]
    await keep(library, recipe(4, endpoint="other_model", created_at=today))
    await library.annotations.tag([one.id for one in kept[:2]], ["copper & tin"])
    await library.trash.put([kept[2].id])
    library.close()
    async with opened(tmp_path, theme, at_once=("gallery",)) as at:
        at.window.go_to("gallery")
        side = at.window.gallery.side

        def count(key: str) -> str:
            return str(side._counts[key].property("count").text())

        await at.until(lambda: side._tags.count() == 1 and count("all"))
        shown = {key: count(key) for key in ("all", "trash", "today", f"model {endpoint}", "model other_model")}
        assert shown == {"all": "3", "trash": "1", "today": "1", f"model {endpoint}": "2", "model other_model": "1"}
        item = side._tags.itemAt(0)
        tag = item.widget() if item is not None else None
        assert isinstance(tag, QPushButton)
        assert tag.property("count").text() == "2"
        at.click(tag)
        await at.until(lambda: at.window.gallery.model.rowCount() == 2)
        assert at.window.gallery.search.text() == 'tag:"copper & tin"'


async def test_models_that_made_an_image_are_listed_starred_ones_first(tmp_path: Path, theme: Theme) -> None:
    """The chosen one stays while the user looks at it, whatever becomes of its images."""
    first, second = BUILT_IN[0].endpoint, BUILT_IN[4].endpoint
    library = Library(tmp_path / "library")
    made = await keep(library, recipe(1, endpoint=first))
    await keep(library, recipe(2, endpoint=second))
    library.close()
    async with opened(tmp_path, theme, at_once=("gallery",)) as at:
        at.window.go_to("gallery")
        side, library = at.window.gallery.side, at.parts.library

        def listed() -> list[str]:
            rows = sorted(side._models.values(), key=side._model_column.indexOf)
            return [str(row.property("filter")) for row in rows]

        await at.until(lambda: listed() == [f"model {first}", f"model {second}"])
        library.models.become(ModelRegistry(arrangement=Arrangement(starred=frozenset({second}))))
        at.window.gallery.follow_models()
        await at.until(lambda: listed() == [f"model {second}", f"model {first}"])
        at.click(side._models[first])
        await library.trash.put([made.id])
        await at.until(lambda: side._models[first].property("count").text() in ("", "0"))
        assert side.model() == first
        assert listed() == [f"model {second}", f"model {first}"]
        at.click(side._counts["all"])
        at.window.gallery.follow_models()
        await at.until(lambda: listed() == [f"model {second}"])


async def test_a_collection_looks_like_the_other_rows(tmp_path: Path, theme: Theme) -> None:
    library = Library(tmp_path / "library")
    await keep(library, recipe(1))
    library.close()
    async with opened(tmp_path, theme, at_once=("gallery",)) as at:
        at.window.go_to("gallery")
        side = at.window.gallery.side
        await at.until(lambda: side._models_part.isVisible())
        settle()
        # Sections without rows leave no gap.
        (models,) = [part for part in side.findChildren(QLabel) if part.text() == "MODELS"]
        hint = side._no_collections
        assert 8 <= models.mapTo(side, QPoint(0, 0)).y() - hint.geometry().bottom() <= 24
        side.collections.named.emit(0, None, "Spring")
        await at.until(lambda: side.collection_names() == ["Spring"])
        tree = side.collections
        item = tree.topLevelItem(0)
        assert item is not None
        row, every = tree.visualItemRect(item), side._counts["all"]
        assert abs(row.height() - every.height()) <= 1
        assert row.left() == 0
        # Names begin and counts end at the same pixel, in the same colors.
        await keep(at.parts.library, recipe(1))
        await at.parts.library.annotations.collect([1], side.collections.current() or 1)
        await at.until(lambda: tree.topLevelItem(0).text(1) == "1" and side._counts["all"].property("count").text())  # type: ignore[union-attr]
        side._counts["all"].setText("Spring")
        side._counts["favourites"].setChecked(True)
        settle()
        item = tree.topLevelItem(0)
        assert item is not None
        row = tree.visualItemRect(item)
        places = (QRect(tree.viewport().mapTo(side, row.topLeft()), row.size()), every.geometry())
        one, other = (ink(side.grab(place).toImage()) for place in places)
        assert abs(one[0] - other[0]) <= 1
        assert abs(one[1] - other[1]) <= 1
        assert one[2] == other[2]
        tree.setCurrentItem(item)
        tree.itemClicked.emit(item, 0)
        settle()
        ground = colour_at(tree.grab().toImage(), row.center()).name()
        every.setChecked(True)
        assert ground == tokens().raised == colour_at(every.grab().toImage(), every.rect().center()).name()


def ink(shown: QImage) -> tuple[int, int, str]:
    """Return where a row's name begins, where its count ends, and the brightest color of the count."""
    ground = shown.pixelColor(shown.width() // 2, 3)

    def is_inked(x: int) -> bool:
        return any(shown.pixelColor(x, y) != ground for y in range(6, shown.height() - 6))

    columns = [x for x in range(6, shown.width() - 6) if is_inked(x)]
    count = [shown.pixelColor(x, y) for x in columns if x > shown.width() // 2 for y in range(6, shown.height() - 6)]
    far = max(count, key=lambda color: abs(color.lightness() - ground.lightness()))
    return columns[0], columns[-1], far.name()


async def test_an_image_that_the_program_selects_is_selected_alone_whatever_key_is_held(
    tmp_path: Path, theme: Theme
) -> None:
    library = Library(tmp_path / "library")
    for number in range(1, 4):
        await keep(library, recipe(number))
    library.close()
    async with opened(tmp_path, theme, at_once=("gallery",)) as at:
        at.window.go_to("gallery")
        grid = at.window.gallery.grid
        await at.until(lambda: at.window.gallery.model.rowCount() == 3)
        for key, held in (
            (Qt.Key.Key_Shift, Qt.KeyboardModifier.ShiftModifier),
            (Qt.Key.Key_Control, Qt.KeyboardModifier.ControlModifier),
        ):
            grid.selectAll()
            QTest.keyPress(grid, key, held)
            assert QApplication.keyboardModifiers() == held
            grid.choose(1)
            assert grid.chosen() == [1]
            QTest.keyRelease(grid, key)


async def test_the_bar_tells_how_many_are_selected(tmp_path: Path, theme: Theme) -> None:
    library = Library(tmp_path / "library")
    for number in range(1, 4):
        await keep(library, recipe(number))
    library.close()
    async with opened(tmp_path, theme, at_once=("gallery",)) as at:
        at.window.go_to("gallery")
        page = at.window.gallery
        await at.until(lambda: page.bar.found.text() == "3 images")
        page.grid.selectAll()
        await at.until(lambda: page.bar.found.text() == "3 images · 3 selected")
        page.grid.choose(1)
        await at.until(lambda: page.bar.found.text() == "3 images")
        # The details are never those of another image.
        await at.until(page.details._area.isVisible)
        page.grid.choose(2)
        assert not page.details._area.isVisible()
        assert not page.details._empty.isVisible()
        await at.until(page.details._area.isVisible)


async def test_the_last_import_and_the_saved_searches_have_their_rows_and_fresh_counts(
    tmp_path: Path, theme: Theme
) -> None:
    photos = [tmp_path / name for name in ("chelsea.png", "coffee.png", "rocket.jpg")]
    for photo in photos:
        shutil.copy(resource_path("photos", photo.name), photo)
        os.utime(photo, (1_000_000_000, 1_000_000_000))
    async with opened(tmp_path, theme, at_once=("gallery",)) as at:
        gallery, library = at.window.gallery, at.window._library
        side = gallery.side
        at.window.go_to("gallery")

        def count(row: SidebarRow) -> str:
            return str(row.property("count").text())

        await library.annotations.save_search("Rockets", "rocket")
        await import_pictures(library, photos[:1])
        await at.until(lambda: count(side._counts["last import"]) == "1" and side._search_rows)
        assert count(side._search_rows["Rockets"]) == ""
        await import_pictures(library, photos)
        await at.until(lambda: count(side._counts["last import"]) == "2" and count(side._search_rows["Rockets"]) == "1")
        at.click(side._counts["last import"])
        await at.until(lambda: gallery.model.rowCount() == 2)
        shown = await library.summaries(gallery.model.numbers_between(0, 2))
        assert {one.imported_name for one in shown} == {"coffee.png", "rocket.jpg"}
        # What arrived today belongs to today, however old it is, for the sidebar as for the groups.
        at.click(side._counts["today"])
        await at.until(lambda: gallery.model.rowCount() == 3)
        assert count(side._counts["today"]) == "3"
        assert gallery.model.heading(0, Grouping.DAY) == "Today"
        assert gallery.model.group_starts(Grouping.DAY) == [0]
        rows = dict(side._search_rows)
        await library.trash.put([one.id for one in shown])
        await at.until(lambda: not any(map(count, (side._counts["last import"], side._search_rows["Rockets"]))))
        assert side._search_rows == rows, "rows are not made again for a number"
        at.click(side._counts["last import"])
        await at.until(lambda: gallery.model.rowCount() == 0)
        assert gallery._empty.title() == "No imported images"
