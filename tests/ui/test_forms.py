"""Forms show what the chosen model knows; seeds and counts stay in range; prompts stay as typed."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from imagineart_desktop.models import BUILT_IN, IMAGINEART_15_PRO, IMAGINEART_20, MAX_SEED, list_price
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.ui.widgets import SeedField
from imagineart_desktop.ui.widgets.segmented import RatioButton
from imagineart_desktop.workspace.seed import SeedMode
from tests.ui.widgets.test_numbers import taken
from tests.ui.window_driver import opened


async def test_only_what_the_model_knows_is_shown_and_common_values_stay(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        form = at.window.generate.form
        form.draft.set_fields({"aspect_ratio": "3:2", "resolution": "1K"})
        assert set(form.draft.fields()) == {"prompt", "aspect_ratio", "resolution", "reasoning"}
        form.draft.set_model(IMAGINEART_15_PRO)
        assert form.draft.fields() == {"prompt": form.prompt.text(), "aspect_ratio": "3:2", "negative_prompt": ""}
        assert form._price.right.text() == "$0.045"
        form.draft.set_model(IMAGINEART_20)
        assert form.draft.fields()["resolution"] == "1K"
        assert "1024 × 683" in form._controls["aspect_ratio"]._heading._note.text()  # type: ignore[attr-defined]


async def test_edit_has_no_seed_and_inpaint_has_style_and_magic_prompt(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme, at_once=("edit", "inpaint")) as at:
        assert at.window.edit.form._seed_row._seed_column.isHidden()
        assert set(at.window.inpaint.form.draft.fields()) == {"prompt", "style", "expand_prompt"}


async def test_ratio_tiles_by_keyboard(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        tiles = at.window.generate.form._controls["aspect_ratio"]._tiles  # type: ignore[attr-defined]
        assert tiles.value() == "1:1"
        QTest.keyClick(tiles, Qt.Key.Key_Right)
        assert tiles.value() == "16:9"
        QTest.keyClick(tiles, Qt.Key.Key_Down)
        assert tiles.value() == "5:4"


async def test_seeds_never_leave_their_range(theme: Theme) -> None:
    field = SeedField()
    assert field.value() is None
    for typed in ("abc", "-5", "0"):
        field.edit.clear()
        QTest.keyClicks(field.edit, typed)
        assert field.value() in (None, 5)
    field.edit.clear()
    QTest.keyClicks(field.edit, "99999999999999999999")
    value = field.value()
    assert value is None or value <= MAX_SEED
    field.set_value(2**63)
    assert field.value() is None
    field.set_value(7)
    assert field.mode is SeedMode.LOCKED
    assert taken(field, 3) == [7, 8, 9]
    assert field.value() == 7
    field.set_value(7, SeedMode.INCREMENT)
    assert taken(field, 2) == [7, 8]
    assert field.value() == 9
    field.set_value(MAX_SEED, SeedMode.INCREMENT)
    assert taken(field, 2) == [MAX_SEED, 1]
    field.set_value(None)
    assert len(set(taken(field, 8))) == 8


async def test_prompts_stay_exactly_as_pasted(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        prompt = at.window.generate.form.prompt
        for text in ("🦊 zażółć\n  two  spaces ", "שלום", "x" * 100_000, "tab\there"):
            prompt.editor.clear()
            QGuiApplication.clipboard().setText(text)
            prompt.editor.paste()
            assert prompt.text() == text
        at.click(at.window.generate.form.go)
        prompt.editor.clear()
        prompt.editor.insertPlainText("y" * 20_001)
        at.click(at.window.generate.form.go)
        problem = at.window.generate.form._problems["prompt"]
        await at.until(lambda: "the limit is 20,000" in problem.text())
        assert len(prompt.text()) == 20_001


async def test_limits_are_said_while_one_types(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        form = at.window.generate.form
        form.prompt.editor.setPlainText("x" * 19_000)
        note = form.prompt._heading._note
        assert (note.text(), note.property("tone")) == ("19,000 of 20,000 characters", "small caution")
        assert not form._problems["prompt"].text()
        form.prompt.editor.setPlainText("x" * 20_001)
        assert "20,001 characters long" in form._problems["prompt"].text()
        assert (note.text(), note.property("tone")) == ("1 over 20,000 characters", "small error")
        form.prompt.editor.setPlainText("short")
        assert not form._problems["prompt"].text()
        assert (note.text(), note.property("tone")) == ("1 word, 5 characters", "small")
        form.count.setFocus()
        QTest.keyClick(form.count, Qt.Key.Key_9)
        assert form.count.value() == 1
        assert form._problems["count"].text() == "You can make 1 to 8 images at once."
        QTest.keyClick(form.count, Qt.Key.Key_3)
        assert form.count.value() == 3
        assert not form._problems["count"].text()


async def test_ratios_say_their_pixels_and_models_their_price(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        form = at.window.generate.form
        tips = {tile.ratio: tile.toolTip() for tile in form.findChildren(RatioButton)}
        assert tips["1:1"] == "1:1: about 2048 × 2048 pixels"
        form.draft.set_fields({"resolution": "1K", "aspect_ratio": "4:1"})
        assert {tile.ratio: tile.toolTip() for tile in form.findChildren(RatioButton)}["1:1"].endswith("1024 pixels")
        assert form.model_picker.box.toolTip().startswith("ImagineArt 2.0 Preview · from $0.03 per image · ")
        assert all(model.note for model in BUILT_IN)
        prices = [list_price(model) for model in BUILT_IN]
        assert prices == [
            *("from $0.03", "$0.045", "$0.03", "from $0.03", "from $0.03"),
            *("from $0.05", "$0.08", "from $0.03", "from $0.008", "from $0.03", "from $0.03"),
            *("from $0.03", "$0.01", "unknown", "$0.03"),
        ]
