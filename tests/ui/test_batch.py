"""The batch preview in the real window: from the tab's request to a running batch."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest

from imagineart_desktop.batches.plan import IMAGES, read_recipe
from imagineart_desktop.fal import ServiceKind
from imagineart_desktop.jobs import BatchState
from imagineart_desktop.library import import_pictures
from imagineart_desktop.models import Task, format_dollars
from imagineart_desktop.ui.batch.dialog import BatchDialog
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.workspace.batch_table import Column
from tests.batches.batch_fixtures import write_image
from tests.ui.window_driver import Driver, opened


async def preview(at: Driver) -> BatchDialog:
    """Open the preview, and wait until its rows are there."""
    at.window.window_actions["job.batch"].trigger()
    await at.until(lambda: at.window.batches.dialog is not None and at.window.batches.dialog.isVisible())
    dialog = at.window.batches.dialog
    assert dialog is not None
    await at.until(lambda: dialog.draft.is_current)
    return dialog


def shown(dialog: BatchDialog, column: Column) -> list[str]:
    model = dialog.table.model()
    return [str(model.index(row, column).data()) for row in range(model.rowCount())]


async def test_a_batch_is_composed_previewed_and_run(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        folder = at.parts.library.files.root / "wildcards"
        folder.mkdir()
        (folder / "surfaces.txt").write_text("oak\nwet slate\n")
        form = at.window.generate.form
        at.type(form.prompt.editor, "A {red|teal} cup on __surfaces__")
        form.draft.set_fields({"resolution": "1K"})
        dialog = await preview(at)
        assert dialog.controls.count_line.text() == "2 × 2 = 4 prompts"
        assert shown(dialog, Column.PROMPT) == [
            "A red cup on oak",
            "A red cup on wet slate",
            "A teal cup on oak",
            "A teal cup on wet slate",
        ]
        prompt = dialog.controls.prompt
        assert dialog.focusWidget() is prompt.editor
        assert len(prompt.editor.extraSelections()) == 2
        prompt.editor.moveCursor(QTextCursor.MoveOperation.End)
        QTest.keyClicks(prompt.editor, ", __su")
        await at.until(lambda: prompt.completer.is_open)
        QTest.keyClick(prompt.editor, Qt.Key.Key_Escape)
        assert dialog.isVisible()
        prompt.set_text("A {red|teal} cup on __surfaces__")
        await at.until(lambda: len(dialog.draft.preview.rows) == 4)
        vary = dialog.controls.vary
        assert "Aspect ratio" in vary.fields().values()
        vary.add("aspect_ratio")
        vary.toggle("aspect_ratio", "16:9", True)
        await at.until(lambda: len(dialog.draft.preview.rows) == 8)
        await at.until(lambda: dialog.draft.is_current)
        assert shown(dialog, Column.VARIED)[:2] == ["1:1", "16:9"]
        assert dialog.heading.text() == "8 requests"
        # A row that is switched off isn't sent, and stays off when the price changes.
        box = dialog.table.model().index(7, Column.ENABLED)
        assert dialog.table.model().setData(box, Qt.CheckState.Unchecked.value, Qt.ItemDataRole.CheckStateRole)
        dialog.table.selectAll()
        for switched_off in (0, 8, 0):
            QTest.keyClick(dialog.table, Qt.Key.Key_Space)
            assert dialog.draft.totals().rows == 8 - switched_off
        header = dialog.table.horizontalHeader()
        for switched_off in (8, 0):
            place = QPoint(header.sectionPosition(Column.ENABLED) + 8, header.height() // 2)
            QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
            assert dialog.draft.totals().rows == 8 - switched_off
        dialog.draft.set_enabled([7], enabled=False)
        at.type(dialog.controls.name, "Cups")
        assert (dialog.run.words(), dialog.total.text(), dialog.amount.text()) == (
            "Run 7 requests",
            "7 images",
            "Free (demo)",
        )
        # Enter in a field sends nothing; the keys that submit a form send it, once.
        for field in (dialog.controls.name, dialog.controls.max_cost):
            QTest.keyClick(field, Qt.Key.Key_Return)
        assert dialog.run.isEnabled()
        QTest.keyClick(dialog.controls.name, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        assert not dialog.run.isEnabled()
        at.click(dialog.run)
        await at.until(lambda: "7 requests added as “Cups”." in at.window.status.text())
        assert not dialog.isVisible()
        await at.pictures(7)
        await at.until(lambda: all(b.state is BatchState.FINISHED for b in at.parts.worker.batches.current()))
        (batch,) = await at.parts.worker.batches.all()
        assert (batch.name, batch.summary.total, batch.summary.done) == ("Cups", 7, 7)
    async with opened(tmp_path, theme) as at:
        dialog = await preview(at)
        assert len(shown(dialog, Column.PROMPT)) == 8
        assert dialog.draft.totals().rows == 7
        dialog.save_recipe(tmp_path / "cups.json")
        await at.until((tmp_path / "cups.json").exists)
        assert read_recipe(tmp_path / "cups.json") == dialog.draft.plan


async def test_selected_images_vary_and_what_is_wrong_is_red_with_its_reason(
    tmp_path: Path, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path, theme, at_once=("edit", "gallery")) as at:
        files = [write_image(tmp_path / name, (64, 40 + place)) for place, name in enumerate(("a.png", "b.png"))]
        await import_pictures(at.parts.library, files)
        at.window.go_to("gallery")
        await at.until(lambda: at.window.gallery.model.rowCount() == 2)
        at.window.gallery.grid.selectAll()
        dialog = await preview(at)
        assert dialog.draft.plan.task is Task.EDIT
        (varied,) = dialog.draft.plan.vary
        assert (varied.name, len(varied.values)) == (IMAGES, 2)
        assert dialog.heading.text() == "2 requests, 2 need attention"
        assert all(text.endswith(".png") for text in shown(dialog, Column.VARIED))
        assert not dialog.run.isEnabled()
        dialog.controls.prompt.set_text("make it blue")
        await at.until(lambda: dialog.draft.totals().rows == 2)
        dialog.controls.prompt.set_text("make it {blue")
        await at.until(lambda: "has no }" in dialog.controls.count_line.text())
        assert shown(dialog, Column.PROMPT) == []
        assert (dialog.nothing.isVisible(), dialog.nothing.title()) == (True, "No requests")
        # No service is connected for these requests: they wait.
        monkeypatch.setattr(at.parts.account, "kind", ServiceKind.LIVE)
        dialog.controls.prompt.set_text("make it {blue|red}")
        await at.until(lambda: dialog.draft.totals().rows == 4)
        total = dialog.draft.totals().amount
        at.window._preferences.daily_budget = total - Decimal("0.01")
        # What the budget refused is asked about only as long as the rows are those.
        at.click(dialog.run)
        await at.until(lambda: "Nothing was sent" in dialog.message.text())
        dialog.draft.set_enabled([0], enabled=False)
        assert dialog.message.text() == ""
        dialog.draft.set_enabled([0], enabled=True)
        dialog.draft.reload()
        assert not dialog.run.isEnabled()
        await at.until(lambda: dialog.run.isEnabled() and dialog.run.words() == "Run the first 3")
        assert dialog.gap_line.text() == "$0.01 more than today’s budget. 3 fit."
        assert dialog.raise_button.isVisible()
        assert dialog.amount.text() == format_dollars(total)
        at.click(dialog.run)
        await at.until(lambda: not dialog.isVisible())
        (batch,) = at.parts.worker.batches.current()
        assert (batch.summary.total, batch.summary.estimate) == (3, total / 4 * 3)
