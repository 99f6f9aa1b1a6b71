"""Whatever is shown in the gallery has its room."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea, QLineEdit, QPushButton

from imagineart_desktop.library import Library
from imagineart_desktop.ui.gallery.marks_editor import LabelDots
from imagineart_desktop.ui.theme import Theme, ThemeMode, tokens
from tests.library.test_library import keep, recipe
from tests.ui.test_gallery_order import gallery


async def test_long_unbroken_text_leaves_everything_in_the_details(tmp_path: Path, theme: Theme) -> None:
    library = Library(tmp_path / "library")
    made = await keep(library, recipe(300, "x" * 400, request_id="0123456789abcdef" * 6))
    await library.organise.tag([made.id], ["y" * 90])
    library.close()
    async with gallery(tmp_path, theme, extra=1) as (at, page):
        page.grid.choose(made.id)
        await at.until(lambda: any(dots.isVisible() for dots in page.details.findChildren(LabelDots)))
        (area,) = (made for made in page.details.findChildren(QAbstractScrollArea) if made.parent() is page.details)
        right = area.viewport().mapToGlobal(QPoint(area.viewport().width(), 0)).x()
        inside = area.findChildren(LabelDots) + area.findChildren(QPushButton) + area.findChildren(QLineEdit)
        assert len(inside) > 8
        for widget in inside:
            assert widget.mapToGlobal(QPoint(widget.width(), 0)).x() <= right, widget


@pytest.mark.parametrize("mode", [ThemeMode.DARK, ThemeMode.LIGHT])
async def test_completions_are_readable_and_wide_enough(tmp_path: Path, theme: Theme, mode: ThemeMode) -> None:
    async with gallery(tmp_path, theme) as (at, page):
        theme.set_mode(mode)
        page.search.setFocus()
        QTest.keyClicks(page.search, "mo")
        popup = page.search._popup
        await at.until(popup.isVisible)
        assert popup.viewport().width() >= popup.sizeHintForColumn(0)
        assert popup.verticalScrollBar().maximum() == 0
        seen = popup.grab().toImage()
        ground = QColor(tokens().field)
        assert seen.pixelColor(seen.width() - 12, 10) == ground
        text = QColor(tokens().text)
        row = popup.visualRect(popup.model().index(1, 0)).translated(popup.viewport().pos())
        nearest = min(
            abs(seen.pixelColor(x, row.center().y()).lightness() - text.lightness())
            for x in range(row.left(), row.right())
        )
        assert nearest < 40


async def test_the_name_of_a_new_collection_is_seen_whole(tmp_path: Path, theme: Theme) -> None:
    async with gallery(tmp_path, theme) as (_at, page):
        page.side.collections.add_new(None)
        (editor,) = (made for made in page.side.collections.findChildren(QLineEdit) if made.isVisible())
        assert editor.height() - 4 >= editor.fontMetrics().height()
        assert editor.width() >= editor.fontMetrics().horizontalAdvance("New collection")
        QTest.keyClick(editor, Qt.Key.Key_Escape)
