"""Long work says what it does, can be canceled, and does nothing late for keys pressed meanwhile."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from imagineart_desktop.imaging import (
    FullImage,
    Mask,
    ReadMask,
    Rect,
    encode_full_image,
    encode_grey_png,
    load_picture,
    new_mask,
    normalize_for_upload,
    read_mask,
)
from imagineart_desktop.imaging.mask.mask import fill_holes, remove_small_regions
from imagineart_desktop.imaging.mask.morphology import feather, grow, shrink, smooth
from imagineart_desktop.imaging.mask.selections import smart_select
from imagineart_desktop.jobs import InpaintResultSet, prepare
from imagineart_desktop.library import PictureSummary, Query
from imagineart_desktop.library.recovery import empty_trash, file_copy
from imagineart_desktop.support import Progress, ReportProgress, WorkCanceledError, spawn
from imagineart_desktop.ui.compare import window as compare_window
from imagineart_desktop.ui.inpaint import mask_commands
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.ui.widgets import image_copier
from imagineart_desktop.workspace import reference_list
from imagineart_desktop.workspace.inpaint import result_versions, session_store
from imagineart_desktop.workspace.inpaint.result_viewer import ViewMode
from imagineart_desktop.workspace.mime import ImageSource
from tests.ui.test_export import gallery_with
from tests.ui.test_inpaint_looking import choose_way
from tests.ui.test_inpaint_loop import inpainting, looked_at
from tests.ui.window_driver import opened, settle


async def test_a_request_that_is_being_prepared_says_so_and_is_neither_sent_nor_paid_once_cancelled(
    tmp_path: Path, theme: Theme, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_end, begun = asyncio.Event(), []

    async def held(*values: Any, **named: Any) -> Any:
        begun.append(1)
        await may_end.wait()
        return await prepare(*values, **named)

    monkeypatch.setattr(session_store, "prepare", held)
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, canvas):
        at.click(page.form.go)
        await at.until(lambda: begun and page.message.text() == "Preparing the request…")
        # Nothing beside Cancel seems to end it.
        assert page.message._content.close.isHidden()
        page.form._submit_guard.stop()
        page.submit()
        await at.until(lambda: page.form.message.text() == "Already sending…")
        canvas.setFocus()
        QTest.keyClick(canvas, Qt.Key.Key_Escape)
        await at.until(lambda: not page.waiting.is_busy)
        await at.until(lambda: page.form.message.text() == "")
        may_end.set()
        assert page.message.text() == ""
        page.message.say("Something else", "info")
        assert not page.message._content.close.isHidden()
        await looked_at(at, page)
        assert len(begun) == 2
        assert len({event.job.id for event in at.events}) == 1


async def test_adding_references_and_comparing_say_so_and_can_be_cancelled(
    tmp_path: Path, theme: Theme, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_end, compared = Event(), compare_window._compared

    def held_sendable(*values: Any, **named: Any) -> bytes:
        assert may_end.wait()
        return normalize_for_upload(*values, **named)

    def held_compared(*values: Any) -> Any:
        assert may_end.wait()
        return compared(*values)

    monkeypatch.setattr(reference_list, "normalize_for_upload", held_sendable)
    monkeypatch.setattr(compare_window, "_compared", held_compared)
    async with opened(tmp_path, theme, at_once=("edit",)) as at:
        at.window.go_to("edit")
        added = at.window.edit.references
        added.add([ImageSource(path=photos / "coffee.png"), ImageSource(path=photos / "chelsea.png")])
        settle()
        prompt = at.window.edit.form.prompt
        before = prompt.mapTo(at.window, prompt.rect().topLeft())
        await at.until(lambda: added.line.text() == "Adding the image…")
        settle()
        assert prompt.mapTo(at.window, prompt.rect().topLeft()) == before
        assert [made.text() for made in added.line._buttons] == ["Cancel"]
        assert added.line.rect().contains(added.line._buttons[0].geometry())
        added.waiting.cancel()
        await at.until(lambda: not added.waiting.is_busy)
        numbers = await gallery_with(at, 2)
        at.window.windows.compare(numbers)
        window = at.window.windows.compare_window
        assert window is not None
        await at.until(lambda: window.message.text() == "Opening…")
        window.waiting.cancel()
        await at.until(lambda: not window.waiting.is_busy)
        may_end.set()
        assert (added.line.text(), added.message.text(), window.message.text()) == ("", "", "")
        await window.compare(numbers)
        assert len(window.pane.pictures) == 2
        assert not added.list.items
        added.add([ImageSource(path=photos / "coffee.png")])
        await at.until(lambda: len(added.list.items) == 1)
        window.close()


class Halfway:
    """Work on another thread that waits halfway until it may end or is canceled. begun: how often it began."""

    def __init__(self) -> None:
        self.begun = 0
        self.may_end = Event()
        self.was_cancelled = Event()

    def wait(self, reach: ReportProgress) -> None:
        self.begun += 1
        reach(0.5)
        try:
            while not self.may_end.wait(0.01):
                reach(0.5)
        except WorkCanceledError:
            self.was_cancelled.set()
            raise


async def test_an_operation_on_the_mask_says_how_far_it_is_and_cancelling_leaves_mask_and_history(
    tmp_path: Path, theme: Theme, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    halfway = Halfway()

    def held_feather(mask: Mask, radius: int, reach: ReportProgress) -> Rect:
        mask[:50] = 77
        halfway.wait(reach)
        return feather(mask, radius, reach)

    def held_reading(*values: Any, reach: ReportProgress, **named: Any) -> ReadMask:
        halfway.wait(reach)
        return read_mask(*values, reach=reach, **named)

    monkeypatch.setattr(mask_commands, "feather", held_feather)
    monkeypatch.setattr(mask_commands, "read_mask", held_reading)
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, canvas):
        document, message, actions = canvas.document, page.message, at.window.window_actions
        before, steps = document.mask.copy(), document.undo_stack.count()
        other = new_mask(document.size)
        other[:100] = 255
        file = tmp_path / "mask.png"
        file.write_bytes(encode_grey_png(other))

        def load() -> None:
            monkeypatch.setattr(page.masks._files, "open_file", lambda _widget, _purpose, _title, then: then(file))
            actions["mask.load"].trigger()

        def paste() -> None:
            actions["mask.paste"].trigger()

        QGuiApplication.clipboard().setImage(page.canvas.grab().toImage().scaled(*document.size))

        def says(words: str) -> bool:
            return message.text() == words

        for begin, words in (
            (actions["mask.feather"].trigger, "Applying “Feather”… 42%"),
            (load, "Loading the mask… 42%"),
            (paste, "Pasting the mask… 42%"),
        ):
            halfway.was_cancelled.clear()
            begin()
            await at.until(partial(says, words))
            assert np.array_equal(document.mask, before)
            await at.until(lambda: document.operations.doing)
            # Nothing that is pressed meanwhile is done once it is cancelled.
            actions["mask.invert"].trigger()
            actions["edit.undo"].trigger()
            await at.until(lambda: page.facts.message.text().startswith("“Invert” runs after “"))
            canvas.setFocus()
            QTest.keyClick(canvas, Qt.Key.Key_Escape)
            await at.until(lambda: not document.is_locked and halfway.was_cancelled.is_set())
            settle()
            assert np.array_equal(document.mask, before)
            assert document.undo_stack.count() == steps
            assert (message.text(), page.facts.message.text()) == ("", "")
        halfway.may_end.set()
        load()
        await at.until(lambda: not document.is_locked and np.array_equal(document.mask, other))
        assert document.undo_stack.count() == steps + 1
        document.undo()
        assert np.array_equal(document.mask, before)


async def test_a_request_waits_for_the_operation_on_its_mask(
    tmp_path: Path, theme: Theme, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_end = Event()
    masks: list[Mask] = []

    def slow(mask: Mask) -> Rect:
        assert may_end.wait()
        mask[:20] = 255
        return Rect(0, 0, 600, 20)

    async def noted(source: Path, mask: Mask, *values: Any, **named: Any) -> Any:
        masks.append(mask.copy())
        return await prepare(source, mask, *values, **named)

    monkeypatch.setattr(session_store, "prepare", noted)
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, canvas):
        spawn(canvas.document.operate("Fill", slow))
        await at.until(lambda: canvas.document.is_locked)
        at.click(page.form.go)
        await at.until(lambda: page.message.text() == "Preparing the request…")
        assert not masks
        may_end.set()
        await at.pictures(1)
        assert masks[0][10, 10] == 255


def test_operations_on_large_masks_tell_how_far_they_are() -> None:
    mask = new_mask((60, 5000))
    mask[100:4900, 10:50] = 255
    mask[2000:2100, 25:35] = 0
    pixels = np.dstack([mask] * 3)
    works: tuple[Callable[[ReportProgress], object], ...] = (
        lambda reach: grow(mask.copy(), 5, reach),
        lambda reach: grow(mask.copy(), 30, reach),
        lambda reach: shrink(mask.copy(), 5, reach),
        lambda reach: feather(mask.copy(), 8, reach),
        lambda reach: feather(mask.copy(), 60, reach),
        lambda reach: smooth(mask.copy(), 8, reach),
        lambda reach: remove_small_regions(mask.copy(), 64, reach),
        lambda reach: fill_holes(mask.copy(), None, reach),
        lambda reach: smart_select(mask.copy(), pixels, (5, 90), (55, 4910), reach=reach),
        lambda reach: read_mask(encode_grey_png(mask), (60, 5000), reach=reach),
    )
    for work in works:
        shares: list[float] = []
        work(shares.append)
        assert len(set(shares)) > 2
        assert shares == sorted(shares)
        assert 0 <= shares[0] <= shares[-1] <= 1
        progress = Progress()
        progress.cancel()
        with pytest.raises(WorkCanceledError):
            work(progress.reach)


async def test_composing_another_seam_says_how_far_it_is_goes_back_when_cancelled_and_is_done_once_for_all_who_want_it(
    tmp_path: Path, theme: Theme, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    halfway, made = Halfway(), InpaintResultSet.made

    def held_made(composition: InpaintResultSet, *, reach: ReportProgress, **setting: Any) -> Any:
        halfway.wait(reach)
        return made(composition, reach=reach, **setting)

    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, canvas):
        decoded: list[Path] = []
        monkeypatch.setattr(result_versions, "decode_image", lambda path, **_: decoded.append(path))
        number = await looked_at(at, page)
        # What was just composed is shown as it is, without its file.
        assert not decoded
        monkeypatch.setattr(InpaintResultSet, "made", held_made)
        message, panel, seam = page.message, page.settings_panel, page.settings_panel.feather.value()
        seen = canvas._pyramid

        async def cancelled() -> None:
            canvas.setFocus()
            QTest.keyClick(canvas, Qt.Key.Key_Escape)
            await at.until(lambda: not page.waiting.is_busy and halfway.was_cancelled.is_set())
            settle()
            halfway.was_cancelled.clear()
            assert message.text() == ""
            assert (panel.feather.value(), panel.tone.isChecked(), page.viewer.number) == (seam, False, number)

        # Where the raw result is missing the result stays, and a cancelled seam returns to that.
        raw = await at.parts.library.raw_result_path(number)
        assert raw is not None
        data = raw.read_bytes()
        raw.unlink()
        choose_way(page, ViewMode.RAW)
        await at.until(lambda: page.result_view.bar.chosen() is ViewMode.RESULT and not page.waiting.is_busy)
        raw.write_bytes(data)
        page.message.clear()
        panel.feather.setValue(seam + 20)
        await at.until(lambda: message.text() == "Blending the result… 35%")
        await cancelled()
        assert (page.result_view.bar.chosen(), page.result_view.bar.apply.isEnabled()) == (ViewMode.RESULT, True)
        assert canvas._pyramid is seen
        changes: tuple[Callable[[], object], ...] = (lambda: panel.feather.setValue(seam + 20), panel.tone.click)
        for change in changes:
            change()
            await at.until(lambda: message.text() == "Blending the result… 35%")
            # What is wanted last while it is made goes back as well.
            panel.feather.setValue(seam + 30)
            await cancelled()
            assert canvas._pyramid is seen
        # After a tool was used the source is on the canvas, and the result is still the one that is chosen.
        at.drag(canvas, [(20, 30), (90, 80)])
        source = canvas._pyramid
        assert page.result_view.bar.chosen() is ViewMode.BEFORE
        panel.feather.setValue(seam + 20)
        await at.until(lambda: message.text() == "Blending the result… 35%")
        await cancelled()
        assert page.result_view.bar.chosen() is ViewMode.BEFORE
        assert canvas._pyramid is source
        page.viewer.flip()
        await at.until(lambda: canvas._pyramid is seen)
        at.click(page.result_view.bar.compare)
        await at.until(page.result_view.pane.isVisible)
        panel.feather.setValue(seam + 20)
        await at.until(lambda: message.text() == "Comparing… 35%")
        await cancelled()
        assert page.result_view.pane.isVisible()
        page.viewer.leave()
        halfway.begun = 0
        panel.feather.setValue(seam + 20)
        await at.until(lambda: message.text() == "Blending the result… 35%")
        at.click(page.result_view.bar.apply)
        await at.until(lambda: message.text() == "Applying the result… 10%")
        # Looked at no longer, it is still wanted by Apply.
        QTest.keyClick(canvas, Qt.Key.Key_Space)
        halfway.may_end.set()
        await at.until(lambda: len(page.stepping.steps) == 2 and not canvas.document.is_locked)
        assert halfway.begun == 1


async def test_emptying_the_trash_says_how_far_it_is_and_keeps_what_is_not_removed_when_cancelled(
    tmp_path: Path, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_go_on = Event()

    def system_trash(path: Path) -> None:
        if path.suffix == ".png" and len(list(path.parent.glob("*.png"))) == 2:
            assert may_go_on.wait()
        path.unlink()

    monkeypatch.setattr(empty_trash, "send2trash", system_trash)
    async with opened(tmp_path, theme) as at:
        at.window.go_to("gallery")
        page, library = at.window.gallery, at.parts.library
        numbers = await gallery_with(at, 3)
        await library.trash.put(numbers)
        page.side.choose("trash")
        await at.until(page.trash_bar.empty.isEnabled)
        at.click(page.trash_bar.empty)
        await at.until(lambda: page.message.text().startswith("3 images, "))
        at.click(page.message._buttons[0])
        await at.until(lambda: page.message.text() == "Emptying the trash… 33%")
        (operation,) = library.operations.running
        assert operation.describe() == "Emptying the trash… 33%"
        (cancel,) = page.message._buttons
        at.click(cancel)
        may_go_on.set()
        await at.until(lambda: not page.waiting.is_busy)
        await at.until(
            lambda: at.window.status.said.text() == "Moved 2 images to the system’s trash. 1 image is still in Trash."
        )
        (left,) = [one for number in numbers if (one := await library.details(number))]
        assert left.trashed
        assert left.summary.path.exists()


async def test_moving_many_images_says_how_far_it_is_and_cancelled_or_failed_it_keeps_what_was_moved_undoable(
    tmp_path: Path, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path, theme) as at:
        library, status, page = at.parts.library, at.window.status, at.window.gallery
        numbers = await gallery_with(at, 4)
        may_go_on, move, summaries = asyncio.Event(), library.trash._move, library.summaries
        moved: list[int] = []

        def hold_move(after: int = -1, *, fails: bool = False) -> None:
            async def held_move(picture: PictureSummary, *where: Any) -> None:
                if len(moved) == after and fails:
                    raise OSError(errno.ENOSPC, "No space left on device")
                if len(moved) == after:
                    await may_go_on.wait()
                await move(picture, *where)
                moved.append(picture.id)

            may_go_on.clear()
            moved.clear()
            monkeypatch.setattr(library.trash, "_move", held_move)

        async def held_summaries(numbers: Sequence[int]) -> list[PictureSummary]:
            await may_go_on.wait()
            return await summaries(numbers)

        async def cancelled(words: str) -> None:
            await at.until(lambda: status.said.text() == words)
            at.click(status.undo)
            may_go_on.set()

        async def said(words: str, *trashed: int) -> None:
            await at.until(lambda: status.said.text() == words)
            assert sorted(await library.search(Query(trash=True))) == sorted(trashed)

        hold_move(2)
        at.window.commands.run("image.trash", numbers)
        await cancelled("Moving 4 images to Trash… 50%")
        three = numbers[:3]
        await said("Moved 3 images to Trash.", *three)
        # Before the first of them.
        may_go_on.clear()
        monkeypatch.setattr(library, "summaries", held_summaries)
        at.click(status.undo)
        await cancelled("Undoing…")
        await said("Restored 0 of 3 images.", *three)
        monkeypatch.setattr(library, "summaries", summaries)
        hold_move(1)
        page.marking.undo()
        await at.until(lambda: status.said.text() == "Undoing… 33%")
        (operation,) = library.operations.running
        assert operation.describe() == "Undoing… 33%"
        assert operation.stop is not None
        operation.stop()
        may_go_on.set()
        await said("Restored 2 of 3 images.", three[2])
        assert status.undo.text() == "Continue"
        at.click(status.undo)
        await said("Undone: move 3 images to Trash.")
        hold_move(1, fails=True)
        at.click(status.undo)
        full = "images cannot be moved: the disk is full. Free some space and try again."
        await at.until(lambda: status.said.text() == f"Moved 1 of 3 images to Trash. 2 {full}")
        hold_move()
        at.click(status.undo)
        await said("Redone: move 3 images to Trash.", *three)
        at.click(status.undo)
        await said("Undone: move 3 images to Trash.")
        await at.until(lambda: page.model.rowCount() == 4)
        hold_move(2, fails=True)
        at.window.commands.run("image.trash", numbers)
        await at.until(lambda: status.said.text() == f"Moved 2 images to Trash. 2 {full}")
        await at.until(lambda: page.model.rowCount() == 2)
        hold_move()
        at.click(status.undo)
        await said("Undone: move 2 images to Trash.")


async def test_restoring_a_backup_says_how_far_it_is_and_is_stopped_until_it_cannot_be_taken_back(
    tmp_path: Path, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_go_on, copy_files = Event(), file_copy.copy_files

    def held_copy(source: Path, target: Path, files: list[Path], *more: Any) -> None:
        copy_files(source, target, files, *more)
        assert may_go_on.wait()

    async with opened(tmp_path, theme) as at:
        library = at.parts.library
        numbers = await gallery_with(at, 3)
        at.window.window_actions["file.settings"].trigger()
        settings = at.window.dialogs._settings
        assert settings is not None
        care, work = settings.care, settings.care._work
        await care.copy(tmp_path / "copy")
        (lost,) = await library.summaries(numbers[:1])
        monkeypatch.setattr(empty_trash, "send2trash", Path.unlink)
        await library.trash.put(numbers[:1])
        await library.trash.empty()
        await library.annotations.rate(numbers[1:], 5)
        files = {path for path in library.files.root.rglob("*") if path.is_file()}
        monkeypatch.setattr(file_copy, "_AT_ONCE", 1)
        monkeypatch.setattr(file_copy, "copy_files", held_copy)
        restoring = asyncio.ensure_future(care.restore(tmp_path / "copy"))
        await at.until(lost.path.exists)
        assert work.stop.isVisible()
        at.click(work.stop)
        may_go_on.set()
        await restoring
        assert care.message.text() == "Stopped. The library is as it was."
        assert {path for path in library.files.root.rglob("*") if path.is_file()} == files
        assert await library.search(Query(text="rating:5")) == numbers[:0:-1]
        held, overwrite = asyncio.Event(), library.database.overwrite

        async def held_overwrite(*values: Any) -> None:
            await held.wait()
            await overwrite(*values)

        monkeypatch.setattr(library.database, "overwrite", held_overwrite)
        may_go_on.clear()
        begun: list[list[Path]] = []

        def held_after_the_first(source: Path, target: Path, files: list[Path], *more: Any) -> None:
            assert not begun or may_go_on.wait()
            begun.append(files)
            copy_files(source, target, files, *more)

        monkeypatch.setattr(file_copy, "copy_files", held_after_the_first)
        restoring = asyncio.ensure_future(care.restore(tmp_path / "copy"))
        await at.until(lambda: work.stop.isVisible() and work.count.text())
        may_go_on.set()
        await at.until(lambda: not work.stop.isVisible() and work.progress.isVisible())
        (operation,) = library.operations.running
        assert (operation.describe(), operation.stop) == ("Restoring the library…", None)
        held.set()
        await restoring
        assert not await library.search(Query(text="rating:5"))
        assert lost.path.exists()


async def test_copying_an_image_is_encoded_beforehand_can_be_cancelled_and_never_lands_on_what_is_copied_later(
    tmp_path: Path, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    halfway = Halfway()

    def held_encode(picture: FullImage, reach: ReportProgress) -> bytes:
        halfway.wait(reach)
        return encode_full_image(picture, reach)

    mask_begun, mask_may_end = Event(), Event()

    def held_mask(mask: Mask) -> bytes:
        mask_begun.set()
        mask_may_end.wait()
        return encode_grey_png(mask)

    monkeypatch.setattr(image_copier, "encode_full_image", held_encode)
    monkeypatch.setattr(mask_commands, "encode_grey_png", held_mask)
    async with opened(tmp_path, theme) as at:
        (number,) = await gallery_with(at, 1)
        (picture,) = await at.parts.library.summaries([number])
        clipboard, status, copy = QGuiApplication.clipboard(), at.window.status, at.window.window_actions["edit.copy"]
        clipboard.setText("before")

        async def file_copy() -> None:
            halfway.was_cancelled.clear()
            copy.trigger()
            await at.until(lambda: status.said.text() == "Copying the image… 75%")

        await file_copy()
        assert status.undo.text() == "Cancel"
        at.click(status.undo)
        await at.until(halfway.was_cancelled.is_set)
        await file_copy()
        clipboard.setText("copied later")
        await at.until(halfway.was_cancelled.is_set)
        await at.until(lambda: status.said.text() == "")
        assert clipboard.text() == "copied later"
        halfway.may_end.set()
        copy.trigger()
        await at.until(lambda: status.said.text() == "Copied 1 image.")
        png = bytes(clipboard.mimeData().data("image/png").data())
        assert np.array_equal(load_picture(png).pixels, load_picture(picture.path).pixels)

        # A mask that is copied later takes the place of an image, too.
        at.window.commands.run("image.inpaint", [number])
        page = at.window.pages.inpaint
        await at.until(lambda: page.canvas.pixels is not None)
        halfway.may_end.clear()
        await file_copy()
        at.window.window_actions["mask.copy"].trigger()
        try:
            await at.until(mask_begun.is_set)
            halfway.may_end.set()
            await at.until(lambda: not at.window.commands._waiting.is_busy)
        finally:
            mask_may_end.set()
        await at.until(lambda: not page.waiting.is_busy)
        assert clipboard.mimeData().data("image/png").data() == encode_grey_png(new_mask(picture.size))
        clipboard.clear()
