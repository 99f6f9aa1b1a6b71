"""Lifetime of messages: an error disappears with its cause, a notice after some seconds, and both with their view."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QStackedWidget, QVBoxLayout, QWidget

from imagineart_desktop.resources import resource_path
from imagineart_desktop.support import Progress
from imagineart_desktop.ui.settings.dialog import SettingsDialog
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.ui.widgets import InlineMessage, MessageLifetime, PendingWork
from imagineart_desktop.workspace.mime import ImageSource
from tests.library.test_library import keep, recipe
from tests.ui.test_inpaint_loop import inpainting
from tests.ui.window_driver import Driver, opened, settle
from tests.waiting import until

_PHOTOS = tuple(resource_path("photos", name) for name in ("chelsea.png", "coffee.png", "rocket.jpg", "astronaut.png"))


def views() -> tuple[QStackedWidget, InlineMessage]:
    """Create two views, with a message in the first."""
    stack = QStackedWidget()
    first, second = QWidget(), QWidget()
    message = InlineMessage()
    QVBoxLayout(first).addWidget(message)
    stack.addWidget(first)
    stack.addWidget(second)
    stack.show()
    settle()
    return stack, message


def let_time_pass(life: MessageLifetime, shown: QWidget) -> None:
    """Let the seconds of a notice pass, with the pointer elsewhere, wherever other tests left it."""
    around: QWidget | None = shown
    while around is not None:
        around.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, on=False)
        around = around.parentWidget()
    life.timer.timeout.emit()


def test_a_notice_leaves_after_some_seconds_and_an_error_does_not(theme: Theme) -> None:
    _stack, message = views()
    message.say("Saved.", "info")
    assert message.life.timer.isActive()
    assert 4000 <= message.life.timer.interval() <= 15_000
    let_time_pass(message.life, message)
    assert message.text() == ""
    for tone in ("error", "caution"):
        message.say("The file is damaged.", tone)
        assert not message.life.timer.isActive()
    message.say("Saved.", "info")
    message.say("The file is damaged.")
    assert not message.life.timer.isActive()


async def test_progress_is_shown_again_once_another_sentence_is_closed(theme: Theme) -> None:
    _stack, message = views()
    waiting = PendingWork(message)
    may_end = asyncio.Event()

    async def work(_show: Callable[[Progress], object]) -> None:
        await may_end.wait()

    waited = asyncio.ensure_future(waiting.on("Opening", work))
    await until(lambda: message.text() == "Opening…")
    message.clear()
    await until(lambda: message.text() == "Opening…")
    other = message.say("The file is damaged.")
    waiting._say()
    assert message.text() == "The file is damaged."
    other.close()
    await until(lambda: message.text() == "Opening…")
    may_end.set()
    await waited
    assert message.text() == ""


async def test_work_that_was_canceled_is_not_shown_again_while_it_goes_on_to_its_next_step(theme: Theme) -> None:
    _stack, message = views()
    waiting, progress = PendingWork(message), Progress()
    may_end, next_step = asyncio.Event(), asyncio.Event()

    async def other(_show: Callable[[Progress], object]) -> None:
        await may_end.wait()

    async def work(show: Callable[[Progress], object]) -> str:
        show(progress)
        await next_step.wait()
        return "partial"

    async def canceled() -> asyncio.Task[str | None]:
        task = asyncio.ensure_future(waiting.on("Moving", work, ends=True))
        await until(lambda: message.text() == "Moving…")
        (cancel,) = message._buttons
        cancel.click()
        assert progress.is_cancelled
        assert message.text() == ""
        return task

    alone = await canceled()
    waiting._say()
    assert message.text() == ""
    assert waiting.is_busy
    next_step.set()
    assert await alone == "partial"
    # Other work is shown meanwhile, and stays when the canceled work ends.
    next_step.clear()
    waited = asyncio.ensure_future(waiting.on("Opening", other))
    await until(lambda: message.text() == "Opening…")
    above = await canceled()
    await until(lambda: message.text() == "Opening…")
    next_step.set()
    await above
    assert message.text() == "Opening…"
    may_end.set()
    await waited
    assert message.text() == ""


def test_a_notice_stays_under_the_pointer(theme: Theme) -> None:
    _stack, message = views()
    message.say("Removed.", "info", {"Undo": lambda: None})
    message.setAttribute(Qt.WidgetAttribute.WA_UnderMouse)
    message.life.timer.timeout.emit()
    assert message.text() == "Removed."
    message.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, on=False)
    around = message.parentWidget()
    assert around is not None
    # What would move stays as well.
    around.setAttribute(Qt.WidgetAttribute.WA_UnderMouse)
    message.life.timer.timeout.emit()
    assert message.text() == "Removed."
    let_time_pass(message.life, message)
    assert message.text() == ""


def test_a_notice_that_cannot_be_seen_yet_waits(theme: Theme) -> None:
    stack, message = views()
    stack.setCurrentIndex(1)
    message.say("Saved.", "info")
    assert not message.life.timer.isActive()
    stack.setCurrentIndex(0)
    assert message.life.timer.isActive()


def test_what_is_said_leaves_with_its_view_unless_its_cause_stays(theme: Theme) -> None:
    stack, message = views()
    message.say("The file is damaged.")
    stack.setCurrentIndex(1)
    assert message.text() == ""
    wrong = [True]
    stack.setCurrentIndex(0)
    message.say("The seed is wrong.", holds=lambda: wrong[0])
    stack.setCurrentIndex(1)
    stack.setCurrentIndex(0)
    message.review()
    assert message.text() == "The seed is wrong."
    wrong[0] = False
    message.review()
    assert message.text() == ""


def test_in_a_dialog_a_notice_stays_until_it_is_closed(theme: Theme) -> None:
    dialog = QDialog()
    message = InlineMessage()
    QVBoxLayout(dialog).addWidget(message)
    dialog.show()
    message.say("Copied to a folder.", "info")
    assert not message.life.timer.isActive()
    dialog.close()
    assert message.text() == ""


async def test_what_the_status_bar_says_leaves(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme, at_once=("edit",)) as at:
        window, status = at.window, at.window.status
        kept = await keep(at.parts.library, recipe(1))
        window.go_to("gallery")
        await at.until(lambda: window.gallery.model.rowCount() == 1)

        def says(sentence: str) -> Callable[[], bool]:
            return lambda: status.said.text() == sentence

        window.window_actions["image.edit"].trigger()
        assert says("Select an image first.")()
        window.gallery.grid.choose(kept.id)
        await at.until(says(""))
        window.window_actions["edit.copy"].trigger()
        await at.until(says("Copied 1 image."))
        # The pointer rests on the message, and then elsewhere on the bar, as after a click in a menu above it.
        status.said.setAttribute(Qt.WidgetAttribute.WA_UnderMouse)
        status.life.timer.timeout.emit()
        assert says("Copied 1 image.")()
        status.said.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, on=False)
        status.setAttribute(Qt.WidgetAttribute.WA_UnderMouse)
        status.life.timer.timeout.emit()
        assert says("")()
        window.say("Copied.", lambda: None)
        window.go_to("gallery")
        assert says("Copied.")()
        window.go_to("edit")
        assert says("")()
        assert status.undo.isHidden()


async def test_what_is_said_of_references_leaves_once_it_is_untrue(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme, at_once=("edit",)) as at:
        at.window.go_to("edit")
        references = at.window.edit.references
        at.click(at.window.edit.form.go)
        await at.until(lambda: references.message.text() != "")
        at.drop(references.slots[0], _PHOTOS)
        await at.until(lambda: len(references.list.sizes) == 4)
        await at.until(lambda: references.message.text() == "")
        at.window.edit.add([ImageSource(path=path) for path in _PHOTOS[:1]])
        await at.until(lambda: "up to 4" in references.message.text())
        at.window.go_to("generate")
        at.window.go_to("edit")
        assert "up to 4" in references.message.text()
        references.remove(3)
        assert "up to 4" not in references.message.text()
        assert references.message.text() == ""
        assert references.line.life.timer.isActive()
        let_time_pass(references.line.life, references.line)
        assert references.line.text() == ""


async def test_what_is_said_of_refused_references_leaves_with_the_next_request_or_escape(
    tmp_path: Path, theme: Theme
) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("no image")
    async with opened(tmp_path, theme, at_once=("edit",)) as at:
        at.window.go_to("edit")
        edit = at.window.edit
        message = edit.references.message
        at.drop(edit.references.slots[0], [_PHOTOS[0], letter])
        await at.until(lambda: "letter.txt" in message.text())
        at.type(edit.form.prompt.editor, "a hat")
        assert message.text()
        QTest.keyClick(edit.form.prompt.editor, Qt.Key.Key_Escape)
        assert message.text() == ""
        edit.add([ImageSource(path=letter)])
        await at.until(lambda: "letter.txt" in message.text())
        at.click(edit.form.go)
        await at.until(lambda: message.text() == "")


async def test_what_is_said_of_images_that_were_not_opened_leaves_with_a_stroke_a_request_or_escape(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("no image")
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, canvas):

        async def refuse(*beside: Path) -> None:
            at.drop(canvas, [letter, *beside])
            await at.until(lambda: "letter.txt" in page.message.text())

        await refuse(photos / "chelsea.png")
        assert len(page.stepping.steps) == 2
        await asyncio.sleep(0.1)
        assert "letter.txt" in page.message.text()
        at.drag(canvas, [(100, 100), (200, 120)])
        assert page.message.text() == ""
        await refuse()
        canvas.setFocus()
        QTest.keyClick(canvas, Qt.Key.Key_Escape)
        assert page.message.text() == ""
        await refuse()
        at.type(page.form.prompt.editor, "a spoon")
        at.click(page.form.go)
        await at.until(lambda: page.message.text() == "")


async def test_what_is_wrong_in_a_form_leaves_with_the_field_s_next_value(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme, at_once=("edit",)) as at:
        form = at.window.generate.form
        at.click(form.go)
        await at.until(lambda: form._problems["prompt"].text() != "")
        at.window.go_to("edit")
        at.window.go_to("generate")
        form.count.set_value(3)
        assert form._problems["prompt"].text() != ""
        at.type(form.prompt.editor, "hills")
        assert form._problems["prompt"].text() == ""
        form.show_problem("", "The service takes no such size.")
        form.draft.set_fields({"aspect_ratio": "4:1"})
        assert form.message.text() == ""


async def test_what_is_said_of_a_collection_leaves_with_the_view(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        at.window.go_to("gallery")
        page = at.window.gallery
        page.side.collections.named.emit(0, None, "Spring")
        await at.until(lambda: page.side.collection_names() == ["Spring"])
        page.side.collections.named.emit(0, None, "Spring")
        await at.until(lambda: page.message.text() != "")
        page.side._counts["favourites"].click()
        assert page.message.text() == ""
        page.side.collections.named.emit(0, None, "Spring")
        await at.until(lambda: page.message.text() != "")
        page.side.collections.named.emit(0, None, "Summer")
        await at.until(lambda: page.message.text() == "")


async def test_enter_in_the_account_tests_what_was_entered_there(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        at.window.dialogs.settings()
        (dialog,) = at.window.findChildren(SettingsDialog)
        panel = dialog.account
        settle()
        below = dialog.care.mapTo(dialog, dialog.care.rect().topLeft()).y()
        at.type(panel.key, "not a key")
        QTest.keyClick(panel.key, Qt.Key.Key_Return)
        await at.until(lambda: "looks like id:secret" in panel.message.text())
        settle()
        assert dialog.care.mapTo(dialog, dialog.care.rect().topLeft()).y() == below
        at.type(panel.key, "another")
        assert panel.message.text() == ""
        at.click(panel.way.stops()[1])
        for field in (panel.address, panel.token):
            at.type(panel.address, "http://127.0.0.1:9/api")
            at.type(panel.token, "secret")
            field.setFocus()
            QTest.keyClick(field, Qt.Key.Key_Return)
            await at.until(lambda: "cannot be reached" in panel.message.text())
            assert panel.way.value() == "team"
            panel.message.clear()
        await refused_for_the_way_that_was_left(at, dialog)


async def refused_for_the_way_that_was_left(at: Driver, dialog: SettingsDialog) -> None:
    panel = dialog.account
    QTest.keyClick(panel.token, Qt.Key.Key_Return)
    at.click(panel.way.stops()[0])
    await at.until(panel._use_proxy.isEnabled)
    await at.until(lambda: panel.message.text() == "")
