"""References are replaced, removed with undo, enlarged and cleared in place."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, QSizeF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel

from imagineart_desktop.models import (
    IDEOGRAM_UPSCALE,
    IDEOGRAM_V3_REFRAME,
    IDEOGRAM_V3_REMIX,
    IDEOGRAM_V3_REPLACE_BACKGROUND,
    IMAGINEART_20_EDIT,
    FieldKind,
)
from imagineart_desktop.support.wording import format_size
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.ui.widgets import SectionLabel
from imagineart_desktop.workspace.mime import ImageSource
from tests.library.test_library import keep, recipe
from tests.ui.window_driver import Driver, child, opened

NAMES = ("chelsea.png", "coffee.png", "rocket.jpg", "astronaut.png")


async def four(at: Driver, photos: Path) -> None:
    at.window.go_to("edit")
    at.drop(at.window.edit.references.slots[0], [photos / name for name in NAMES])
    await at.until(lambda: len(at.window.edit.references.list.sizes) == 4)


def shas(at: Driver) -> list[str]:
    return [one.sha256 for one in at.window.edit.references.list.state()]


async def test_a_removed_reference_comes_back_by_undo(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("edit",)) as at:
        await four(at, photos)
        references, before = at.window.edit.references, shas(at)
        references.remove(1)
        assert shas(at) == [before[0], *before[2:]]
        assert references.line.text() == "Reference removed."
        at.click(references.line._buttons[0])
        assert shas(at) == before
        assert references.line.text() == references.message.text() == ""
        references.clear()
        assert shas(at) == []
        at.click(references.line._buttons[0])
        assert shas(at) == before
        picture = await keep(at.parts.library, recipe(1))
        at.window.marking.rate([picture.id], 4)
        stack = at.window.marking.undo_stack
        await at.until(stack.canUndo)
        for _ in range(2):
            slot = references.slots[1]
            QTest.mouseClick(slot, Qt.MouseButton.LeftButton, pos=slot._cross().center().toPoint())
        assert shas(at) == [before[0], before[3]]
        undo = at.window.window_actions["mark.undo"]
        at.window.go_to("gallery")
        assert undo.text().startswith("Undo: rate")
        at.window.go_to("edit")
        assert undo.text() == "Undo: remove reference"
        undo.trigger()
        undo.trigger()
        assert shas(at) == before
        assert stack.canUndo()
        assert undo.text().startswith("Undo: rate")


async def test_an_image_dropped_on_a_reference_replaces_it(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("edit",)) as at:
        await four(at, photos)
        references, before = at.window.edit.references, shas(at)
        at.drop(references.slots[1], [photos / "hubble_deep_field.jpg"])
        await at.until(lambda: references.line.text() == "Reference replaced.")
        assert (shas(at)[0], shas(at)[2:]) == (before[0], before[2:])
        assert shas(at)[1] not in before
        # The cross is repainted when the pointer comes and goes.
        assert all(slot.testAttribute(Qt.WidgetAttribute.WA_Hover) for slot in references.slots)
        at.click(references.line._buttons[0])
        assert shas(at) == before
        references.clear()
        references.choose()
        (dialog,) = at.window.findChildren(QFileDialog)
        dialog.filesSelected.emit([str(photos / "coffee.png")])
        dialog.close()
        await at.until(lambda: shas(at) == [before[1]])


async def test_where_there_is_no_room_some_can_be_made(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("edit",)) as at:
        await four(at, photos)
        references, before = at.window.edit.references, shas(at)
        at.window.edit.add([ImageSource(path=photos / "hubble_deep_field.jpg")])
        await at.until(lambda: "You can use up to 4 references." in references.message.text())
        assert [made.text() for made in references.message._buttons] == ["Replace all", "Replace the last"]
        at.click(references.message._buttons[1])
        await at.until(lambda: len(references.list.sizes) == 4 and shas(at)[3] != before[3])
        assert shas(at)[:3] == before[:3]
        at.window.edit.add([ImageSource(path=photos / name) for name in ("coffee.png", "rocket.jpg")])
        await at.until(lambda: references.message.isVisible() and len(references.message._buttons) == 2)
        at.click(references.message._buttons[0])
        await at.until(lambda: shas(at) == before[1:3])
        await at.until(lambda: references.message.text() == "")


async def test_an_empty_page_asks_for_no_prompt_where_the_model_takes_none(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with opened(tmp_path, theme, at_once=("edit",)) as at:
        page = at.window.edit
        labels = child(page.references, SectionLabel).findChildren(QLabel)
        assert [label.text() for label in labels] == ["REFERENCE IMAGES", "Up to 4"]
        page.draft.set_model(IDEOGRAM_V3_REFRAME)
        assert [label.text() for label in labels] == ["IMAGE", ""]
        assert page._empty.title() == "Edit an image"
        page.add([ImageSource(path=photos / "coffee.png")])
        await at.until(lambda: page._empty.title() == "Ready to edit")
        page.draft.set_model(IDEOGRAM_V3_REMIX)
        assert page._empty.title() == "Describe the change"
        page.draft.set_model(IDEOGRAM_UPSCALE)
        assert page._empty.title() == "Ready to edit", "its prompt is optional"


async def test_a_click_shows_a_reference_large(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("edit",)) as at:
        await four(at, photos)
        page = at.window.edit
        QTest.mouseClick(page.references.slots[1], Qt.MouseButton.LeftButton, pos=QPoint(30, 50))
        await at.until(lambda: page.results.view.has_picture)
        assert page.results._stack.currentWidget() is page.results.loupe
        assert not page.results.loupe.bar.commands["file.export"].isEnabled()
        assert not page.results.loupe.bar.compare.isChecked()
        assert not page.results.loupe.marks.isVisible()
        page.references.slots[2].setFocus()
        QTest.keyClick(page.references.slots[2], Qt.Key.Key_Space)
        await at.until(lambda: page.results.view.viewport_state.picture == QSizeF(*page.references.list.sizes[2]))


async def test_every_file_that_is_refused_is_named(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("edit",)) as at:
        at.window.go_to("edit")
        bad = [tmp_path / name for name in ("one.png", "two.png")]
        for path in bad:
            path.write_bytes(b"no picture")
        references = at.window.edit.references
        at.drop(references.slots[0], [bad[0], photos / "coffee.png", bad[1]])
        await at.until(lambda: "two.png" in references.message.text())
        assert "one.png" in references.message.text()
        assert len(references.list.sizes) == 1


async def test_the_references_say_what_the_model_does_with_them(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("edit",)) as at:
        page = at.window.edit
        note = page.references._heading._note
        assert note.text() == "Up to 4"
        await four(at, photos)
        page.draft.set_model(IDEOGRAM_V3_REMIX)
        assert note.text() == "Up to 1"
        # They stay, but what the model takes is said before anything is sent.
        assert page.references.message.text() == "Ideogram V3 Remix takes 1 reference. Remove 3."
        page.draft.set_model(IDEOGRAM_V3_REPLACE_BACKGROUND)
        page.draft.set_prompt("a beach")
        page.submit()
        await at.until(lambda: "takes 1 image; remove 3." in page.form.message.text())
        assert at.parts.worker.jobs() == []
        for _ in range(3):
            page.references.remove(1)
        assert page.references.message.text() == ""
        assert note.text() == "Sets the size"
        page.submit()
        (picture,) = await at.parts.library.summaries(await at.pictures(1))
        assert picture.model is IDEOGRAM_V3_REPLACE_BACKGROUND


async def test_only_one_file_is_asked_for_where_one_reference_is_taken(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme, at_once=("edit",)) as at:
        page = at.window.edit
        for model, title, mode in (
            (IMAGINEART_20_EDIT, "Add references", QFileDialog.FileMode.ExistingFiles),
            (IDEOGRAM_V3_REMIX, "Add reference", QFileDialog.FileMode.ExistingFile),
        ):
            page.draft.set_model(model)
            page.references.choose()
            dialog = at.window.findChildren(QFileDialog)[-1]
            assert (dialog.windowTitle(), dialog.fileMode()) == (title, mode)
            dialog.close()
            dialog.deleteLater()


async def test_references_are_counted_against_the_size_that_a_model_takes(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    limit = (photos / "coffee.png").stat().st_size * 3 // 2
    fields = tuple(
        field.model_copy(update={"max_bytes": limit}) if field.kind is FieldKind.PICTURES else field
        for field in IMAGINEART_20_EDIT.fields
    )
    async with opened(tmp_path, theme, at_once=("edit",)) as at:
        page = at.window.edit
        page.draft.set_model(IMAGINEART_20_EDIT.model_copy(update={"fields": fields, "label": "Small Edit"}))
        assert page.references._heading._note.text() == f"Up to 4 · {format_size(limit)} in total"
        at.drop(page.references.slots[0], [photos / "coffee.png", photos / "chelsea.png", photos / "coffee.png"])
        await at.until(lambda: "in total" in page.references.message.text())
        assert f"limited to {format_size(limit)} in total" in page.references.message.text()
        assert len(page.references.list.items) < 3
