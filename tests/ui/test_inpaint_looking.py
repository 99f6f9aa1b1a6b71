"""Viewing results: what is shown is what is compared, flipped to, exported and applied."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QWidget

from imagineart_desktop.imaging import Margins, Picture, PictureError, SendMode, load_picture
from imagineart_desktop.jobs import MissingError, result_importer
from imagineart_desktop.jobs import inpainting as inpainting_module
from imagineart_desktop.library import Library, PictureSummary, Recipe
from imagineart_desktop.support.messages import Message
from imagineart_desktop.ui.canvas.mask_canvas import MaskCanvas
from imagineart_desktop.ui.compare.pane import CompareMode as CompareWay
from imagineart_desktop.ui.exporting.dialog import ExportDialog
from imagineart_desktop.ui.inpaint.page import InpaintPage
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.workspace.inpaint import result_versions
from imagineart_desktop.workspace.inpaint.result_versions import SOURCE_ID, ResultVersion
from imagineart_desktop.workspace.inpaint.result_viewer import ViewMode
from tests.ui.test_inpaint_loop import choose, inpainting, looked_at, shown
from tests.ui.window_driver import Driver, on_screen, opened, send_mouse, settle

EDGE = (202, 150)


def choose_way(page: InpaintPage, way: ViewMode) -> None:
    page.result_view.bar.way.set_value(way.value)
    page.result_view.bar.way.changed.emit(way.value)


def click_result(page: InpaintPage, row: int, button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
    strip = page.results._list
    QTest.mouseClick(strip.viewport(), button, pos=strip.visualItemRect(strip.item(row)).center())


async def two_results(at: Driver, page: InpaintPage) -> list[int]:
    page.form.count.set_value(2)
    at.click(page.form.go)
    numbers = await at.pictures(2)
    await at.until(lambda: page.results._list.count() == 3 and page.canvas._result_shown)
    return numbers


async def test_the_seam_that_is_set_is_what_is_shown_compared_and_applied(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, canvas):
        await looked_at(at, page)
        hard = shown(canvas, *EDGE)
        page.settings_panel.feather.setValue(36)
        await at.until(lambda: shown(canvas, *EDGE) != hard)
        soft = shown(canvas, *EDGE)
        choose_way(page, ViewMode.BEFORE)
        await at.until(lambda: not canvas._result_shown)
        choose_way(page, ViewMode.RESULT)
        await at.until(lambda: canvas._result_shown)
        assert shown(canvas, *EDGE) == soft
        at.click(page.result_view.bar.compare)
        await at.until(page.result_view.pane.isVisible)
        compared = page.result_view.pane.pictures[1].pixels.copy()
        at.click(page.result_view.bar.apply)
        await at.until(lambda: len(page.stepping.steps) == 2 and not canvas.document.is_locked)
        assert canvas.pixels is not None
        assert np.array_equal(canvas.pixels, compared)


async def test_every_variation_is_shown_with_the_seam_that_is_set(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, _canvas):
        numbers = await two_results(at, page)
        page.settings_panel.feather.setValue(36)
        for row in (1, 2):
            click_result(page, row)
            number = page.viewer.number
            await at.until(lambda: page.viewer._version is not None and page.viewer._version.made)
            version = page.viewer._version
            assert version is not None
            assert version.number == number
            kept = load_picture((await at.parts.library.summaries([number]))[0].path).pixels
            assert not np.array_equal(version.pixels, kept)
        assert page.settings_panel.feather.value() == 36
        assert {page.results._list.item(row).data(Qt.ItemDataRole.UserRole) for row in (1, 2)} == set(numbers)


async def test_before_shows_the_picture_without_mask_and_boxes(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, canvas):
        tinted = shown(canvas, 250, 160)
        at.window.window_actions["mask.show"].trigger()
        plain = shown(canvas, 250, 160)
        at.window.window_actions["mask.show"].trigger()
        assert plain != tinted
        await looked_at(at, page)
        choose_way(page, ViewMode.BEFORE)
        await at.until(lambda: not canvas._result_shown)
        assert shown(canvas, 250, 160) == plain
        at.drag(canvas, [(400, 300), (420, 320)])
        assert shown(canvas, 250, 160) == tinted


async def test_space_enter_and_escape_work_wherever_nothing_is_written(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, canvas):
        await looked_at(at, page)
        QTest.keyClick(page.form.prompt.editor, Qt.Key.Key_Space)
        assert canvas._result_shown
        for widget in (page.settings_panel.feather, page.form.go, page.results._list, canvas):
            widget.setFocus()
            QTest.keyClick(widget, Qt.Key.Key_Space)
            await at.until(lambda: not canvas._result_shown)
            QTest.keyClick(widget, Qt.Key.Key_Space)
            await at.until(lambda: canvas._result_shown)
        assert len(at.parts.worker.jobs()) == 0
        canvas.setFocus()
        QTest.keyPress(canvas, Qt.Key.Key_Space)
        at.drag(canvas, [(300, 200), (320, 210)])
        QTest.keyRelease(canvas, Qt.Key.Key_Space)
        assert canvas._result_shown
        at.click(page.result_view.bar.compare)
        await at.until(page.result_view.pane.isVisible)
        QTest.keyClick(page.result_view.pane.side_by_side.views[0], Qt.Key.Key_Escape)
        assert not page.result_view.pane.isVisible()
        assert page.viewer.number != SOURCE_ID
        canvas.setFocus()
        QTest.keyClick(canvas, Qt.Key.Key_Escape)
        assert page.viewer.number == SOURCE_ID
        assert page.results.current() == SOURCE_ID
        click_result(page, 1)
        canvas.setFocus()
        QTest.keyClick(canvas, Qt.Key.Key_Return)
        await at.until(lambda: len(page.stepping.steps) == 2 and not page.canvas.document.is_locked)


async def test_a_click_on_the_outlined_result_shows_it_again(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, canvas):
        await looked_at(at, page)
        at.drag(canvas, [(400, 300), (500, 350)])
        assert not canvas._result_shown
        click_result(page, 1)
        await at.until(lambda: canvas._result_shown)
        assert page.result_view.bar.chosen() is ViewMode.RESULT


async def test_a_result_says_what_made_it(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, _canvas):
        number = await looked_at(at, page)
        details = await at.parts.library.details(number)
        assert details is not None
        for text in (page.result_view.bar.recipe_label.text(), page.results._list.item(1).toolTip()):
            assert "a moka pot" in text
            assert f"Seed {details.recipe.seed}" in text


async def test_a_result_that_arrives_is_decoded_once_and_shown_without_reading_its_file_again(
    tmp_path: Path, theme: Theme, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded: list[Message] = []

    def noted(source: Path, *, name: Message, **more: Any) -> Picture:
        decoded.append(name)
        return load_picture(source, name=name, **more)

    def fail(*_given: object) -> None:
        raise PictureError("It need not be read.")

    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, canvas):
        with monkeypatch.context() as patched:
            for module in (result_importer, inpainting_module):
                patched.setattr(module, "load_picture", noted)
            patched.setattr(result_versions, "_read_from", fail)
            number = await looked_at(at, page)
        assert decoded == [Message("image.result")]
        (picture,) = await at.parts.library.summaries([number])
        shown_at_once, version = canvas._pyramid, page.viewer._version
        assert version is not None
        assert np.array_equal(version.pixels, load_picture(picture.path).pixels)
        # It is held for the first who asks.
        page.viewer.versions.forget()
        page.viewer.look_at(number)
        await at.until(lambda: canvas._pyramid is not shown_at_once and not page.waiting.is_busy)
        await at.until(lambda: page.message.text() == "")


async def test_a_result_is_on_the_canvas_before_its_file_is_written(
    tmp_path: Path, theme: Theme, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_made, may_keep = Library.keep_made, asyncio.Event()
    problem: list[OSError] = []

    async def keep_later(library: Library, data: bytes, recipe: Recipe) -> PictureSummary:
        await may_keep.wait()
        may_keep.clear()
        if problem:
            raise problem.pop()
        return await keep_made(library, data, recipe)

    monkeypatch.setattr(Library, "keep_made", keep_later)
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, canvas):
        source = canvas._pyramid
        at.click(page.form.go)
        await at.until(lambda: canvas._result_shown)
        # It is seen; nothing can be done with it that needs a picture of the library.
        early = canvas._pyramid
        assert (page.viewer.number, page.results._list.count()) == (SOURCE_ID, 1)
        assert not page.result_view.bar.isVisible()
        # What cannot be kept is not shown any longer, until it is composed again.
        problem.append(OSError(errno.ENOSPC, "full"))
        may_keep.set()
        await at.until(lambda: not canvas._result_shown)
        assert canvas._pyramid is source
        await at.until(lambda: canvas._result_shown and canvas._pyramid is not early)
        early = canvas._pyramid
        may_keep.set()
        (number,) = await at.pictures(1)
        await at.until(lambda: page.viewer.number == number)
        assert canvas._pyramid is early
        assert page.result_view.bar.isVisible()
        # Who paints meanwhile goes on painting.
        page.results.choose(SOURCE_ID)
        at.click(page.form.go)
        await at.until(lambda: canvas._result_shown)
        canvas.set_tool("brush")
        at.drag(canvas, [(100.0, 100.0), (140.0, 100.0)])
        assert canvas._pyramid is source
        send_mouse(canvas, QEvent.Type.MouseButtonPress, on_screen(canvas, 100, 120))
        may_keep.set()
        await at.until(lambda: page.results._list.count() == 3)
        assert (page.viewer.number, canvas._pyramid) == (SOURCE_ID, source)
        send_mouse(canvas, QEvent.Type.MouseButtonRelease, on_screen(canvas, 100, 120))


async def test_the_bar_stays_while_a_new_result_takes_the_place_of_another(
    tmp_path: Path, theme: Theme, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_made, may_keep = Library.keep_made, asyncio.Event()

    async def keep_later(library: Library, data: bytes, recipe: Recipe) -> PictureSummary:
        await may_keep.wait()
        return await keep_made(library, data, recipe)

    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, canvas):
        await looked_at(at, page)
        bar, first = page.result_view.bar, canvas._pyramid
        # Until the bar is laid out, the button has its short label.
        settle()
        hidden = EventCount(bar, QEvent.Type.Hide)
        place = bar.apply.mapTo(at.window, QPoint(0, 0))
        monkeypatch.setattr(Library, "keep_made", keep_later)
        await at.until(lambda: not page.form._submit_guard.isActive())
        at.click(page.form.go)
        await at.until(lambda: canvas._pyramid is not first and canvas._result_shown)
        # What is seen isn't in the library yet: nothing can be applied, but nothing goes away either.
        assert page.viewer.number == SOURCE_ID
        assert bar.isVisible()
        assert not bar.apply.isEnabled()
        may_keep.set()
        number = (await at.pictures(2))[-1]
        await at.until(lambda: page.viewer.number == number)
        assert bar.apply.isEnabled()
        assert bar.apply.mapTo(at.window, QPoint(0, 0)) == place
        assert hidden.count == 0
        # Who goes on painting meanwhile leaves the result, and the bar with it.
        may_keep.clear()
        shown_before = canvas._pyramid
        await at.until(lambda: not page.form._submit_guard.isActive())
        at.click(page.form.go)
        await at.until(lambda: canvas._pyramid is not shown_before)
        canvas.set_tool("brush")
        at.drag(canvas, [(100.0, 100.0), (140.0, 100.0)])
        assert not bar.isVisible()
        may_keep.set()
        await at.until(lambda: page.results._list.count() == 4)
        assert (page.viewer.number, bar.isVisible()) == (SOURCE_ID, False)


class EventCount(QObject):
    """Counts the events of one kind that a widget gets."""

    def __init__(self, watched: QWidget, kind: QEvent.Type) -> None:
        super().__init__(watched)
        self.count, self._kind = 0, kind
        watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        self.count += event.type() == self._kind
        return super().eventFilter(watched, event)


async def test_what_was_odd_about_a_result_is_not_said_over_another_picture(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, canvas):
        at.order("work:unchanged")
        await looked_at(at, page)
        await at.until(lambda: "came back unchanged" in page.message.text())
        click_result(page, 0)
        assert page.message.text() == ""
        click_result(page, 1)
        await at.until(lambda: "came back unchanged" in page.message.text())
        at.drop(canvas, [photos / "astronaut.png"])
        await at.until(lambda: canvas.document.size == (512, 512))
        await at.until(lambda: page.message.text() == "")


async def test_what_went_wrong_with_a_result_is_not_said_over_another_one(
    tmp_path: Path, theme: Theme, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, _canvas):
        number = await looked_at(at, page)
        looking = page.viewer
        asked, go_on, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

        def fail_with(error: Exception) -> Callable[..., Awaitable[ResultVersion]]:
            async def fail(*_arguments: object) -> ResultVersion:
                asked.set()
                try:
                    await go_on.wait()
                except asyncio.CancelledError:
                    # It may fail although it is wanted no longer.
                    await asyncio.sleep(0)
                ended.set()
                raise error

            return fail

        async def is_quiet() -> bool:
            """Fail only once the source is viewed."""
            await at.until(asked.is_set)
            looking.look_at(SOURCE_ID)
            go_on.set()
            await at.until(lambda: ended.is_set() and not looking._at_work)
            await asyncio.sleep(0)
            for event in (asked, go_on, ended):
                event.clear()
            return page.message.text() == ""

        monkeypatch.setattr(looking.versions, "as_it_came", fail_with(MissingError("It is gone.")))
        choose_way(page, ViewMode.RAW)
        assert await is_quiet()
        monkeypatch.setattr(looking.versions, "version", fail_with(PictureError("It is damaged.")))
        looking.look_at(number)
        page.settings_panel.feather.setValue(36)
        assert await is_quiet()
        looking.comparison.open([SOURCE_ID, number])
        assert await is_quiet()


async def test_an_extended_result_is_compared_in_its_place(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, _canvas):
        at.window.window_actions["mask.clear"].trigger()
        page.session.settings.set_margins(Margins(40, 24, 80, 0))
        await looked_at(at, page)
        page.result_view.pane.set_mode(CompareWay.DIFFERENCE)
        at.click(page.result_view.bar.compare)
        await at.until(lambda: page.result_view.pane._found is not None)
        found = page.result_view.pane._found
        assert found is not None
        assert not found[2].resized
        assert not found[2].values[24:424, 40:640].any()


async def test_commands_act_on_the_result_that_is_looked_at(
    tmp_path: Path, theme: Theme, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, canvas):
        number = await looked_at(at, page)
        exported: list[int] = []
        start = ExportDialog._start

        def started(dialog: ExportDialog, numbers: list[int]) -> None:
            exported.extend(numbers)
            start(dialog, numbers)

        monkeypatch.setattr(ExportDialog, "_start", started)
        at.window.window_actions["file.export"].trigger()
        await at.until(lambda: exported == [number])
        hard = shown(canvas, *EDGE)
        page.settings_panel.feather.setValue(36)
        await at.until(lambda: shown(canvas, *EDGE) != hard)
        at.window.window_actions["file.export"].trigger()
        await at.until(lambda: len(exported) == 2)
        details = await at.parts.library.details(exported[1])
        assert details is not None
        assert details.recipe.plan is not None
        assert details.recipe.plan.settings.feather == 36
        at.window.window_actions["file.export"].trigger()
        await at.until(lambda: len(exported) == 3)
        assert exported[2] == exported[1]
        menus: list[list[str]] = []
        monkeypatch.setattr(QMenu, "popup", lambda menu, _at: menus.append([a.text() for a in menu.actions()]))
        strip = page.results._list
        strip.customContextMenuRequested.emit(strip.visualItemRect(strip.item(1)).center())
        await at.until(lambda: bool(menus))
        assert "Reuse" in menus[0]


async def at_rest(at: Driver, canvas: MaskCanvas) -> None:
    """Wait until the layout of a new window has settled: bars are measured once more after they are styled."""
    calm, last = 0, (canvas.mapTo(at.window, QPoint(0, 0)), canvas.geometry())
    while calm < 10:
        await asyncio.sleep(0.02)
        moved = canvas.mapTo(at.window, QPoint(0, 0)), canvas.geometry()
        calm, last = (calm + 1, last) if moved == last else (0, moved)


async def test_nothing_moves_when_a_result_comes(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, canvas):
        await at.until(lambda: not page.form._submit_guard.isActive())
        await at_rest(at, canvas)
        before = canvas.mapTo(at.window, QPoint(0, 0)), canvas.size()
        at.order("work:unchanged")
        at.click(page.form.go)
        await at.until(lambda: at.window.strip.counts() != (0, 0))
        assert (canvas.mapTo(at.window, QPoint(0, 0)), canvas.size()) == before
        await at.until(lambda: canvas._result_shown)
        await at.until(lambda: bool(page.message.text()))
        await asyncio.sleep(0.1)
        assert (canvas.mapTo(at.window, QPoint(0, 0)), canvas.size()) == before


async def test_an_extension_is_undone_by_itself_and_brought_into_sight(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, canvas):
        canvas.zoom_to(1.3)
        at.window.window_actions.tool("extend").trigger()
        at.drag(canvas, [(600, 200), (680, 200)])
        at.drag(canvas, [(680, 200), (900, 200)])
        grown = page.session.settings.margins
        assert grown.right > 80
        area = canvas.viewport_state.rect_to_widget(canvas.extend_guides.area())
        assert canvas.rect().toRectF().contains(area)
        await at.until(lambda: f"of {600 + grown.right} × 400" in page.facts._selected.text())
        stack = canvas.document.undo_stack
        assert stack.undoText() == "Extend"
        canvas.setFocus()
        QTest.keyClick(canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert page.session.settings.margins == Margins(0, 0, 80, 0)
        QTest.keyClick(canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert page.session.settings.margins == Margins()
        assert canvas.document.mask.any()
        page.settings_panel.ratio.setCurrentText("1:1")
        page.settings_panel.ratio.activated.emit(page.settings_panel.ratio.currentIndex())
        assert page.settings_panel.ratio.currentText() == "1:1"
        assert page.session.settings.margins == Margins(0, 100, 0, 100)
        QTest.keyClick(canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert page.session.settings.margins == Margins()
        assert page.settings_panel.ratio.currentIndex() == 0


def is_in_sight(part: QWidget) -> bool:
    return not part.visibleRegion().isEmpty()


async def test_all_that_decides_the_result_is_in_sight_in_the_smallest_window(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with opened(tmp_path, theme, size=(1024, 700), at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        canvas.set_tool("rectangle")
        at.drag(canvas, [(200, 120), (300, 200)])
        page = at.window.inpaint
        choose(page, SendMode.ONLY_MASKED)
        page.settings_panel.each.setChecked(True)
        page.form.seed.set_value(2147483647)
        await at.until(lambda: page.facts._export.text() != "—")
        settle()
        panel = page.settings_panel
        edit = page.form.seed.edit
        for part in (
            panel.mode,
            panel.context,
            panel.feather,
            panel.tone,
            panel.each,
            panel.ratio,
            edit,
            page.form.count,
        ):
            await at.until(partial(is_in_sight, part))
            # Where the screen's scale is a fraction, an edge may fall inside one of its pixels.
            seen = part.visibleRegion().boundingRect()
            if not at.window.devicePixelRatioF().is_integer() and seen.height() == part.height() - 1:
                seen.setHeight(part.height())
            assert seen == part.rect(), part.accessibleName()
        assert edit.fontMetrics().horizontalAdvance(edit.text()) <= edit.width() - 4
        assert page.facts._export.height() >= page.facts._export.heightForWidth(page.facts._export.width())


async def test_the_bar_says_at_once_what_made_the_result_that_is_looked_at(
    tmp_path: Path, theme: Theme, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, _canvas):
        await looked_at(at, page)
        at.type(page.form.prompt.editor, "a silver spoon")
        await looked_at(at, page, 2)
        words = page.result_view.bar.recipe_label
        await at.until(lambda: "a silver spoon" in words.text())
        # Reading the pixels of a large result takes seconds.
        release = asyncio.Event()

        async def slow(*_given: object) -> None:
            await release.wait()
            raise PictureError("Given up.")

        page.viewer.versions.forget()
        monkeypatch.setattr(page.viewer.versions, "version", slow)
        click_result(page, 1)
        assert "a silver spoon" not in words.text()
        await at.until(lambda: "a moka pot" in words.text())
        release.set()


async def test_a_seam_wider_than_half_the_mask_is_said_and_narrowed(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, _canvas):
        message = page.facts.message
        page.settings_panel.feather.setValue(40)
        await at.until(lambda: page.estimator._known.is_set())
        await at.until(lambda: message.text() == "")
        page.settings_panel.feather.setValue(55)
        await at.until(lambda: "wider than half the mask" in message.text())
        assert page.settings_panel._feather_words.property("tone") == "caution"
        (use,) = message._buttons
        at.click(use)
        await at.until(lambda: page.estimator._known.is_set())
        assert page.settings_panel.feather.value() == 40
        assert message.text() == ""
        assert page.settings_panel._feather_words.property("tone") == "muted"
