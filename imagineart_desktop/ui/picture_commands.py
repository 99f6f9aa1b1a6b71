"""What can be done with any picture anywhere: one menu, one place that carries it out."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QPoint, QProcess, QUrl, Signal
from PySide6.QtGui import QClipboard, QDesktopServices, QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from imagineart_desktop.library import Library, LibraryError, PictureSummary
from imagineart_desktop.ui.gallery.model import mime_of
from imagineart_desktop.ui.loop import spawn

MENU: tuple[tuple[str, str] | None, ...] = (
    ("open", "Open"),
    ("edit", "Send to Edit"),
    ("inpaint", "Send to Inpaint"),
    ("reference", "Use as reference"),
    ("reuse", "Reuse settings"),
    None,
    ("copy", "Copy"),
    ("save", "Save as…"),
    ("folder", "Show in folder"),
    None,
    ("favourite", "Favourite"),
    ("trash", "Move to trash"),
)
_TRASH_MENU = (("restore", "Restore"), ("folder", "Show in folder"))


class PictureCommands(QObject):
    """Carries out picture commands; those that lead to another tab are signals."""

    open_wanted = Signal(int)
    edit_wanted = Signal(list)
    inpaint_wanted = Signal(int)
    reuse_wanted = Signal(int)
    said = Signal(str, object)
    """A sentence for the status bar, and what undoes it (or None)."""

    def __init__(self, library: Library, window: QWidget) -> None:
        super().__init__(window)
        self._library = library
        self._window = window

    def show_menu(self, numbers: list[int], at: QPoint) -> None:
        """The menu for these pictures."""
        spawn(self._show_menu(numbers, at))

    def run(self, command: str, numbers: list[int]) -> None:
        """Carries out a command for these pictures; the first counts where only one can."""
        if not numbers:
            return
        navigation: dict[str, Callable[[], object]] = {
            "open": lambda: self.open_wanted.emit(numbers[0]),
            "edit": lambda: self.edit_wanted.emit(numbers),
            "reference": lambda: self.edit_wanted.emit(numbers),
            "inpaint": lambda: self.inpaint_wanted.emit(numbers[0]),
            "reuse": lambda: self.reuse_wanted.emit(numbers[0]),
        }
        if command in navigation:
            navigation[command]()
            return
        work = {
            "copy": self._copy,
            "save": self._save,
            "folder": self._show_in_folder,
            "favourite": self._favourite,
            "trash": self._trash,
            "restore": self._restore,
        }[command]
        spawn(self._guarded(work(numbers)))

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except (LibraryError, OSError) as error:
            self.said.emit(str(error), None)

    async def _show_menu(self, numbers: list[int], at: QPoint) -> None:
        found = await self._library.details(numbers[0])
        menu = QMenu(self._window)
        entries = _TRASH_MENU if found is not None and found.trashed else MENU
        for entry in entries:
            if entry is None:
                menu.addSeparator()
                continue
            command, word = entry
            if command == "favourite" and found is not None and found.summary.favourite:
                word = "No longer a favourite"
            menu.addAction(word, lambda command=command: self.run(command, numbers))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)

    async def _copy(self, numbers: list[int]) -> None:
        pictures = await self._library.summaries(numbers)
        mime = mime_of(pictures)
        if len(pictures) == 1:
            image = await asyncio.to_thread(QImage, str(pictures[0].path))
            if not image.isNull():
                mime.setImageData(image)
        QGuiApplication.clipboard().setMimeData(mime, QClipboard.Mode.Clipboard)
        self.said.emit("Copied." if len(pictures) == 1 else f"{len(pictures)} pictures copied.", None)

    async def _save(self, numbers: list[int]) -> None:
        pictures = await self._library.summaries(numbers)
        if len(pictures) == 1:
            dialog = QFileDialog(self._window, "Save picture", pictures[0].path.name)
            dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        else:
            dialog = QFileDialog(self._window, "Save pictures into a folder")
            dialog.setFileMode(QFileDialog.FileMode.Directory)
        chosen: asyncio.Future[Path | None] = asyncio.get_running_loop().create_future()
        dialog.finished.connect(
            lambda accepted: chosen.set_result(Path(dialog.selectedFiles()[0]) if accepted else None)
        )
        dialog.open()
        target = await chosen
        dialog.deleteLater()
        if target is not None:
            await self.save_to(pictures, target)

    async def save_to(self, pictures: list[PictureSummary], target: Path) -> None:
        """Copies one picture to a file, several into a folder. Raises OSError."""

        def copy() -> None:
            for picture in pictures:
                place = target / picture.path.name if len(pictures) > 1 else target
                if not place.suffix:
                    place = place.with_suffix(picture.path.suffix)
                shutil.copyfile(picture.path, place)

        await asyncio.to_thread(copy)
        self.said.emit(f"Saved to {target}.", None)

    async def _show_in_folder(self, numbers: list[int]) -> None:
        (picture,) = await self._library.summaries(numbers[:1])
        if sys.platform == "win32":
            QProcess.startDetached("explorer", ["/select,", str(picture.path)])
        elif sys.platform == "darwin":
            QProcess.startDetached("open", ["-R", str(picture.path)])
        else:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(picture.path.parent)))

    async def _favourite(self, numbers: list[int]) -> None:
        pictures = await self._library.summaries(numbers)
        value = not all(picture.favourite for picture in pictures)
        await self._library.set_favourite(numbers, value)

    async def _trash(self, numbers: list[int]) -> None:
        await self._library.trash(numbers)
        what = "Moved to the trash." if len(numbers) == 1 else f"{len(numbers)} pictures moved to the trash."
        self.said.emit(what, lambda: self.run("restore", numbers))

    async def _restore(self, numbers: list[int]) -> None:
        await self._library.restore(numbers)
        self.said.emit("Restored." if len(numbers) == 1 else f"{len(numbers)} pictures restored.", None)
