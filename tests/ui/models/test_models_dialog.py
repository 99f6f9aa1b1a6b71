"""The list of models in the window: what is changed there is followed everywhere at once, and nothing typed is lost."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QPushButton

from imagineart_desktop.demo import FAST_TIMING, DemoServer
from imagineart_desktop.fal import Hosts
from imagineart_desktop.models import (
    BUILT_IN,
    IDEOGRAM_V3,
    IDEOGRAM_V3_REPLACE_BACKGROUND,
    IMAGINEART_15_PRO,
    IMAGINEART_20,
    FieldKind,
    FieldSpec,
    ModelRegistry,
    ModelSpec,
    Task,
)
from imagineart_desktop.models.added_models import load_models
from imagineart_desktop.models.arrangement import arrangement_file
from imagineart_desktop.models.openapi import propose, read_document
from imagineart_desktop.models.price_rule import FixedPrice
from imagineart_desktop.places import AppPaths
from imagineart_desktop.ui.forms.request_form import RequestForm
from imagineart_desktop.ui.models.dialog import ModelsDialog
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.workspace.added_models import change_arrangement, save_model
from imagineart_desktop.workspace.language import date_text
from tests.library.test_library import keep, recipe
from tests.ui.window_driver import Driver, child, opened, settle

DOCUMENTS = Path(__file__).parents[2] / "models" / "openapi" / "documents"
LORA = "fal-ai/flux-lora"


def model(name: str = "flux_lora") -> ModelSpec:
    return propose(read_document((DOCUMENTS / f"{name}.json").read_bytes())).spec()


def add_before_start(root: Path) -> None:
    save_model(AppPaths.below(root).models, model())


def dialog(at: Driver) -> ModelsDialog:
    at.window.window_actions["file.models"].trigger()
    return child(at.window, ModelsDialog)


def offered(form: RequestForm) -> list[str]:
    box = form.model_picker.box
    return [box.itemText(place) for place in range(box.count())]


async def test_the_list_is_reached_from_a_form_and_shows_what_is_known(tmp_path: Path, theme: Theme) -> None:
    add_before_start(tmp_path)
    async with opened(tmp_path, theme) as at:
        at.click(at.window.generate.form.model_picker.list_button)
        shown = child(at.window, ModelsDialog)
        assert shown.isVisible()
        shown.table.choose(LORA)
        item = shown.table.currentItem()
        assert [item.text(column) for column in range(1, 6)] == ["Flux LoRA", "Generate", "Unknown", "Added", LORA]
        assert shown.remove_button.isEnabled()
        shown.table.choose(IDEOGRAM_V3_REPLACE_BACKGROUND.endpoint)
        assert shown.table.currentItem().text(2) == "Edit, Replace background"
        shown.table.choose(IMAGINEART_20.endpoint)
        assert not shown.remove_button.isEnabled()
        assert not shown.up_button.isEnabled()


async def test_stars_order_and_hiding_are_followed_by_every_form_and_kept(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme, at_once=("edit", "inpaint")) as at:
        shown, form = dialog(at), at.window.generate.form
        first, second, *_ = offered(form)
        shown.table.choose(IDEOGRAM_V3.endpoint)
        at.click(shown.star_button)
        await at.until(lambda: offered(form)[0] == IDEOGRAM_V3.label)
        assert shown.star_button.text() == "Remove star"
        assert form.draft.model == IMAGINEART_20
        shown.table.choose(IMAGINEART_20.endpoint)
        at.click(shown.down_button)
        await at.until(lambda: offered(form)[1:3] == [second, first])
        shown.table.choose(IMAGINEART_15_PRO.endpoint)
        at.click(shown.hide_button)
        await at.until(lambda: second not in offered(form))
        assert shown.hide_button.text() == "Show"
        for hidden in [each.endpoint for each in at.parts.library.models.for_task(Task.INPAINT)][:-1]:
            shown.table.choose(hidden)
            at.click(shown.hide_button)
            await at.until(partial(at.parts.library.models.is_hidden, hidden))
        (left,) = at.parts.library.models.offered_for(Task.INPAINT)
        shown.table.choose(left.endpoint)
        at.click(shown.hide_button)
        await at.until(shown.message.text)
        assert shown.message.text() == f"{left.label} is the only model in Inpaint. Add or show another one first."
    async with opened(tmp_path, theme) as at:
        assert offered(at.window.generate.form)[:2] == [IDEOGRAM_V3.label, first]


async def test_a_name_is_edited_in_place_and_what_is_being_typed_stays(tmp_path: Path, theme: Theme) -> None:
    add_before_start(tmp_path)
    async with opened(tmp_path, theme) as at:
        form = at.window.generate.form
        form.draft.set_model(at.parts.library.models.get(LORA))
        form.prompt.set_text("a cup")
        editor = child(form._controls["loras"], QPlainTextEdit)
        editor.setPlainText('[{"path": ')
        shown = dialog(at)
        shown.table.choose(LORA)
        at.click(shown.rename_button)
        field = child(shown.table, QLineEdit)
        field.setText("  My <b>model</b> ")
        QTest.keyClick(field, Qt.Key.Key_Return)
        await at.until(lambda: form.draft.model.label == "My <b>model</b>")
        assert form.model_picker.box.currentText() == "My <b>model</b>"
        assert child(form._controls["loras"], QPlainTextEdit) is editor
        assert (editor.toPlainText(), form.prompt.text()) == ('[{"path": ', "a cup")
        shown.table.rename()
        field = child(shown.table, QLineEdit)
        field.clear()
        QTest.keyClick(field, Qt.Key.Key_Return)
        await at.until(lambda: form.draft.model.label == "Flux LoRA")


async def test_a_name_that_is_typed_survives_a_change_by_a_command(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        shown = dialog(at)
        shown.table.choose(IMAGINEART_15_PRO.endpoint)
        at.click(shown.rename_button)
        child(shown.table, QLineEdit).setText("Half a na")
        change_arrangement(AppPaths.below(tmp_path).models, lambda now: now.with_starred(IDEOGRAM_V3.endpoint, True))
        await shown._models.reload()
        assert next(iter(at.parts.library.models)) == IDEOGRAM_V3
        settle()
        field = child(shown.table, QLineEdit)
        QTest.keyClicks(field, "me")
        QTest.keyClick(field, Qt.Key.Key_Return)
        await at.until(lambda: at.parts.library.models.get(IMAGINEART_15_PRO.endpoint).label == "Half a name")


async def test_a_model_in_use_stays_in_the_form_until_another_is_chosen(tmp_path: Path, theme: Theme) -> None:
    add_before_start(tmp_path)
    async with opened(tmp_path, theme) as at:
        form = at.window.generate.form
        form.draft.set_model(at.parts.library.models.get(LORA))
        form.prompt.set_text("a cup")
        shown = dialog(at)
        shown.table.choose(LORA)
        at.click(shown.hide_button)
        await at.until(lambda: "Hidden from this list" in form.model_picker.box.toolTip())
        at.click(shown.remove_button)
        await at.until(lambda: "No longer offered" in form.model_picker.box.toolTip())
        assert shown.message.text() == "Removed Flux LoRA. Its images and jobs stay."
        assert (form.draft.model.endpoint, form.prompt.text()) == (LORA, "a cup")
        # It still makes an image: the demo knows what the request was made with.
        at.click(form.go)
        (number,) = await at.pictures(1)
        (summary,) = await at.parts.library.summaries([number])
        assert summary.model_label == "Flux LoRA"
        side = at.window.gallery.side
        await at.until(lambda: LORA in side.other_program_models())
        form.draft.set_model(IMAGINEART_15_PRO)
        undo = next(made for made in shown.message.findChildren(QPushButton) if made.text() == "Undo")
        at.click(undo)
        models = at.parts.library.models
        await at.until(lambda: models.find(LORA) is not None and models.is_hidden(LORA))
        assert "Flux LoRA" not in offered(form)
        assert load_models(AppPaths.below(tmp_path).models).get(LORA) == model()


async def test_what_another_program_changed_is_shown_when_the_list_opens(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        await keep(at.parts.library, recipe(1, endpoint=LORA))
        add_before_start(tmp_path)
        dialog(at)
        await at.until(lambda: "Flux LoRA" in offered(at.window.generate.form))
        side = at.window.gallery.side
        await at.until(lambda: LORA in side._models and side._models[LORA].text() == "Flux LoRA")


async def test_a_file_that_was_damaged_meanwhile_is_said_and_kept_aside(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        folder = AppPaths.below(tmp_path).models
        arrangement_file(folder).write_bytes(b"{")
        shown = dialog(at)
        await at.until(shown.message.text)
        assert shown.message.text().endswith("the damaged file is kept as models.damaged-1.json.")
        shown.table.choose(IMAGINEART_15_PRO.endpoint)
        at.click(shown.star_button)
        await at.until(lambda: offered(at.window.generate.form)[0] == IMAGINEART_15_PRO.label)


async def test_an_exported_model_is_the_stored_definition(tmp_path: Path, theme: Theme) -> None:
    add_before_start(tmp_path)
    async with opened(tmp_path, theme) as at:
        shown = dialog(at)
        shown.table.choose(LORA)
        row = shown.table.current()
        assert row is not None
        shown._save(row, tmp_path / "lora.json", "json")
        await at.until(shown.message.text)
        assert shown.message.text() == "Saved Flux LoRA as lora.json. “Add…” takes this file."
        assert json.loads((tmp_path / "lora.json").read_bytes())["endpoint"] == LORA


async def test_hidden_models_are_not_offered_by_the_command_search(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        shown = dialog(at)
        shown.table.choose(IDEOGRAM_V3.endpoint)
        at.click(shown.hide_button)
        await at.until(lambda: at.parts.library.models.is_hidden(IDEOGRAM_V3.endpoint))
        shown.close()
        at.window.window_actions["view.commands"].trigger()
        words = [entry.words for entry in at.window.search._entries if entry.group == "models"]
        assert any(IMAGINEART_20.label in entry for entry in words)
        assert not any(IDEOGRAM_V3.label == entry for entry in words)
        assert any(entry.words.startswith("Models") for entry in at.window.search._entries)


async def test_what_fal_changed_is_listed_and_its_price_and_day_are_shown_everywhere(
    tmp_path: Path, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = {name: getattr(IMAGINEART_15_PRO, name) for name in ModelSpec.model_fields}
    glow = FieldSpec(name="glow", kind=FieldKind.SWITCH, label="Glow", default=False)
    changed = {"price_rule": FixedPrice(amount=Decimal("0.05")), "fields": (*IMAGINEART_15_PRO.fields, glow)}
    served = ModelRegistry([ModelSpec(**{**values, **changed}), *BUILT_IN[:1], *BUILT_IN[2:-1]])
    with DemoServer(tmp_path / "fal", pace=FAST_TIMING, models=served) as fal:
        at_fal = fal.hosts
        hosts = Hosts(at_fal.run, at_fal.queue, at_fal.rest, at_fal.cdn, at_fal.api, at_fal.home)
        monkeypatch.setenv("FAL_KEY", fal.key)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        async with opened(tmp_path, theme, live_hosts=hosts) as at:
            form = at.window.generate.form
            form.draft.set_model(at.parts.library.models.get(IMAGINEART_15_PRO.endpoint))
            await at.until(lambda: form.draft.model.price_rule == FixedPrice(amount=Decimal("0.05")))
            day = date_text(date.today())
            assert f"Price as of {day}" in [label.text() for label in form.findChildren(QLabel)]
            shown = dialog(at)
            height = shown.height()
            at.click(shown.check_button)
            assert not shown.check_button.isEnabled()
            await at.until(shown.check_button.isEnabled)
            settle()
            assert shown.height() - height < shown.changes.height()
            assert shown.message.text() == f"1 model changed, {len(BUILT_IN) - 2} didn’t; 1 couldn’t be checked."
            assert shown.changes.toPlainText().splitlines() == [
                "ImagineArt 1.5 Pro Preview (imagineart/imagineart-1.5-pro-preview/text-to-image)",
                "  New field: glow.",
                f"{BUILT_IN[-1].label} ({BUILT_IN[-1].endpoint})",
                f"  fal.ai has no model “{BUILT_IN[-1].endpoint}”.",
            ]
            shown.table.choose(IMAGINEART_15_PRO.endpoint)
            assert shown.table.currentItem().text(3) == "$0.05"
            assert f"$0.05, as of {day}" in shown.table.currentItem().toolTip(3)
