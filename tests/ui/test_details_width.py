"""No value, however long, makes the details wider than their panel, and nothing that happens elsewhere moves them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QAbstractButton, QFormLayout, QWidget

from imagineart_desktop.library import Imported, Library, Parent
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.ui.widgets import TextBlock
from tests.library.test_library import keep, recipe
from tests.ui.window_driver import Driver, opened, settle

LONG = "W" * 200
_Role = QFormLayout.ItemRole


async def stock(library: Library, tmp_path: Path) -> None:
    kept = [await keep(library, recipe(number)) for number in range(1, 5)]
    inputs = [await library.inputs.keep(one.path.read_bytes()) for one in kept]
    parents = tuple(Parent(role="image", sha256=one.sha256, picture_id=n) for n, one in enumerate(inputs, start=1))
    settings = {"x" * 40: LONG, "a name of several words": "short"}
    imported = Imported(sha256="0" * 64, name=f"{LONG}.png", program="P" * 40, settings=settings)
    await keep(
        library,
        recipe(5, LONG, parents=parents, imported=imported, seed=2**64 - 1, request_id=LONG, endpoint="e" * 100),
    )


async def test_everything_fits_into_the_panel(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        await stock(at.parts.library, tmp_path)
        at.window.go_to("gallery")
        gallery = at.window.gallery
        await at.until(lambda: gallery.model.rowCount() == 5)
        gallery.show_picture(5)
        area = gallery.details._area
        await at.until(lambda: area.isVisible() and area.widget() is not None and _shows(at, LONG))
        page = area.widget()
        assert page is not None
        for width in (480, 340, 300):
            gallery.details.setFixedWidth(width)
            settle()
            assert gallery.details.width() == width
            _assert_fits(page, area.viewport().width())


def _assert_fits(page: QWidget, room: int) -> None:
    assert page.minimumSizeHint().width() <= room
    assert page.width() <= room
    form = next(iter(page.findChildren(QFormLayout)))
    for row in range(form.rowCount()):
        places = [item.geometry() for role in (_Role.LabelRole, _Role.FieldRole) if (item := form.itemAt(row, role))]
        assert places[0].right() < places[1].left()
    for part in page.findChildren(QWidget):
        if part.isVisible():
            right = part.mapTo(page, part.rect().topRight()).x()
            assert right < page.width(), part


def _shows(at: Driver, text: str) -> bool:
    return any(text in block.toPlainText() for block in at.window.gallery.details.findChildren(TextBlock))


async def test_what_happens_elsewhere_moves_nothing_in_the_details(tmp_path: Path, theme: Theme) -> None:
    """Images made from the shown one, and what becomes of its file, change lines; they add none."""
    async with opened(tmp_path, theme, at_once=("gallery",)) as at:
        library, details = at.parts.library, at.window.gallery.details
        made = await keep(library, recipe(1))
        at.window.go_to("gallery")
        await at.until(lambda: at.window.gallery.model.rowCount() == 1)
        at.window.gallery.show_picture(made.id)
        await at.until(lambda: "No images made from this" in _places(details))
        before = _places(details)
        stored = await library.inputs.keep(made.path.read_bytes())
        await keep(library, recipe(2, parents=(Parent(role="image", sha256=stored.sha256, picture_id=made.id),)))
        await at.until(lambda: "→ 1 image made from this" in _places(details))
        after = _places(details)
        assert list(after.values()) == list(before.values())
        made.path.rename(tmp_path / "elsewhere.png")
        await at.until(lambda: {"Locate…", "Remove from library"} <= _places(details).keys())
        lost = _places(details)
        assert {name: place for name, place in lost.items() if name in after} == after


def _places(details: QWidget) -> dict[str, int]:
    """Return how far down each labeled button is, by its label, in order."""
    settle()
    buttons = [one for one in details.findChildren(QAbstractButton) if one.isVisible() and one.text()]
    return {one.text(): one.mapTo(details, QPoint()).y() for one in buttons}
