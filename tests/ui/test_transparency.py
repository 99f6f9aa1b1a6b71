"""Transparent images are shown over the checkerboard everywhere, as on the canvas."""

from __future__ import annotations

from pathlib import Path

from PIL import Image
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QColor, QImage, QPixmap
from PySide6.QtWidgets import QWidget

from imagineart_desktop.imaging import make_thumbnail
from imagineart_desktop.library import Library
from imagineart_desktop.ui.gallery.details import _Preview
from imagineart_desktop.ui.theme import Theme, over_checkerboard, tokens
from imagineart_desktop.workspace.gallery.rows import TRANSPARENT
from tests.library.test_library import recipe
from tests.ui.window_driver import opened, settle


def squares(shown: QWidget | QPixmap, area: QRect) -> set[str]:
    """Return the colors in an area of what is shown, in logical pixels."""
    image = (shown.grab() if isinstance(shown, QWidget) else shown).toImage()
    ratio = image.devicePixelRatio()
    points = [QPoint(x, y) for x in range(area.left(), area.right(), 2) for y in range(area.top(), area.bottom(), 2)]
    return {image.pixelColor(point * ratio).name() for point in points}


def test_a_thumbnail_keeps_transparency(tmp_path: Path) -> None:
    path = tmp_path / "clear.png"
    Image.new("RGBA", (300, 200), (200, 30, 40, 0)).save(path)
    large = make_thumbnail(path, 100)
    for data, width in ((large, 100), (make_thumbnail(large, 50), 50)):
        image = QImage.fromData(data)
        assert image.width() == width
        assert image.pixelColor(5, 5).alpha() == 0
    Image.new("RGBA", (300, 200), (200, 30, 40, 255)).save(path)
    assert make_thumbnail(path, 100).startswith(b"\xff\xd8")


def test_only_transparent_parts_show_the_checkerboard(theme: Theme) -> None:
    image = QImage(64, 64, QImage.Format.Format_ARGB32)
    image.fill(QColor(0, 0, 0, 0))
    board = {tokens().check, tokens().check_other}
    assert squares(over_checkerboard(image, 1), QRect(0, 0, 64, 64)) == board
    image.fill(QColor("#123456"))
    assert squares(over_checkerboard(image, 1), QRect(0, 0, 64, 64)) == {"#123456"}


async def test_the_gallery_and_the_loupe_show_the_checkerboard(tmp_path: Path, theme: Theme) -> None:
    library = Library(tmp_path / "library")
    source = library.files.incoming("a" * 32)
    Image.new("RGBA", (400, 300), (0, 0, 0, 0)).save(source, "PNG")
    made = await library.store_result(source, recipe(1))
    library.close()
    board = {tokens().check, tokens().check_other}
    async with opened(tmp_path, theme, at_once=("gallery",)) as at:
        at.window.go_to("gallery")
        gallery = at.window.gallery
        grid = gallery.grid
        await at.until(
            lambda: gallery.model.rowCount() == 1 and gallery.model.data(gallery.model.index_of(made.id), TRANSPARENT)
        )
        settle()
        cell = grid.visualRect(gallery.model.index_of(made.id))
        middle = QRect(cell.center() - QPoint(20, 20), cell.center() + QPoint(20, 20))
        assert squares(grid.viewport(), middle) == board
        gallery.show_picture(made.id)
        await at.until(lambda: any(one.isVisible() for one in gallery.details.findChildren(_Preview)))
        preview = next(one for one in gallery.details.findChildren(_Preview) if one.isVisible())
        assert squares(preview, QRect(preview.rect().center() - QPoint(20, 20), preview.rect().center())) == board
        gallery.open_loupe(made.id)
        view = gallery.loupe.view
        await at.until(lambda: view.has_picture and view.isVisible())
        center = view.rect().center()
        assert squares(view, QRect(center - QPoint(20, 20), center)) == board
