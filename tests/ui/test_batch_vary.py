"""What varies in a batch, as it's chosen and typed in the preview, without a window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from imagineart_desktop.batches.plan import IMAGES, MODEL
from imagineart_desktop.models import IDEOGRAM_45, IDEOGRAM_V3, IMAGINEART_20, Task
from imagineart_desktop.ui.batch.row_table import RowTable
from imagineart_desktop.ui.batch.vary_rows import VaryRows
from imagineart_desktop.ui.widgets.file_dialogs import FileDialogs
from imagineart_desktop.workspace.batch_draft import BatchDraft, plan_of
from imagineart_desktop.workspace.batch_table import BatchTable, Column
from imagineart_desktop.workspace.preferences import Preferences
from imagineart_desktop.workspace.request_draft import RequestDraft
from tests.batches.batch_fixtures import write_image
from tests.waiting import until
from tests.workspace.test_batch_draft import composing, ready


def values(draft: BatchDraft, name: str) -> list[object]:
    return [value for varied in draft.plan.vary if varied.name == name for value in varied.values]


def rows_of(draft: BatchDraft, root: Path) -> VaryRows:
    return VaryRows(draft, FileDialogs(Preferences(root / "settings.ini")))


async def test_values_are_chosen_in_the_order_in_which_they_are_offered(tmp_path: Path) -> None:
    async with composing(tmp_path) as (draft, _core):
        vary = rows_of(draft, tmp_path)
        assert list(vary.fields().values())[:2] == ["Model", "Aspect ratio"]
        vary.add(MODEL)
        vary.toggle(MODEL, IDEOGRAM_V3.endpoint, True)
        vary.toggle(MODEL, IDEOGRAM_45.endpoint, True)
        assert values(draft, MODEL) == [IMAGINEART_20.endpoint, IDEOGRAM_45.endpoint, IDEOGRAM_V3.endpoint]
        assert vary.rows[MODEL].values.text() == "2.0 · 4.5 · V3"
        vary.toggle(MODEL, IMAGINEART_20.endpoint, False)
        assert values(draft, MODEL) == [IDEOGRAM_45.endpoint, IDEOGRAM_V3.endpoint]
        assert "Model" not in vary.fields().values()
        vary.rows[MODEL].remove.click()
        assert (draft.plan.vary, list(vary.rows)) == ((), [])
        draft.set_model(IDEOGRAM_V3.endpoint)
        vary.add("expand_prompt")
        vary.toggle("expand_prompt", False, True)
        vary.toggle("expand_prompt", True, True)
        assert values(draft, "expand_prompt") == [True, False]


async def test_a_field_begins_to_vary_with_what_it_is_now_and_asks_for_values(tmp_path: Path) -> None:
    async with composing(tmp_path) as (draft, _core):
        assert not draft.plan.fields
        vary = rows_of(draft, tmp_path)
        vary.show()
        vary._show_fields()
        (fields,) = vary.findChildren(QMenu)
        next(action for action in fields.actions() if action.text() == "Aspect ratio").trigger()
        assert values(draft, "aspect_ratio") == ["1:1"]
        await until(lambda: any(menu is not fields for menu in vary.findChildren(QMenu)))
        choice = next(menu for menu in vary.findChildren(QMenu) if menu is not fields)
        assert [action.text() for action in choice.actions() if action.isChecked()] == ["1:1"]


async def test_what_is_typed_becomes_values_of_the_field_or_wrong_rows(tmp_path: Path) -> None:
    async with composing(tmp_path) as (draft, _core):
        draft.set_prompt("a cup")
        vary = rows_of(draft, tmp_path)
        vary.add("seed")
        edit = vary.rows["seed"].edit
        assert edit is not None
        QTest.keyClicks(edit, "7 | 8| |often")
        assert values(draft, "seed") == [7, 8, "often"]
        await ready(draft)
        assert [row.seed for row in draft.preview.rows] == [7, 8, None]
        assert draft.preview.rows[2].problems == ("Seed must be a whole number.",)
        other = rows_of(draft, tmp_path).rows["seed"].edit
        assert other is not None
        assert other.text() == "7 | 8 | often"


async def test_a_folder_of_images_varies(tmp_path: Path) -> None:
    async with composing(tmp_path / "data") as (draft, core):
        draft.set_plan(plan_of(RequestDraft(Task.EDIT, core.library.models)))
        vary = rows_of(draft, tmp_path)
        said: list[str] = []
        vary.failed.connect(said.append)
        vary.take_folder(tmp_path / "gone")
        assert said[0].startswith("The folder can’t be read")
        (tmp_path / "in").mkdir()
        write_image(tmp_path / "in" / "a.png")
        vary.take_folder(tmp_path / "in")
        assert values(draft, IMAGES) == [str(tmp_path / "in" / "a.png")]
        assert vary.rows[IMAGES].values.text() == "1 image"


async def test_why_a_row_is_wrong_has_the_room_of_the_columns_beside_the_prompt(tmp_path: Path) -> None:
    async with composing(tmp_path) as (draft, _core):
        draft.set_prompt("a cup")
        draft.set_varied("aspect_ratio", ["7:5"])
        await ready(draft)
        table = RowTable(BatchTable(draft), draft)
        table.set_tall(tall=True)
        table.resize(560, 120)
        shown = table.viewport().grab().toImage()
        left, ratio = table.columnViewportPosition(Column.SIZE), shown.devicePixelRatio()
        # A wrong row has no size; what is drawn there is the sentence that begins below the prompt.
        cell = shown.copy(round(left * ratio), 0, round(60 * ratio), round(table.rowHeight(0) * ratio))
        assert len({cell.pixel(x, y) for x in range(cell.width()) for y in range(cell.height())}) > 1
