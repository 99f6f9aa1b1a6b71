"""File dialogs: opened in the current tab, in the folder last used for the purpose, with the image's name."""

from __future__ import annotations

import shutil
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from imagineart_desktop.ui.theme import Theme
from tests.ui.window_driver import Driver, opened, settle

CTRL = Qt.KeyboardModifier.ControlModifier


def dialog(at: Driver) -> QFileDialog:
    return next(made for made in at.window.findChildren(QFileDialog) if made.isVisible())


async def ask(at: Driver, action: str) -> QFileDialog:
    at.window.window_actions[action].trigger()
    await at.until(lambda: any(made.isVisible() for made in at.window.findChildren(QFileDialog)))
    return dialog(at)


def choose(made: QFileDialog, path: Path) -> None:
    made.filesSelected.emit([str(path)])
    made.fileSelected.emit(str(path))
    made.close()
    settle()


async def test_each_purpose_has_its_folder(tmp_path: Path, theme: Theme, photos: Path) -> None:
    folders = {name: tmp_path / name for name in ("references", "masks")}
    for folder in folders.values():
        folder.mkdir()
    reference = Path(shutil.copy(photos / "coffee.png", folders["references"]))
    root = tmp_path / "root"
    async with opened(root, theme, at_once=("edit", "inpaint")) as at:
        window = at.window
        window.go_to("edit")
        QTest.keyClick(window, Qt.Key.Key_O, CTRL)
        await at.until(lambda: window.findChildren(QFileDialog))
        assert window._tab() == "edit"
        choose(dialog(at), reference)
        await at.until(lambda: len(window.edit.references.list.sizes) == 1)
        assert window._tab() == "edit"

        window.go_to("gallery")
        (await ask(at, "file.open")).reject()
        settle()
        assert window._tab() == "gallery"
        choose(await ask(at, "file.open"), photos / "chelsea.png")
        await at.until(lambda: window.inpaint.has_picture)
        assert window._tab() == "inpaint"

        made = await ask(at, "mask.save")
        assert [Path(path).name for path in made.selectedFiles()] == ["chelsea-mask.png"]
        choose(made, folders["masks"] / "of-a-cat.png")
        await at.until((folders["masks"] / "of-a-cat.png").is_file)
        made = await ask(at, "mask.save")
        # Like systems' own dialogs, which label the types their way.
        made.setNameFilters(["PNG files"])
        choose(made, folders["masks"] / "of-another.png")
        await at.until((folders["masks"] / "of-another.png").is_file)
        made = await ask(at, "mask.load")
        assert Path(made.directory().absolutePath()) == folders["masks"]
        made.reject()
    async with opened(root, theme, at_once=("edit", "inpaint")) as at:
        at.window.go_to("edit")
        made = await ask(at, "file.open")
        assert Path(made.directory().absolutePath()) == folders["references"]
        made.reject()
        folders["references"].rename(tmp_path / "elsewhere")
        settle()
        made = await ask(at, "file.open")
        assert Path(made.directory().absolutePath()).is_dir()
        made.reject()
