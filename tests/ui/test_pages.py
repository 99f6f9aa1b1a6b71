"""Edit, Inpaint and Gallery are built on first use, and then are as if they had always been there."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from imagineart_desktop.imaging import Brush
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.workspace.tool_settings import SavedBrush, ToolSettings
from tests.ui.window_driver import opened, settle


async def test_a_page_is_built_when_it_is_first_used_or_has_something_to_restore(tmp_path: Path, theme: Theme) -> None:
    brush = Brush(size=33)
    async with opened(tmp_path, theme) as at:
        pages = at.window.pages
        assert pages.built == [pages.generate]
        at.type(at.window.generate.form.prompt.editor, "hills")
        await at.window.save()
        at.window.go_to("edit")
        assert pages.built == [pages.generate, pages.edit]
        assert pages.edit.form.go.words() == at.window.generate.form.go.words().replace("Generate", "Edit")
        at.window._preferences.tools = ToolSettings(brush=SavedBrush.of(brush))
    async with opened(tmp_path, theme) as at:
        at.type(at.window.edit.form.prompt.editor, "more snow")
        pages = at.window.pages
        assert pages.deferred_inpaint.built is None
        assert pages.deferred_gallery.built is None
    async with opened(tmp_path, theme, read_only=True) as at:
        pages = at.window.pages
        assert pages.deferred_edit.built is not None
        assert pages.edit.form.prompt.text() == "more snow"
        await pages.complete()
        assert pages.built == [pages.generate, pages.edit, pages.inpaint, pages.gallery]
        assert pages.inpaint.canvas.tool_controller.brush == brush
        for tab in ("edit", "inpaint"):
            at.window.go_to(tab)
            settle()
            form = pages.form(tab)
            assert form is not None
            assert form.isVisible()
            assert not form.go.isEnabled()


async def test_inpaint_without_an_image_gives_the_keys_to_the_button_that_opens_one(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with opened(tmp_path, theme) as at:
        at.window.go_to("inpaint")
        inpaint = at.window.inpaint
        assert at.window.focusWidget() is inpaint._empty.open
        QTest.keyClick(inpaint._empty.open, Qt.Key.Key_L)
        assert at.window.window_actions.tool("lasso").isChecked()
        canvas = await at.on_canvas(photos / "coffee.png")
        at.window.go_to("generate")
        at.window.go_to("inpaint")
        assert at.window.focusWidget() is canvas
