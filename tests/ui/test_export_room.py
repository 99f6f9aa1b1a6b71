"""The export dialogs keep room for their messages, and what they say of the next file doesn't concern the last."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QDialog, QPushButton

from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.ui.widgets import InlineMessage
from tests.ui.test_contact_sheet import sheet_of
from tests.ui.test_export import dialog_of, gallery_with
from tests.ui.window_driver import Driver, opened, settle


def places(dialog: QDialog) -> dict[str, QRect]:
    """Return the dialog's size, and where its shown buttons are."""
    settle()
    made = [one for one in dialog.findChildren(QPushButton) if one.isVisible() and one.text()]
    fixed = [one for one in made if not _is_in_message(one)]
    at = {one.text(): QRect(one.mapTo(dialog, QPoint()), one.size()) for one in fixed}
    return at | {"dialog": QRect(QPoint(), dialog.size())}


def _is_in_message(button: QPushButton) -> bool:
    around = button.parentWidget()
    while around is not None and not isinstance(around, InlineMessage):
        around = around.parentWidget()
    return around is not None


async def check(at: Driver, dialog: QDialog, message: InlineMessage, go: QPushButton, busy: Callable[[], bool]) -> None:
    before = places(dialog)
    at.click(go)
    await at.until(busy)
    during = places(dialog)
    assert (during["dialog"], during[go.text()]) == (before["dialog"], before[go.text()])
    await at.until(lambda: not busy() and bool(message.text()))
    assert message.stops()[1].isVisible()
    assert places(dialog) == before
    message.clear()
    assert places(dialog) == before
    # A long one makes the dialog taller, below its buttons.
    message.say("Cup 1 can’t be read. " * 20, actions={"Open folder": lambda: None})
    taller = places(dialog)
    assert taller.pop("dialog").height() > before.pop("dialog").height()
    assert taller == before


@pytest.mark.parametrize("count", [1, 9])
async def test_export_stays_where_it_is_clicked(tmp_path: Path, theme: Theme, count: int) -> None:
    async with opened(tmp_path, theme) as at:
        await gallery_with(at, count)
        dialog = await dialog_of(at, tmp_path / "out")
        at.type(dialog.pattern, "cup_{n}")
        await check(at, dialog, dialog.message, dialog.go, lambda: dialog._working)
        dialog.close()


async def test_create_stays_where_it_is_clicked(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        await gallery_with(at, 5)
        dialog = sheet_of(at, tmp_path / "out")
        await at.until(dialog.go.isEnabled)
        await check(at, dialog, dialog.message, dialog.go, lambda: dialog._working)
        dialog.close()


async def test_the_result_names_what_was_exported_until_something_changes(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        await gallery_with(at, 9)
        dialog = await dialog_of(at, tmp_path / "out")
        at.type(dialog.pattern, "cup_{n}")
        await at.until(lambda: dialog.name.text() == "cup_1.png")
        remark = dialog.remark()
        at.click(dialog.go)
        await at.until(lambda: dialog.message.text().startswith("Exported 9 images"))
        for _ in range(3):
            # Long enough to look for a file of that name.
            await dialog._look_for_clash(dialog.order(), "cup_1.png", -1)
        assert (dialog.name.text(), dialog.remark()) == ("cup_1.png", remark)
        assert dialog.go.isEnabled()
        at.type(dialog.pattern, "cup{n}")
        await at.until(lambda: dialog.name.text() == "cup1.png")
        at.type(dialog.pattern, "cup_{n}")
        await at.until(lambda: dialog.name.text() == "cup_1_2.png")
        assert "already exists" in dialog.remark()
        dialog.open_for(dialog._numbers)
        await at.until(lambda: dialog.name.text() == "cup_1_2.png")
        dialog.close()
