"""One image large: the same list, the same position, and no change except by the user."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QItemSelectionModel, QPoint, QPointF, QSizeF, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QToolButton

from imagineart_desktop.imaging import make_thumbnail
from imagineart_desktop.library import Label, Library, LibraryError, PictureSummary, Query, SearchResult
from imagineart_desktop.library.store.records import InputPicture
from imagineart_desktop.ui.image_details import facts as gallery_facts
from imagineart_desktop.ui.image_details.star import GOLD
from imagineart_desktop.ui.image_details.tags_editor import TagsEditor
from imagineart_desktop.ui.image_details.thumbnail_delegate import GAP
from imagineart_desktop.ui.loupe.loupe import Loupe
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.ui.widgets import TextBlock
from imagineart_desktop.workspace.gallery.rows import CellState
from imagineart_desktop.workspace.image_pyramid import ImagePyramid
from imagineart_desktop.workspace.loupe import image_loader
from imagineart_desktop.workspace.loupe.image_loader import ImageLoader
from tests.library.test_library import keep, recipe
from tests.ui.window_driver import Driver, colour_at, opened, settle

LEFT, NONE, CONTROL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
Key = Qt.Key


async def keep_sized(library: Library, number: int, size: tuple[int, int]) -> PictureSummary:
    incoming = library.files.incoming(f"sized-{number}")
    Image.new("RGB", size, (number * 9 % 256, 90, 160)).save(incoming, "PNG")
    return await library.store_result(incoming, recipe(number, f"prompt {number}"))


@asynccontextmanager
async def gallery(root: Path, theme: Theme, count: int = 16) -> AsyncIterator[Driver]:
    library = Library(root / "library")
    for number in range(1, count + 1):
        await keep(library, recipe(number, f"prompt {number}"))
    library.close()
    async with opened(root, theme, at_once=("gallery",)) as at:
        at.window.go_to("gallery")
        await at.until(lambda: at.window.gallery.model.rowCount() == count)
        yield at


async def shows(at: Driver, loupe: Loupe, number: int) -> None:
    await at.until(lambda: loupe.current is not None and loupe.current.id == number)
    assert loupe.isVisible()
    assert at.window.images.ids() == [number]


def window_said(at: Driver) -> str:
    return at.window.status.said.text()


def press(loupe: Loupe, *keys: Qt.Key) -> None:
    for key in keys:
        QTest.keyClick(loupe.view, key)


async def test_the_gallery_opens_an_image_walks_its_list_and_comes_back_to_the_same_place(
    tmp_path: Path, theme: Theme
) -> None:
    async with gallery(tmp_path, theme) as at:
        page, window = at.window.gallery, at.window
        grid, loupe = page.grid, page.loupe
        page.bar.size_slider.setValue(320)
        settle()
        grid.choose(6)
        settle()
        bar = grid.verticalScrollBar()
        bar.setValue(bar.value() - 17)
        before = (bar.value(), grid.chosen(), grid.currentIndex().row(), grid.cell_geometry.columns)
        assert before[0] > 0
        for opening, closing in ((Key.Key_Return, Key.Key_Escape), (Key.Key_Space, Key.Key_Space)):
            QTest.keyClick(grid, opening)
            await shows(at, loupe, 6)
            assert window._tab() == "gallery"
            assert loupe.view.height() > 0.7 * loupe.height()
            assert loupe.bar.place.text() == "11 of 16"
            press(loupe, Key.Key_Right, Key.Key_Right, Key.Key_Left)
            await shows(at, loupe, 5)
            press(loupe, Key.Key_Home)
            await shows(at, loupe, 16)
            press(loupe, Key.Key_Left, Key.Key_PageDown)
            await shows(at, loupe, 15)
            press(loupe, Key.Key_End)
            await shows(at, loupe, 1)
            loupe.images.go_to(6)
            await shows(at, loupe, 6)
            press(loupe, closing)
            settle()
            assert not loupe.isVisible()
            assert (bar.value(), grid.chosen(), grid.currentIndex().row(), grid.cell_geometry.columns) == before
            assert window.focusWidget() is grid
            assert not loupe.view.has_picture
        # If the user went to another image, that one alone is selected, and the grid moves only to bring it in sight.
        shown = [page.model.number_at(page.model.index(row)) for row in range(16)]
        seen = grid.viewport().rect()
        near = next(n for n in shown if n != 6 and seen.contains(grid.visualRect(page.model.index_of(n))))
        grid.selectAll()
        grid.selectionModel().setCurrentIndex(page.model.index_of(6), QItemSelectionModel.SelectionFlag.NoUpdate)
        for number, stays in ((6, True), (near, True), (16, False)):
            QTest.keyClick(grid, Key.Key_Return)
            loupe.images.go_to(number)
            await shows(at, loupe, number)
            press(loupe, Key.Key_Escape)
            settle()
            assert grid.chosen() == ([number] if number != 6 else shown)
            assert window.images.ids() == grid.chosen()
            assert (bar.value() == before[0]) is stays
            assert number == 6 or seen.contains(grid.visualRect(grid.currentIndex()).adjusted(0, 0, 0, -GAP))
        bar.setValue(before[0])
        grid.choose(6)
        QTest.mouseDClick(grid.viewport(), LEFT, NONE, grid.visualRect(grid.currentIndex()).center())
        await shows(at, loupe, 6)
        compared: list[list[int]] = []
        window.commands.bind("image.compare", compared.append)
        at.click(loupe.bar.commands["image.compare"])
        press(loupe, Key.Key_C)
        assert compared == [[6], [6]]
        at.click(loupe.bar.back)
        assert not loupe.isVisible()


async def test_marks_go_to_the_image_in_the_loupe_and_lead_to_the_next(tmp_path: Path, theme: Theme) -> None:
    async with gallery(tmp_path, theme, 8) as at:
        page, library = at.window.gallery, at.parts.library
        loupe, advance = page.loupe, at.window.window_actions["loupe.advance"]
        page.grid.choose(8)
        QTest.keyClick(page.grid, Key.Key_Return)
        await shows(at, loupe, 8)
        assert advance.isChecked()
        # What was said flashes over the image, also once the next one is there, and on the whole screen.
        flash = loupe.flash
        flash.timer.setInterval(1_000_000)
        press(loupe, Key.Key_4)
        await shows(at, loupe, 7)
        await at.until(lambda: flash.accessibleName() == "4 of 5 stars")
        assert flash.isVisible()
        assert colour_at(flash.grab().toImage(), flash.rect().center() + QPoint(15, 0)).name() == GOLD
        # It belongs to the image that was left, so that one is shown beside it.
        left = loupe._feed.get(8)
        assert left is not None
        assert flash._thumbnail == left.small
        flash.timer.timeout.emit()
        assert not flash.isVisible()
        press(loupe, Key.Key_F, Key.Key_8)
        await shows(at, loupe, 6)
        await at.until(lambda: flash.isVisible() and flash.accessibleName() == "Green")
        assert loupe.view.rect().contains(flash.geometry())
        press(loupe, Key.Key_F)
        QTest.keyClick(loupe.view, Key.Key_D, CONTROL)
        await shows(at, loupe, 5)
        await at.until(lambda: flash.accessibleName() == "Favorite")
        advance.setChecked(False)
        press(loupe, Key.Key_2)
        await at.until(lambda: loupe.marks.stars.accessibleDescription() == "2 of 5")
        await shows(at, loupe, 5)
        await at.until(lambda: flash.isVisible() and flash.accessibleName() == "2 of 5 stars")
        assert flash._picture_width() == 0
        press(loupe, Key.Key_Right)
        assert not flash.isVisible()
        press(loupe, Key.Key_Left)
        await shows(at, loupe, 5)
        await at.until(lambda: window_said(at) == "Rated 1 image 2 stars.")
        found = {number: await library.details(number) for number in (8, 7, 6, 5)}
        marks = {number: details.marks for number, details in found.items() if details is not None}
        assert (marks[8].rating, marks[7].label, marks[6].favourite, marks[5].rating) == (4, Label.GREEN, True, 2)
        # Delete moves on at once, also without auto-advance; undo brings the image back to its place in the list.
        press(loupe, Key.Key_Delete)
        await shows(at, loupe, 4)
        await at.until(lambda: loupe.images.position == (4, 7))
        await at.until(lambda: window_said(at) == "Moved 1 image to Trash.")
        at.window.window_actions["mark.undo"].trigger()
        await at.until(lambda: loupe.images.position == (5, 8))
        await shows(at, loupe, 4)
        press(loupe, Key.Key_End)
        await shows(at, loupe, 1)
        QTest.keyClick(loupe.view, Key.Key_Delete, CONTROL)
        await shows(at, loupe, 2)
        # At the end of the list it goes back, also when keys come faster than the library's answers.
        steps = page.marking.undo_stack.count()
        press(loupe, Key.Key_Delete, Key.Key_Delete, Key.Key_Delete)
        await shows(at, loupe, 5)
        await at.until(lambda: loupe.images.position == (4, 4))
        assert page.marking.undo_stack.count() == steps + 3


async def test_nothing_but_the_user_changes_what_is_shown(tmp_path: Path, theme: Theme) -> None:
    async with gallery(tmp_path, theme, 5) as at:
        page, library = at.window.gallery, at.parts.library
        loupe = page.loupe
        page.open_loupe(3)
        await shows(at, loupe, 3)
        seen: list[object] = []
        loupe.image_shown.connect(seen.append)
        await keep(library, recipe(6))
        await library.trash.put([4, 3])
        page.search.setText("nothing at all")
        await at.until(lambda: page.model.rowCount() == 0)
        await at.until(lambda: loupe.images.position == (0, 3))
        await at.until(loupe.marks.restore.isVisible)
        assert loupe.current is not None
        assert (loupe.current.id, seen, loupe.isVisible()) == (3, [], True)
        assert not loupe.marks.trash.isVisible()
        press(loupe, Key.Key_Right)
        await shows(at, loupe, 2)
        press(loupe, Key.Key_Left)
        await shows(at, loupe, 5)


@pytest.mark.own_process
async def test_an_image_is_zoomed_and_moved_as_on_the_canvas(tmp_path: Path, theme: Theme) -> None:
    # As many pixels as the screen needs before an image is decoded at less than its size.
    scale = QGuiApplication.primaryScreen().devicePixelRatio()
    width, height, wide, high = (round(side * scale) for side in (2400, 1800, 3000, 2000))
    library = Library(tmp_path / "library")
    for number, size in ((1, (width, height)), (2, (width, height)), (3, (width, height)), (4, (wide, high))):
        await keep_sized(library, number, size)
    library.close()
    async with opened(tmp_path, theme, at_once=("gallery",)) as at:
        at.window.go_to("gallery")
        page = at.window.gallery
        await at.until(lambda: page.model.rowCount() == 4)
        loupe = page.loupe
        page.open_loupe(2)
        await shows(at, loupe, 2)
        fitted = loupe.view.zoom
        await at.until(lambda: loupe._feed.loader.get(1) is not None)
        neighbor = loupe._feed.loader.get(1)
        assert neighbor is not None
        assert (neighbor.size.width(), neighbor.is_full) == (width, False)
        QTest.keyClick(loupe.view, Key.Key_1, CONTROL)
        assert loupe.view.zoom == 1.0
        await at.until(lambda: loupe._feed.loader.get(2).is_full)  # type: ignore[union-attr]
        assert loupe.view.zoom == 1.0
        middle = loupe.view.viewport_state.centre
        for key in (Key.Key_Right, Key.Key_Down):
            QTest.keyClick(loupe.view, key, Qt.KeyboardModifier.ShiftModifier)
        place = loupe.view.viewport_state.centre
        assert place.x() > middle.x()
        assert place.y() > middle.y()
        await shows(at, loupe, 2)
        # Arrows walk at any zoom, and the same detail of the next image is seen, in all its pixels.
        for key, number in ((Key.Key_Right, 1), (Key.Key_Left, 2), (Key.Key_PageDown, 1)):
            press(loupe, key)
            await shows(at, loupe, number)
            assert loupe.view.zoom == 1.0
            assert loupe.view.viewport_state.centre == place
        await at.until(lambda: loupe._feed.loader.get(1).is_full)  # type: ignore[union-attr]
        press(loupe, Key.Key_Home)
        await shows(at, loupe, 4)
        assert loupe.view.zoom == 1.0
        shares = QPointF(place.x() / width, place.y() / height)
        there = loupe.view.viewport_state.centre
        assert (there.x() / wide, there.y() / high) == pytest.approx((shares.x(), shares.y()))
        press(loupe, Key.Key_End)
        await shows(at, loupe, 1)
        back = loupe.view.viewport_state.centre
        assert (back.x(), back.y()) == pytest.approx((place.x(), place.y()))
        QTest.keyClick(loupe.view, Key.Key_0, CONTROL)
        assert loupe.view.zoom == pytest.approx(fitted)
        for zoom in (1.0, fitted):
            press(loupe, Key.Key_Z)
            assert loupe.view.zoom == pytest.approx(zoom)
        press(loupe, Key.Key_F)
        await at.until(lambda: loupe.view.width() == at.window.width())
        for part in (loupe.filmstrip, loupe.marks, loupe.bar, at.window.top, at.window.menuBar(), at.window.status):
            assert not part.isVisible()
        press(loupe, Key.Key_Escape)
        await at.until(loupe.bar.isVisible)
        assert at.window.top.isVisible()
        assert at.window.menuBar().isVisible()
        await shows(at, loupe, 1)


async def test_facts_and_what_of_an_image_is_used_again(tmp_path: Path, theme: Theme) -> None:
    async with gallery(tmp_path, theme, 3) as at:
        window, loupe = at.window, at.window.gallery.loupe
        window.gallery.open_loupe(2)
        await shows(at, loupe, 2)
        assert not loupe.facts.isVisible()
        press(loupe, Key.Key_I)
        assert loupe.facts.isVisible()
        window.commands.run("image.copy seed", [2])
        await at.until(lambda: QGuiApplication.clipboard().text() == "2")
        form = window.generate.form
        at.type(form.prompt.editor, "mine")
        form.draft.set_fields({"aspect_ratio": "4:1"})
        loupe.facts.command.emit("image.use seed")
        await at.until(lambda: form.seed.value() == 2)
        assert (form.prompt.text(), form.draft.fields()["aspect_ratio"], window._tab()) == ("mine", "4:1", "generate")
        window.commands.run("image.use prompt", [3])
        await at.until(lambda: form.prompt.text() == "prompt 3")
        assert (form.seed.value(), form.draft.fields()["aspect_ratio"]) == (2, "4:1")
        window.commands.run("image.use size", [3])
        await at.until(lambda: form.draft.fields()["aspect_ratio"] != "4:1")
        assert form.seed.value() == 2
        window.go_to("gallery")
        assert loupe.isVisible()
        press(loupe, Key.Key_I)
        assert not loupe.facts.isVisible()


async def test_what_is_known_of_an_image_is_shown_while_it_is_being_loaded(
    tmp_path: Path, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with gallery(tmp_path, theme, 2) as at:
        loupe, may_end, decode = at.window.gallery.loupe, threading.Event(), image_loader._decode
        at.window.gallery.open_loupe(2)
        await shows(at, loupe, 2)
        press(loupe, Key.Key_I)
        assert not loupe.loading.timer.isActive()
        loupe.loading.timer.setInterval(600_000)

        def held(path: Path, size: tuple[int, int], edge: int | None) -> ImagePyramid:
            assert may_end.wait(60)
            return decode(path, size, edge)

        def held_thumbnail(path: Path, edge: int) -> bytes:
            assert may_end.wait(60)
            return make_thumbnail(path, edge)

        async def no_preview(_picture: PictureSummary, _edge: int) -> bytes:
            raise LibraryError("none")

        def facts() -> list[str]:
            return [block.toPlainText() for block in loupe.facts.findChildren(TextBlock)]

        monkeypatch.setattr(image_loader, "_decode", held)
        monkeypatch.setattr(gallery_facts, "make_thumbnail", held_thumbnail)
        monkeypatch.setattr(at.parts.library, "thumbnail", no_preview)
        loupe._feed.loader.forget(1)
        press(loupe, Key.Key_Right)
        await at.until(lambda: "prompt 1" in facts() and "prompt 2" not in facts())
        assert loupe.current is None or loupe.current.id == 2
        assert loupe.loading.isHidden()
        assert loupe.loading.timer.isActive()
        loupe.loading.timer.timeout.emit()
        assert loupe.loading.isVisible()
        # The images that it was made from are not waited for either.
        (path,) = [picture.path for picture in await at.parts.library.summaries([2])]
        details = await at.parts.library.details(1)
        assert details is not None
        loupe.facts.show_details(replace(details, parents=(InputPicture("source", "0" * 64, path, 2),)))
        (made,) = [button for button in loupe.facts.findChildren(QToolButton) if button.toolTip() == "Show this image"]
        assert made.icon().isNull()
        may_end.set()
        await at.until(lambda: not made.icon().isNull())
        await shows(at, loupe, 1)
        await at.until(loupe.loading.isHidden)
        assert not loupe.loading.timer.isActive()


async def test_the_library_panel_opens_its_list_in_the_middle_and_takes_the_keys_back(
    tmp_path: Path, theme: Theme
) -> None:
    async with gallery(tmp_path, theme, 12) as at:
        window = at.window
        window.go_to("generate")
        panel, results = window.panel, window.generate.results
        loupe, grid = results.loupe, panel.grid
        await at.until(lambda: panel.model.rowCount() == 12)
        grid.choose(10)
        grid.setFocus()
        QTest.keyClick(grid, Key.Key_Return)
        await shows(at, loupe, 10)
        assert loupe.bar.place.text() == "3 of 12"
        press(loupe, Key.Key_Right)
        await shows(at, loupe, 9)
        press(loupe, Key.Key_5)
        await shows(at, loupe, 8)
        await at.until(lambda: panel.model.summary_of(9) is not None and panel.model.summary_of(9).rating == 5)  # type: ignore[union-attr]
        press(loupe, Key.Key_Escape)
        assert not loupe.isVisible()
        assert window.focusWidget() is grid
        assert grid.chosen() == [8]
        before = grid.verticalScrollBar().value(), grid.chosen()
        QTest.keyClick(grid, Key.Key_Return)
        await shows(at, loupe, 8)
        press(loupe, Key.Key_Escape)
        assert (grid.verticalScrollBar().value(), grid.chosen()) == before


async def test_the_filmstrip_of_a_large_list_shows_and_loads_what_is_in_sight(
    tmp_path: Path, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with gallery(tmp_path, theme, 24) as at:
        loupe = at.window.gallery.loupe
        strip, images = loupe.filmstrip, loupe.images
        at.window.gallery.open_loupe(20)
        await shows(at, loupe, 20)
        asked: list[int] = []
        look = images.look

        def noted(row: int, *, chosen: bool = False, hovered: bool = False, current: bool = False) -> CellState:
            asked.append(row)
            return look(row, chosen=chosen, hovered=hovered, current=current)

        monkeypatch.setattr(images, "look", noted)
        images.set_list([*range(1_000, 51_000), *range(24, 0, -1), *range(51_000, 101_000)], 20)
        strip.repaint()
        assert len(asked) < 60
        middle = strip.visualRect(images.index(50_004)).center().x()
        assert abs(middle - strip.viewport().width() // 2) <= 6
        strip.horizontalScrollBar().setValue(strip.horizontalScrollBar().maximum())
        asked.clear()
        strip.repaint()
        assert max(asked) == 100_023
        assert len(asked) < 60
        await shows(at, loupe, 20)
        loupe.take_keys()
        press(loupe, Key.Key_Right)
        await shows(at, loupe, 19)
        index = images.index_of(17)
        QTest.mouseClick(strip.viewport(), LEFT, NONE, strip.visualRect(index).center())
        await shows(at, loupe, 17)
        await at.until(loupe.view.hasFocus)
        images.extend([30, *range(24, 0, -1)])
        assert (images.position, loupe.bar.place.text()) == ((9, 25), "9 of 25")
        await shows(at, loupe, 17)


async def test_f11_and_the_image_on_the_whole_screen_leave_the_window_as_it_was(tmp_path: Path, theme: Theme) -> None:
    async with gallery(tmp_path, theme, 4) as at:
        window, loupe = at.window, at.window.gallery.loupe
        window.showMaximized()
        whole = window.window_actions["view.fullscreen"]
        window.gallery.open_loupe(2)
        await shows(at, loupe, 2)
        for _ in range(2):
            press(loupe, Key.Key_F)
            assert window.isFullScreen()
            assert whole.isChecked()
            assert not window.menuBar().isVisible()
            whole.trigger()
            assert not window.isFullScreen()
            assert window.isMaximized()
            assert not whole.isChecked()
            assert window.menuBar().isVisible()
            assert loupe.bar.isVisible()
        whole.trigger()
        assert window.isFullScreen()
        assert window.menuBar().isVisible()
        press(loupe, Key.Key_F)
        assert not window.menuBar().isVisible()
        press(loupe, Key.Key_F)
        assert window.isFullScreen()
        assert window.menuBar().isVisible()
        whole.trigger()
        assert window.isMaximized()
        assert not window.isFullScreen()


async def test_answers_about_what_was_shown_before_change_nothing(
    tmp_path: Path, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with gallery(tmp_path, theme, 4) as at:
        loupe, library = at.window.gallery.loupe, at.parts.library
        at.window.gallery.open_loupe(2)
        await shows(at, loupe, 2)

        async def fails(_number: int) -> None:
            raise LibraryError("late")

        with monkeypatch.context() as patched:
            patched.setattr(library, "details", fails)
            await loupe.image._read(1, loupe.image.turn - 1)
            assert loupe.message.text() == ""
            await loupe.image._read(2, loupe.image.turn)
            assert loupe.message.text() == "late"

        find, asked = library.find, list[Query]()

        async def slow(query: Query, most: int | None = None) -> SearchResult:
            found = await find(query, most)
            if query.among and not asked:
                asked.append(query)
                loupe.images.set_list([1, 2, 3], 2, in_trash=not query.trash)
                loupe.images.set_list([1, 2, 3], 2)
            return found

        loupe.images.set_list([1, 2, 3], 2, in_trash=True)
        monkeypatch.setattr(library, "find", slow)
        changes = loupe.images._changes
        changes.add([1, 2])
        await at.until(lambda: not changes._at_work)
        assert asked
        assert loupe.images._numbers == [1, 2, 3]


async def test_a_decode_that_began_before_the_file_changed_is_not_kept(
    tmp_path: Path, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with gallery(tmp_path, theme, 4) as at:
        (summary,) = await at.parts.library.summaries([2])
        loader = ImageLoader(at.parts.library, at.window)
        decode, changed, made = image_loader._decode, threading.Event(), []

        def slow(path: Path, size: tuple[int, int], edge: int | None) -> ImagePyramid:
            made.append(decode(path, size, edge))
            if len(made) == 1:
                changed.wait(30)
            return made[-1]

        monkeypatch.setattr(image_loader, "_decode", slow)
        loader.want(summary, [], QSizeF(600, 400), full=True)
        await at.until(lambda: made)
        loader.forget(2)
        changed.set()
        await at.until(lambda: len(made) == 2 and loader.get(2) is made[1])


async def test_a_source_that_cannot_be_shown_is_told(tmp_path: Path, theme: Theme) -> None:
    async with gallery(tmp_path, theme, 4) as at:
        loupe = at.window.gallery.loupe
        at.window.gallery.open_loupe(2)
        await shows(at, loupe, 2)
        await at.until(lambda: loupe.image.details is not None)
        broken = tmp_path / "broken.png"
        broken.write_bytes(b"no image")
        loupe.image.source._source = broken
        loupe.toggle_comparing()
        await at.until(lambda: loupe.message.text().startswith("The source image can’t be shown."))


async def test_tags_are_changed_in_the_facts(tmp_path: Path, theme: Theme) -> None:
    async with gallery(tmp_path, theme, 4) as at:
        loupe = at.window.gallery.loupe
        at.window.gallery.open_loupe(2)
        await shows(at, loupe, 2)
        loupe.toggle_facts()

        def editors() -> list[TagsEditor]:
            return [one for one in loupe.facts.findChildren(TagsEditor) if one.isVisible()]

        await at.until(editors)
        field = editors()[0].field
        field.setFocus()
        # Keys of the loupe are letters here.
        QTest.keyClicks(field, "5 copper, kettle")
        QTest.keyClick(field, Qt.Key.Key_Down)
        assert loupe.images.current == 2
        QTest.keyClick(field, Qt.Key.Key_Return)
        await at.until(lambda: {button.text() for button in chips(loupe)} == {"5 copper  ×", "kettle  ×"})
        await at.until(lambda: editors()[0].field.hasFocus())
        assert loupe.marks.isVisible()
        QTest.keyClicks(editors()[0].field, "half a wo")
        await at.parts.library.annotations.rate([2], 3)
        await at.until(lambda: editors()[0].field is not field and editors()[0].field.text() == "half a wo")
        (copper,) = (button for button in chips(loupe) if button.text() == "5 copper  ×")
        at.click(copper)
        await at.until(lambda: [button.text() for button in chips(loupe)] == ["kettle  ×"])
        await at.until(lambda: editors()[0].field.hasFocus())
        QTest.keyClick(editors()[0].field, Qt.Key.Key_Escape)
        assert loupe.view.hasFocus()
        assert at.window.gallery.is_loupe_open
        loupe.images.step(1)
        await at.until(lambda: not chips(loupe) and editors() and editors()[0].field.text() == "")


def chips(loupe: Loupe) -> list[QPushButton]:
    found = loupe.facts.findChildren(TagsEditor)
    return [button for button in found[0].findChildren(QPushButton) if button.isVisible()] if found else []


async def test_the_buttons_of_the_view_name_the_keys_that_are_chosen_for_them(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme, at_once=("gallery",)) as at:
        actions, bar = at.window.window_actions, at.window.gallery.loupe.bar
        shown = {"view.fit": bar._fit, "view.actual": bar._actual, "view.compare": bar.compare}
        assert [made.toolTip() for made in shown.values()] == [
            "Whole image  Ctrl+0",
            "One image pixel per screen pixel  Ctrl+1",
            "Before and after, with a slider  \\",
        ]
        for name, made in shown.items():
            actions[name].setShortcut(QKeySequence("Ctrl+J"))
            assert made.toolTip().endswith("  Ctrl+J")
            actions[name].setShortcut(QKeySequence())
            assert "Ctrl" not in made.toolTip()
