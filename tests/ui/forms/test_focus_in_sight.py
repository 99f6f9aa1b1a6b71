"""A field that gets the keyboard focus, or is typed in, is scrolled into sight."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QScrollArea, QWidget

from imagineart_desktop.ui.forms.request_form import RequestForm
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.ui.widgets.sight import area_around
from tests.ui.test_canvas_keys import focused
from tests.ui.window_driver import opened, settle

ALT = Qt.KeyboardModifier.AltModifier


def area_of(form: RequestForm) -> QScrollArea:
    area = area_around(form.prompt.editor)
    assert area is not None
    return area


def is_in_sight(widget: QWidget, area: QScrollArea) -> bool:
    settle()
    view = area.viewport()
    return view.rect().contains(QRect(widget.mapTo(view, QPoint()), widget.size()))


async def test_the_prompt_of_edit_comes_into_sight_with_its_keys(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, size=(960, 560), at_once=("edit",)) as at:
        QTest.keyClick(at.window, Qt.Key.Key_2, ALT)
        page = at.window.edit
        names = ("coffee.png", "rocket.jpg", "astronaut.png", "hubble_deep_field.jpg")
        at.drop(page.references.slots[0], [photos / name for name in names])
        await at.until(lambda: len(page.references.list.sizes) == 4)
        settle()
        editor, area = page.form.prompt.editor, area_of(page.form)
        bar = area.verticalScrollBar()
        QTest.keyClick(at.window, Qt.Key.Key_1, ALT)
        bar.setValue(0)
        assert not area.visibleRegion().contains(editor.mapTo(area, editor.rect().bottomLeft()))
        QTest.keyClick(at.window, Qt.Key.Key_2, ALT)
        assert focused(at) is editor
        assert is_in_sight(editor, area)
        bar.setValue(0)
        assert not is_in_sight(editor, area)
        QTest.keyClicks(focused(at), "a")
        assert is_in_sight(editor, area)
        bar.setValue(bar.maximum())
        for _ in range(6):
            QTest.keyClick(focused(at), Qt.Key.Key_Return)
        assert is_in_sight(editor, area)


@pytest.mark.parametrize("tab", ["generate", "edit", "inpaint"])
async def test_a_field_comes_into_sight_but_not_under_the_pointer(tmp_path: Path, theme: Theme, tab: str) -> None:
    async with opened(tmp_path, theme, size=(960, 560), at_once=("edit", "inpaint")) as at:
        at.window.go_to(tab)
        form = at.window.pages.form(tab)
        assert form is not None
        # Lower than any window, so that every form scrolls.
        form.setMaximumHeight(260)
        area, bar = area_of(form), area_of(form).verticalScrollBar()
        settle()
        assert bar.maximum() > 0
        for field, away in ((form.count, bar.minimum()), (form.prompt.editor, bar.maximum())):
            at.window.setFocus()
            bar.setValue(away)
            assert not is_in_sight(field, area)
            field.setFocus(Qt.FocusReason.ShortcutFocusReason)
            assert is_in_sight(field, area)
            bar.setValue(away)
            at.window.setFocus()
            settle()
            QTest.mousePress(field, Qt.MouseButton.LeftButton, pos=QPoint(4, 4))
            settle()
            assert bar.value() == away
            QTest.mouseRelease(field, Qt.MouseButton.LeftButton, pos=QPoint(4, 4))
