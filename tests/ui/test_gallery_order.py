"""Search and organization through the gallery's own widgets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from unittest.mock import patch

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QDropEvent
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton

from imagineart_desktop.library import Library, LibraryChange, Marks, SavedSearch, SortOrder
from imagineart_desktop.library.recovery import empty_trash
from imagineart_desktop.models import BUILT_IN
from imagineart_desktop.ui.gallery.grid_layout import HEADING
from imagineart_desktop.ui.gallery.page import GalleryPage
from imagineart_desktop.ui.gallery.side_panel import Sidebar
from imagineart_desktop.ui.image_details.marks_editor import MarksEditor
from imagineart_desktop.ui.image_details.thumbnail_delegate import hover_button_rects
from imagineart_desktop.ui.spending.dialog import SpendingDialog
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.ui.widgets import TextInputDialog
from imagineart_desktop.workspace.gallery.grouping import Grouping
from imagineart_desktop.workspace.mime import IMAGE_IDS_MIME
from tests.library.test_library import keep, recipe
from tests.ui.window_driver import Driver, opened, point_at
from tests.waiting import Patience

PROMPTS = ("a red cup", "a blue cup", "a fox in the snow", "harbour at night", "cupboard", "Kraków")
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@asynccontextmanager
async def gallery(root: Path, theme: Theme, extra: int = 0) -> AsyncIterator[tuple[Driver, GalleryPage]]:
    """Create six images with ids from 1, in the order of PROMPTS. extra: how many exist already."""
    library = Library(root / "library")
    for number, prompt in enumerate(PROMPTS, start=1):
        await keep(library, recipe(number, prompt))
    library.close()
    async with opened(root, theme, at_once=("gallery",)) as at:
        at.window.go_to("gallery")
        page = at.window.gallery
        await at.until(lambda: page.model.rowCount() == len(PROMPTS) + extra)
        yield at, page


def shown(page: GalleryPage) -> list[int]:
    return sorted(page.model.number_at(page.model.index(row)) for row in range(page.model.rowCount()))


async def marks(at: Driver) -> dict[int, Marks]:
    return dict(await at.parts.library.annotations.marks(range(1, 7)))


def choose(page: GalleryPage, numbers: list[int]) -> None:
    page.grid.clearSelection()
    for number in numbers:
        page.grid.selectionModel().select(page.model.index_of(number), page.grid.selectionModel().SelectionFlag.Select)
    page.grid.setFocus()


async def test_one_searches_as_one_types(tmp_path: Path, theme: Theme) -> None:
    async with gallery(tmp_path, theme) as (at, page):
        page.search.setFocus()
        QTest.keyClicks(page.search, "cup -red")
        await at.until(lambda: shown(page) == [2, 5])
        page.search.setText("rating:lots cup")
        await at.until(lambda: page.message.text().startswith("“rating:lots” isn’t understood."))
        assert shown(page) == [1, 2, 5]
        answers = QSignalSpy(page.model.loaded)
        page.search.clear()
        QTest.keyClicks(page.search, "rating:lots mo")
        await at.until(lambda: answers.count() and page.model.query.text == "rating:lots mo")
        assert page.search.is_popup_visible
        assert page.message.text() == "", "the completions would cover it"
        page.search._popup.hide()
        assert page.message.text().startswith("“rating:lots” isn’t understood.")
        page.search.setText("zebra")
        await at.until(lambda: page.model.query.text == "zebra" and page.message.text() == "")
        assert page._clear.isVisible()
        at.click(page._clear)
        await at.until(lambda: len(shown(page)) == 6)
        assert page.search.text() == ""


async def test_fields_and_tags_are_completed(tmp_path: Path, theme: Theme) -> None:
    async with gallery(tmp_path, theme) as (at, page):
        await at.parts.library.annotations.tag([3], ["snow white"])
        await at.until(lambda: 'tag:"snow white"' in page.search._own)
        page.search.setFocus()
        QTest.keyClicks(page.search, "fox tag:s")
        assert page.search.completions() == ['tag:"snow white"']
        QTest.keyClick(page.search, Qt.Key.Key_Backspace)
        QTest.keyClicks(page.search, '"SN')
        assert page.search.completions() == ['tag:"snow white"']
        page.search._completer.activated.emit('tag:"snow white"')
        assert page.search.text() == 'fox tag:"snow white" '
        await at.until(lambda: shown(page) == [3])


async def test_keys_rate_and_label_many_at_once_and_are_undone(tmp_path: Path, theme: Theme) -> None:
    async with gallery(tmp_path, theme) as (at, page):
        choose(page, [1, 2, 3])
        QTest.keyClick(page.grid, Qt.Key.Key_4)
        await at.until(lambda: page.marking.undo_stack.count() == 1)
        QTest.keyClick(page.grid, Qt.Key.Key_8)
        await at.until(lambda: page.marking.undo_stack.count() == 2)
        found = await marks(at)
        assert {found[n].rating for n in (1, 2, 3)} == {4}
        assert {found[n].label.value for n in (1, 2, 3)} == {"green"}
        page.search.setText("rating:>=4 label:green")
        await at.until(lambda: shown(page) == [1, 2, 3])
        for count in (1, 0):
            QTest.keyClick(page.grid, Qt.Key.Key_Z, CTRL)
            await at.until(lambda count=count: page.marking.undo_stack.index() == count)  # type: ignore[misc]
        await at.until(lambda: shown(page) == [])
        await at.until(lambda: not page.marking._turn.locked())
        assert set((await marks(at)).values()) == {Marks()}
        page.setFocus()
        QTest.keyClick(page, Qt.Key.Key_Z, CTRL | SHIFT)
        page.search.setText("rating:4")
        await at.until(lambda: shown(page) == [1, 2, 3])


async def test_tags_note_and_stars_in_the_details(tmp_path: Path, theme: Theme) -> None:
    async with gallery(tmp_path, theme) as (at, page):
        page.grid.choose(2)

        def editor() -> MarksEditor:
            found = [made for made in page.details.findChildren(MarksEditor) if made.isVisible()]
            return found[-1]

        await at.until(lambda: bool(page.details.findChildren(MarksEditor)))
        at.type(editor().tags, "poster, For the client")
        QTest.keyClick(editor().tags, Qt.Key.Key_Return)
        await at.until(lambda: page.marking.undo_stack.count() == 1)
        await at.until(lambda: any("poster" in b.text() for b in editor().findChildren(QPushButton)))
        QTest.mouseClick(editor().stars, Qt.MouseButton.LeftButton, pos=editor().stars.rect().center())
        await at.until(lambda: page.marking.undo_stack.count() == 2)
        await at.until(lambda: editor().stars._value == 3)
        editor().note.setFocus()
        QTest.keyClicks(editor().note, "second try")
        page.grid.setFocus()
        await at.until(lambda: page.marking.undo_stack.count() == 3)
        found = (await marks(at))[2]
        assert (found.tags, found.rating, found.note) == (("For the client", "poster"), 3, "second try")
        at.click(next(b for b in editor().findChildren(QPushButton) if b.text().startswith("poster")))
        await at.until(lambda: page.marking.undo_stack.count() == 4)
        assert (await marks(at))[2].tags == ("For the client",)


async def test_pictures_are_dragged_into_a_collection(tmp_path: Path, theme: Theme) -> None:
    async with gallery(tmp_path, theme) as (at, page):
        tree = page.side.collections
        tree.add_new(None)
        (editor,) = (made for made in tree.findChildren(QLineEdit) if made.isVisible())
        QTest.keyClicks(editor, "Spring")
        QTest.keyClick(editor, Qt.Key.Key_Return)
        await at.until(lambda: bool((made := tree.topLevelItem(0)) and made.data(0, Qt.ItemDataRole.UserRole) == 1))
        mime = QMimeData()
        mime.setData(IMAGE_IDS_MIME, b"2,4")
        spot = tree.visualItemRect(tree.topLevelItem(0)).center()  # type: ignore[arg-type]
        none = Qt.KeyboardModifier.NoModifier
        tree.dropEvent(QDropEvent(QPointF(spot), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, none))
        await at.until(lambda: page.marking.undo_stack.count() == 1)
        await at.until(lambda: tree.topLevelItem(0).text(1) == "2")  # type: ignore[union-attr]
        QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=spot)
        await at.until(lambda: shown(page) == [2, 4])
        at.click(page.side._counts["all"])
        await at.until(lambda: len(shown(page)) == 6)


async def test_a_search_is_saved_and_used(tmp_path: Path, theme: Theme) -> None:
    async with gallery(tmp_path, theme) as (at, page):
        await at.parts.library.annotations.save_search("Cups", "cup")
        await at.until(lambda: page.side._searches.count() == 1)
        side = page.side

        def chosen() -> str:
            row = side._filters.checkedButton()
            return row.text() if row is not None else ""

        at.click(side._search_rows["Cups"])
        await at.until(lambda: shown(page) == [1, 2, 5])
        assert chosen() == "Cups"
        # It's highlighted while exactly it is shown, however that happened.
        page.search.setText("cup x")
        await at.until(lambda: chosen() == "All images")
        page.search.setText("cup")
        await at.until(lambda: chosen() == "Cups")
        for row in ("all", "favourites", f"model {BUILT_IN[0].endpoint}"):
            page.search.setText("cup")
            at.click(side._counts[row])
            await at.until(lambda: page.search.text() == "")
            assert chosen() == side._counts[row].text()
        at.click(side._counts["all"])
        await at.until(lambda: len(shown(page)) == 6)
        # It's renamed, keeps its highlight, and takes over the current search.
        at.click(side._search_rows["Cups"])
        menu(side, "Rename…").trigger()
        (dialog,) = side.findChildren(TextInputDialog)
        assert dialog.field.text() == "Cups"
        dialog.field.setText("Mugs & cups")
        QTest.keyClick(dialog.field, Qt.Key.Key_Return)
        await at.until(lambda: list(side._search_rows) == ["Mugs & cups"])
        assert chosen() == "Mugs && cups"
        assert not menu(side, "Update to current search").isEnabled()
        page.search.setText("cup rating:5")
        await at.until(lambda: chosen() == "All images")
        menu(side, "Update to current search").trigger()
        await at.until(lambda: chosen() == "Mugs && cups")
        assert await at.parts.library.annotations.saved_searches() == [SavedSearch("Mugs & cups", "cup rating:5")]
        menu(side, "Delete this search").trigger()
        await at.until(lambda: not side._search_rows)
        assert chosen() == "All images"


def menu(side: Sidebar, words: str) -> QAction:
    """Return the menu of the only saved search."""
    return next(action for action in side.search_menu(side._saved[0]).actions() if action.text() == words)


async def test_sorting(tmp_path: Path, theme: Theme) -> None:
    async with gallery(tmp_path, theme) as (at, page):
        await at.parts.library.annotations.rate([2], 5)
        page.bar.orders.setCurrentIndex(page.bar.orders.findData(SortOrder.BEST))
        await at.until(lambda: page.model.number_at(page.model.index(0)) == 2)
        await at.parts.library.annotations.rate([5], 5)
        await at.until(lambda: page.model.number_at(page.model.index(0)) == 5)


async def test_the_trash_is_emptied_into_the_systems(
    tmp_path: Path, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[Path] = []

    def system_trash(path: Path) -> None:
        taken.append(path)
        path.unlink()

    monkeypatch.setattr(empty_trash, "send2trash", system_trash)
    async with gallery(tmp_path, theme) as (at, page):
        at.window.commands.run("image.trash", [1, 3])
        await at.until(lambda: shown(page) == [2, 4, 5, 6])
        at.click(page.side._counts["trash"])
        await at.until(lambda: shown(page) == [1, 3])
        await at.until(page.trash_bar.empty.isEnabled)
        at.click(page.trash_bar.empty)
        await at.until(lambda: page.message.text().startswith("2 images, 1 KB, go to the system’s trash."))
        assert taken == []
        at.click(page.message._buttons[0])
        await at.until(lambda: shown(page) == [])
        assert len(taken) == 2
        assert await at.parts.library.details(1) is None
        await at.until(lambda: not page.trash_bar.empty.isEnabled())
        said = [label.text() for label in page.findChildren(QLabel) if label.isVisible()]
        assert said.count("Deleted images stay here until you empty the trash.") == 1
        at.type(page.search, "lake")
        QTest.keyClick(page.search, Qt.Key.Key_Escape)
        QTest.keyClick(page.search, Qt.Key.Key_Escape)
        assert page.search.text() == ""


async def test_what_was_spent_as_chart_and_csv(tmp_path: Path, theme: Theme) -> None:
    async with gallery(tmp_path, theme) as (at, _page):
        at.window.window_actions["view.spending"].trigger()
        dialog = at.window.findChildren(SpendingDialog)[0]
        dialog.span.set_value("all")
        dialog.span.changed.emit("all")
        await at.until(lambda: dialog.total.text() == "$0.30 estimated · 6 images")
        assert dialog.chart.accessibleDescription().endswith("$0.30")
        assert dialog.models.topLevelItemCount() == 1
        (batch,) = dialog.batches.findItems("in no batch", Qt.MatchFlag.MatchExactly)
        assert (batch.text(1), batch.text(2)) == ("6", "$0.30")
        image = dialog.chart.grab().toImage()
        colours = {image.pixelColor(x, image.height() // 2).name() for x in range(image.width())}
        assert len(colours) > 1
        await dialog.save_csv(tmp_path / "spent.csv")
        assert (tmp_path / "spent.csv").read_text("utf-8").count("\n") == 7


async def test_a_new_collection_may_keep_its_name_and_escape_gives_it_up(tmp_path: Path, theme: Theme) -> None:
    async with gallery(tmp_path, theme) as (at, page):
        tree = page.side.collections
        for key in (Qt.Key.Key_Escape, Qt.Key.Key_Return):
            tree.add_new(None)
            (editor,) = (made for made in tree.findChildren(QLineEdit) if made.isVisible())
            await at.parts.library.annotations.rate([1], 1 + (key == Qt.Key.Key_Return))
            # As after the change of the library.
            page._sidebar.refresh()
            await at.until(lambda: not page._sidebar._at_work)
            assert editor.isVisible()
            QTest.keyClick(editor, key)
            # The view deletes it on its own time.
            await at.until(lambda: not [made for made in tree.findChildren(QLineEdit) if made.isVisible()])
        await at.until(lambda: tree.topLevelItemCount() == 1)
        (made,) = await at.parts.library.annotations.collections()
        assert made.name == "New collection"


async def test_a_removed_collection_comes_back_with_its_pictures(tmp_path: Path, theme: Theme) -> None:
    async with gallery(tmp_path, theme) as (at, page):
        organise = at.parts.library.annotations
        spring = await organise.create_collection("Spring")
        inner = await organise.create_collection("Posters", spring)
        await organise.collect([1, 2], inner)
        page.side.collections.remove_wanted.emit(spring)
        await at.until(lambda: "Removed collection “Spring”" in at.window.status.said.text())
        assert await organise.collections() == []
        await at.until(lambda: page.side.collections.topLevelItemCount() == 0)
        at.click(at.window.status.undo)
        await at.until(lambda: page.side.collections.topLevelItemCount() == 1)
        # The collections come back before their images.
        patience = Patience()
        while [(c.name, c.pictures) for c in await organise.collections()] != [("Spring", 0), ("Posters", 2)]:
            patience.check()
            await asyncio.sleep(0.01)


async def test_stars_and_tags_in_the_details_go_to_all_that_are_chosen(tmp_path: Path, theme: Theme) -> None:
    async with gallery(tmp_path, theme) as (at, page):
        choose(page, [1, 2, 5])

        def editor() -> MarksEditor:
            return [made for made in page.details.findChildren(MarksEditor) if made.isVisible()][-1]

        await at.until(lambda: any(m.isVisible() for m in page.details.findChildren(MarksEditor)))
        await at.until(lambda: len(page.details.chosen) == 3)
        await asyncio.sleep(0.2)
        at.type(editor().tags, "cup")
        QTest.keyClick(editor().tags, Qt.Key.Key_Return)
        await at.until(lambda: page.marking.undo_stack.count() == 1)
        assert [n for n, found in (await marks(at)).items() if found.tags == ("cup",)] == [1, 2, 5]
        page.bar.orders.setCurrentIndex(page.bar.orders.findData(SortOrder.BEST))
        await asyncio.sleep(0.2)
        choose(page, [1, 2, 5])
        QTest.keyClick(page.grid, Qt.Key.Key_2)
        await at.until(lambda: page.marking.undo_stack.count() == 2)
        await at.until(lambda: sorted(page.grid.chosen()) == [1, 2, 5])


async def test_what_is_being_typed_survives_other_changes(tmp_path: Path, theme: Theme) -> None:
    async with gallery(tmp_path, theme) as (at, page):
        page.grid.choose(2)

        def editor() -> MarksEditor:
            return [made for made in page.details.findChildren(MarksEditor) if made.isVisible()][-1]

        await at.until(lambda: any(m.isVisible() for m in page.details.findChildren(MarksEditor)))
        first = editor()
        first.note.setFocus()
        QTest.keyClicks(first.note, "half a no")
        await at.parts.library.annotations.rate([2], 4)
        await at.until(lambda: editor() is not first and editor().stars._value == 4)
        assert editor().note.toPlainText() == "half a no"
        await at.until(editor().note.hasFocus)
        QTest.keyClicks(editor().note, "te")
        page.grid.setFocus()
        await at.until(lambda: page.marking.undo_stack.count() == 1)
        assert (await marks(at))[2].note == "half a note"


async def test_pictures_are_grouped_by_session_under_headings(tmp_path: Path, theme: Theme) -> None:
    library = Library(tmp_path / "library")
    await keep(library, recipe(300, "hours later"))
    library.close()
    async with gallery(tmp_path, theme, extra=1) as (_at, page):
        plain = page.grid.grab().toImage()
        page.bar.groupings.setCurrentIndex(page.bar.groupings.findData(Grouping.SESSION))
        tops = {number: page.grid.visualRect(page.model.index_of(number)).top() for number in (1, 2, 6, 7)}
        assert tops[1] == HEADING
        assert tops[2] >= tops[6] == tops[7] > HEADING * 2
        assert page.grid.grab().toImage() != plain
        page.grid.choose(1)
        page.grid.setFocus()
        QTest.keyClick(page.grid, Qt.Key.Key_Down)
        assert page.grid.chosen() == [7]
        page.bar.groupings.setCurrentIndex(0)
        assert page.grid.visualRect(page.model.index_of(7)).top() == 0


def groups(page: GalleryPage) -> list[tuple[str, list[int]]]:
    """Return each heading, and the images under it in their order."""
    model, starts = page.model, page.model.group_starts(Grouping.COLLECTION)
    numbers = [model.number_at(model.index(row)) for row in range(model.rowCount())]
    ends = [*starts[1:], len(numbers)]
    return [
        (model.heading(first, Grouping.COLLECTION), numbers[first:end])
        for first, end in zip(starts, ends, strict=False)
    ]


async def test_pictures_are_grouped_by_collection_under_headings(tmp_path: Path, theme: Theme) -> None:
    async with gallery(tmp_path, theme) as (at, page):
        organise = at.parts.library.annotations
        spring = await organise.create_collection("Spring")
        autumn = await organise.create_collection("autumn")
        posters = await organise.create_collection("Posters", spring)
        await organise.collect([1, 4], spring)
        await organise.collect([4, 2], posters)
        await organise.collect([5], autumn)
        page.bar.groupings.setCurrentIndex(page.bar.groupings.findData(Grouping.COLLECTION))
        newest = [("autumn", [5]), ("Spring", [4, 1]), ("Spring / Posters", [2]), ("In no collection", [6, 3])]
        await at.until(lambda: groups(page) == newest)
        page.bar.orders.setCurrentIndex(page.bar.orders.findData(SortOrder.OLDEST))
        await at.until(lambda: groups(page)[1:] == [(name, held[::-1]) for name, held in newest[1:]])
        choose(page, [2, 4])
        await organise.collect([2], autumn)
        await at.until(lambda: groups(page)[:2] == [("autumn", [2, 5]), ("Spring", [1, 4])])
        assert sorted(page.grid.chosen()) == [2, 4]
        await organise.rename_collection(autumn, "Winter")
        await at.until(lambda: groups(page)[1:3] == [("Spring / Posters", [2]), ("Winter", [5])])
        page.search.setText("cup")
        await at.until(lambda: groups(page) == [("Spring", [1]), ("Spring / Posters", [2]), ("Winter", [5])])
        page.bar.orders.setCurrentIndex(page.bar.orders.findData(SortOrder.BEST))
        await at.until(lambda: page.model.group_starts(Grouping.COLLECTION) == [] and page.model.rowCount() == 3)


async def test_the_first_that_match_are_shown_before_all_others(tmp_path: Path, theme: Theme) -> None:
    library = Library(tmp_path / "library")
    for number in range(300, 530):
        await keep(library, recipe(number, "a lamp"))
    library.close()
    async with gallery(tmp_path, theme, extra=230) as (at, page):
        seen: list[tuple[int, bool]] = []
        page.model.loaded.connect(lambda: seen.append((page.model.rowCount(), page.model.complete)))
        page.search.setText("lamp")
        await at.until(lambda: bool(seen) and seen[-1] == (230, True))
        assert seen == [(200, False), (230, True)]
        assert page.bar.found.text() == "230 images"
        assert shown(page) == list(range(1, 231))


async def test_a_cell_has_its_tools_under_the_pointer(tmp_path: Path, theme: Theme) -> None:
    async with gallery(tmp_path, theme) as (at, page):
        await asyncio.sleep(0.3)
        box = page.grid.visualRect(page.model.index_of(3))
        (star,) = (place.center().toPoint() for place in hover_button_rects(box))
        viewport = page.grid.viewport()
        point_at(viewport, box.center())
        await at.until(lambda: page.grid._hovered == page.model.index_of(3))
        QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=star)
        await at.until(lambda: at.window.gallery.side._counts["favourites"].property("count").text() == "1")
        assert (await marks(at))[3].favourite
        assert page.grid.chosen() == []
        for command, place in zip(("edit", "inpaint"), (28, 54), strict=True):
            # Where a button of this kind might be, a click is meant for the image.
            QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=star + QPoint(place, 0))
            assert (command, page.grid.chosen(), at.window._tab()) == (command, [3], "gallery")
        await at.parts.library.trash.put([3])
        page.side._counts["trash"].click()
        await at.until(lambda: shown(page) == [3])
        box = page.grid.visualRect(page.model.index_of(3))
        page.grid.clearSelection()
        point_at(viewport, box.center())
        QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=hover_button_rects(box)[0].center().toPoint())
        assert page.grid.chosen() == [3]
        assert (await marks(at))[3].favourite


async def test_thumbnails_have_two_sizes_and_come_before_they_are_seen(tmp_path: Path, theme: Theme) -> None:
    library = Library(tmp_path / "library")
    for number in range(100, 160):
        await keep(library, recipe(number))
    library.close()
    async with gallery(tmp_path, theme, extra=60) as (at, page):
        # Small cells on every screen: a cell of the default size uses the large thumbnails at scale 2.
        page.bar.size_slider.setValue(round(page.bar.size_slider.value() / page.devicePixelRatioF()))
        await at.until(lambda: bool(page.model.thumbnails._kept))
        page.bar.size_slider.setValue(300)
        await asyncio.sleep(0.3)
        page.grid.verticalScrollBar().setValue(10)
        kept = page.model.thumbnails._kept
        first, last = page.model.number_at(page.model.index(0)), page.model.number_at(page.model.index(65))
        await at.until(lambda: first in kept)
        in_sight = sum(
            page.grid.visualRect(page.model.index(row)).intersects(page.grid.viewport().rect()) for row in range(66)
        )
        await at.until(lambda: in_sight < len(kept))
        await asyncio.sleep(0.3)
        assert len(kept) < 66
        assert last not in kept
        names = {path.name.rpartition("-")[2] for path in (tmp_path / "library" / "thumbnails").rglob("*.jpg")}
        assert names == {"256.jpg", "512.jpg"}


async def test_a_change_of_very_many_images_looks_for_the_row_of_none(tmp_path: Path, theme: Theme) -> None:
    async with gallery(tmp_path, theme) as (at, page):
        touched = QSignalSpy(page.model.dataChanged)
        with patch.object(page.model, "_row_of", wraps=page.model._row_of) as find:
            at.parts.library.announce(LibraryChange(tuple(range(1, 5000)), reordered=False))
        assert not find.called
        assert touched.count() == 1
        first, last = touched.at(0)[:2]
        assert (first.row(), last.row()) == (0, len(PROMPTS) - 1)
