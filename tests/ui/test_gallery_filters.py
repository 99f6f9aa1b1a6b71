"""Filters chosen by hand write terms of the query language."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QDate, QPoint, QRect
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from imagineart_desktop.library import Library
from imagineart_desktop.library.search.query_parser import parse_query
from imagineart_desktop.ui.gallery.date_range import DateRangeDialog
from imagineart_desktop.ui.gallery.filter_menu import FilterMenu
from imagineart_desktop.ui.gallery.page import GalleryPage
from imagineart_desktop.ui.theme import Theme
from tests.library.test_library import START, keep, recipe
from tests.ui.test_gallery_order import gallery, shown


def filled(page: GalleryPage) -> FilterMenu:
    (menu,) = page.findChildren(FilterMenu)
    menu.aboutToShow.emit()
    return menu


def entries(menu: QMenu) -> list[QAction]:
    found: list[QAction] = []
    for action in menu.actions():
        inner = next((made for made in menu.findChildren(QMenu) if made.menuAction() is action), None)
        found += entries(inner) if inner is not None else [action]
    return found


async def test_every_filter_writes_words_that_are_understood(tmp_path: Path, theme: Theme) -> None:
    async with gallery(tmp_path, theme) as (at, page):
        await at.parts.library.annotations.create_collection("Spring campaign")
        await at.until(lambda: page.side.collection_names() == ["Spring campaign"])
        written = set()
        for place in range(len(entries(filled(page)))):
            page.search.clear()
            action = entries(filled(page))[place]
            if action.isCheckable():
                action.trigger()
                assert parse_query(page.search.text()).problems == ()
                assert parse_query(page.search.text()).conditions
                written.add(page.search.text().partition(":")[0])
        assert written >= {"is", "rating", "kind", "on", "ratio", "width", "cost", "collection", "model", "has"}


async def test_pictures_made_between_two_days(tmp_path: Path, theme: Theme) -> None:
    async with gallery(tmp_path, theme) as (at, page):
        next(action for action in entries(filled(page)) if action.text() == "Between two days…").trigger()
        (dialog,) = page.findChildren(DateRangeDialog)
        local = START.astimezone()
        day = QDate(local.year, local.month, local.day)
        dialog.first.setDate(day.addDays(1))
        dialog.last.setDate(day.addDays(2))
        dialog.apply()
        await at.until(lambda: shown(page) == [])
        page.search.setText(f"after:{day.addDays(-1).toString('yyyy-MM-dd')} cup")
        again = DateRangeDialog(page, page.search.text, page.search.setText)
        assert again.first.date() == day.addDays(-1)
        again.last.setDate(day.addDays(1))
        again.apply()
        await at.until(lambda: shown(page) == [1, 2, 5])


async def test_models_of_imported_pictures_stand_in_the_side_panel(tmp_path: Path, theme: Theme) -> None:
    library = Library(tmp_path / "library")
    made = await keep(library, recipe(300, "a lamp", endpoint="juggernautXL_v9Rundiffusion.safetensors"))
    library.close()
    async with gallery(tmp_path, theme, extra=1) as (at, page):
        await at.until(lambda: page.side.other_program_models() == ["juggernautXL_v9Rundiffusion.safetensors"])
        button = page.side._models["juggernautXL_v9Rundiffusion.safetensors"]
        at.click(button)
        await at.until(lambda: shown(page) == [made.id])
        place = QRect(button.mapTo(page.side, QPoint()), button.size())
        assert page.side.rect().contains(place)
        button.grab()
        assert "juggernautXL_v9Rundiffusion.safetensors" in button.toolTip()
