"""Templates are asked for their fields, inserted without losing a word, and changed with undo."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QMenu

from imagineart_desktop.library import Library
from imagineart_desktop.library.store.prompt_file import Template
from imagineart_desktop.ui.prompt.prompt_edit import PromptEdit
from imagineart_desktop.ui.prompt.template_form import TemplateForm
from imagineart_desktop.ui.prompt.templates_popup import TemplatesPopup
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.ui.widgets import TextInputDialog
from imagineart_desktop.ui.widgets.file_dialogs import FileDialogs
from imagineart_desktop.workspace.preferences import Preferences
from tests.ui.window_driver import activate, child, settle
from tests.waiting import until

KETTLE = Template("Kettle", "{{product}} on {{surface}}, soft light", {"surface": ("slate", "oak")})
LIGHT = Template("Light", "morning light")


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    made = Library(tmp_path / "library")
    yield made
    made.close()


async def with_templates(library: Library, tmp_path: Path, typed: str = "") -> tuple[PromptEdit, TemplatesPopup]:
    await library.prompts.set_templates([KETTLE, LIGHT])
    prompt = PromptEdit(library, FileDialogs(Preferences(tmp_path / "settings.ini")))
    prompt.resize(320, 300)
    activate(prompt)
    prompt.editor.setFocus()
    QTest.keyClicks(prompt.editor, typed)
    prompt.show_templates()
    assert prompt.templates is not None
    popup = prompt.templates()
    await until(lambda: popup.templates.rowCount() == 2)
    return prompt, popup


def pick(popup: TemplatesPopup, row: int) -> None:
    popup.choose(popup.templates.index(row))


def names(popup: TemplatesPopup) -> list[str]:
    return [str(popup.templates.index(row).data()) for row in range(popup.templates.rowCount())]


def run(popup: TemplatesPopup, words: str) -> None:
    menu: QMenu = popup.menu()
    next(action for action in menu.actions() if action.text().startswith(words)).trigger()
    menu.close()


async def test_fields_are_asked_for_and_the_values_offered_again(
    theme: Theme, library: Library, tmp_path: Path
) -> None:
    prompt, popup = await with_templates(library, tmp_path, "a red kettle")
    pick(popup, 0)
    form = child(prompt, TemplateForm)
    assert [box.currentText() for box in form.fields.values()] == ["a red kettle", ""]
    assert [form.fields["surface"].itemText(row) for row in (0, 1)] == ["slate", "oak"]
    form.fields["surface"].setCurrentText("linen")
    QTest.keyClick(form.fields["surface"], Qt.Key.Key_Return)
    assert prompt.text() == "a red kettle on linen, soft light"
    QTest.keyClicks(prompt.editor, "!")
    assert prompt.text().endswith("soft light!")
    prompt.editor.undo()
    prompt.editor.undo()
    assert prompt.text() == "a red kettle"

    async def saved() -> tuple[str, ...]:
        return (await library.prompts.templates())[0].values["surface"]

    await until(lambda: popup.templates._all[0] != KETTLE)
    assert await saved() == ("linen", "slate", "oak")


async def test_a_template_beside_what_was_typed_loses_no_word(theme: Theme, library: Library, tmp_path: Path) -> None:
    prompt, popup = await with_templates(library, tmp_path, "a quiet harbor")
    pick(popup, 0)
    form = child(prompt, TemplateForm)
    form.fields["product"].setCurrentText("a 🫖")
    form.insert.click()
    assert prompt.text() == "a quiet harbor, a 🫖 on , soft light"
    QTest.keyClicks(prompt.editor, "oak")
    assert prompt.text() == "a quiet harbor, a 🫖 on oak, soft light"
    pick(popup, 1)
    assert prompt.text() == "a quiet harbor, a 🫖 on oak, morning light, soft light"


async def test_a_prompt_is_saved_renamed_and_deleted_with_undo(theme: Theme, library: Library, tmp_path: Path) -> None:
    prompt, popup = await with_templates(library, tmp_path, "{{thing}} at dawn")
    popup.save.click()
    assert not popup.isVisible()
    dialog = child(prompt, TextInputDialog)
    dialog.field.setText("Dawn")
    QTest.keyClick(dialog.field, Qt.Key.Key_Return)
    settle()
    await until(lambda: names(popup) == ["Dawn", "Kettle", "Light"])
    assert popup.isVisible()
    assert "Dawn" in popup.foot.text()
    assert popup.undo.isHidden()
    run(popup, "Rename")
    dialog = child(prompt, TextInputDialog)
    dialog.field.setText("Morning")
    QTest.keyClick(dialog.field, Qt.Key.Key_Return)
    await until(lambda: names(popup)[0] == "Morning")
    run(popup, "Delete")
    await until(lambda: names(popup) == ["Kettle", "Light"])
    popup.undo.click()
    await until(lambda: names(popup) == ["Morning", "Kettle", "Light"])
    popup.undo.click()
    await until(lambda: names(popup) == ["Dawn", "Kettle", "Light"])
    await until(popup.undo.isHidden)
    QTest.keyClicks(popup.field, "dawn thing")
    await until(lambda: names(popup) == ["Dawn"])
    await until(lambda: not popup.templates.can_undo)


async def test_templates_are_exported_and_imported(theme: Theme, library: Library, tmp_path: Path) -> None:
    prompt, popup = await with_templates(library, tmp_path)
    target = tmp_path / "mine.json"
    run(popup, "Export")
    dialog = child(prompt, QFileDialog)
    dialog.fileSelected.emit(str(target))
    dialog.close()
    settle()
    await until(lambda: "Exported" in popup.foot.text())
    assert [one["name"] for one in json.loads(target.read_bytes())["templates"]] == ["Kettle", "Light"]
    await library.prompts.set_templates([LIGHT])
    run(popup, "Import")
    dialog = child(prompt, QFileDialog)
    dialog.filesSelected.emit([str(target)])
    dialog.close()
    await until(lambda: names(popup) == ["Kettle", "Light"])
    await until(lambda: popup.foot.text() == "Imported 1 template.")
