"""Commands for images, available everywhere, with one context menu and one place that runs them."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QMimeData, QObject, QPoint, QProcess, QUrl, Signal
from PySide6.QtGui import QAction, QClipboard, QDesktopServices, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QWidget

from imagineart_desktop.imaging import PictureError, Pixels, load_picture
from imagineart_desktop.library import Collection, Library, LibraryError
from imagineart_desktop.support import ReportProgress, spawn
from imagineart_desktop.ui.commands.image_menu import ImageMenu, MenuSelection
from imagineart_desktop.ui.commands.missing_files import FileRelinker
from imagineart_desktop.ui.widgets import PendingWork
from imagineart_desktop.ui.widgets.file_dialogs import FileDialogs
from imagineart_desktop.ui.widgets.image_copier import ClipboardImage, ImageCopier, clipboard_image
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.gallery.organizer import GalleryCommands
from imagineart_desktop.workspace.gallery.rows import mime_for_pictures
from imagineart_desktop.workspace.library_texts import images

EXPORTING_COMMANDS = frozenset({"copy", "copy file", "export", "sheet", "open with"})
"""Commands that take an image out of the window and leave it unchanged."""

SELECT_FIRST = "Select an image first."
"""Message of a command that needs an image."""

_PARTS = {f"use {part}": part for part in ("prompt", "seed", "size", "references")}

_MAX_OPENED = 5
"""Maximum number of images opened in another program at once."""

_DECODED_SHARE = 0.3
"""Share of the progress of copying a file's image that decoding takes."""


class ImageCommands(QObject):
    """Runs image commands; those that lead to another tab are emitted as signals."""

    open_wanted = Signal(int)
    edit_wanted = Signal(list)
    inpaint_wanted = Signal(int)
    reuse_wanted = Signal(int)
    use_wanted = Signal(int, str)
    """One setting of an image to reuse: prompt, seed, size or references."""
    vary_wanted = Signal(int)
    compare_wanted = Signal(list)
    lineage_wanted = Signal(int)
    export_wanted = Signal(list)
    sheet_wanted = Signal(list)
    log_wanted = Signal(str)
    """The id of the job that made the image."""
    trashing = Signal(list)
    """Emitted when the user moves these images to the trash."""
    said = Signal(str, object)
    """A message for the status bar, and a callback that undoes what it reports, or None."""

    def __init__(
        self,
        library: Library,
        marking: GalleryCommands,
        files: FileDialogs,
        window: QWidget,
        keys: Callable[[str], QKeySequence],
        waiting: PendingWork,
        copier: ImageCopier,
    ) -> None:
        """keys: returns the shortcut of a window action, for menus.

        waiting: shows slow work to the user, who can cancel it.
        """
        super().__init__(window)
        self._library = library
        self._marking = marking
        self._window = window
        self._keys = keys
        self._copier = copier
        self._waiting = waiting
        self.missing = FileRelinker(library, window, files, self.said.emit)

    def show_menu(
        self,
        numbers: list[int],
        at: QPoint,
        around: Collection | None = None,
        *,
        first: Sequence[QAction] = (),
        closed: Callable[[], object] = lambda: None,
    ) -> None:
        """Show the context menu for these images.

        around: the collection in which they're shown; first: actions at the top of the menu; closed: called when it
        closes.
        """
        spawn_owned(self, self._guarded(self._show_menu(numbers, at, around, first, closed)))

    def run(self, command: str, numbers: list[int]) -> None:
        """Run a command for these images; if it applies to only one, for the first."""
        if not numbers:
            return
        at_once: dict[str, Callable[[], object]] = {
            "open": lambda: self.open_wanted.emit(numbers[0]),
            "edit": lambda: self.edit_wanted.emit(numbers),
            "reference": lambda: self.edit_wanted.emit(numbers),
            "inpaint": lambda: self.inpaint_wanted.emit(numbers[0]),
            "reuse": lambda: self.reuse_wanted.emit(numbers[0]),
            "vary": lambda: self.vary_wanted.emit(numbers[0]),
            "compare": lambda: self.compare_wanted.emit(numbers),
            "lineage": lambda: self.lineage_wanted.emit(numbers[0]),
            "export": lambda: self.export_wanted.emit(numbers),
            "sheet": lambda: self.sheet_wanted.emit(numbers),
            "favourite": lambda: self._marking.toggle_favorite(numbers),
            "trash": lambda: self._trash(numbers),
            "restore": lambda: self._marking.restore(numbers),
        }
        if command in _PARTS:
            self.use_wanted.emit(numbers[0], _PARTS[command])
            return
        if command in at_once:
            at_once[command]()
            return
        work = {
            "copy": self._copy,
            "copy file": self._copy_file,
            "copy seed": self._copy_seed,
            "open with": self._open_outside,
            "folder": self._show_in_folder,
            "locate": self.missing.choose,
            "forget": self.missing.forget,
            "log": self._show_log,
        }[command]
        spawn(self._guarded(work(numbers)))

    def _trash(self, numbers: list[int]) -> None:
        self.trashing.emit(numbers)
        self._marking.trash(numbers)

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except (LibraryError, PictureError, OSError) as error:
            self.said.emit(str(error), None)

    def copy_unsaved(self, command: str, pixels: Pixels, path: Path) -> bool:
        """Copy an image that isn't in the library, as an image or as its file. Return whether that was the command."""
        if command == "copy":
            spawn(self._copy_one(lambda reach: clipboard_image(pixels, reach)))
        elif command == "copy file":
            self._copy_paths([path])
        return command in ("copy", "copy file")

    def copy_input(self, command: str, sha256: str) -> None:
        """Copy an image that's stored as an input: "copy" as an image, "copy file" as its file."""
        spawn(self._guarded(self._copy_input(command, sha256)))

    async def _copy_input(self, command: str, sha256: str) -> None:
        kept = await self._library.input(sha256)
        if kept is None:
            self.said.emit("The image file is missing.", None)
            return
        if command == "copy":
            await self._copy_one(partial(_copied_file, kept.path))
        else:
            self._copy_paths([kept.path])

    async def _copy_one(self, make: Callable[[ReportProgress], ClipboardImage], picture_id: int | None = None) -> None:
        if await self._copier.copy(make, self._waiting, picture_id=picture_id):
            self.said.emit("Copied 1 image.", None)

    async def _show_menu(
        self,
        numbers: list[int],
        at: QPoint,
        around: Collection | None,
        first: Sequence[QAction],
        closed: Callable[[], object],
    ) -> None:
        organise = self._library.annotations
        found, collections = await self._library.details(numbers[0]), await organise.collections()
        tags = [name for name, _ in await organise.tags()]
        chosen = MenuSelection(numbers, found, collections, tags, around)
        menu = ImageMenu(self._window, chosen, self._marking, self.run, self._make_collection, self._keys)
        if first:
            top = menu.actions()[0]
            menu.insertActions(top, first)
            menu.insertSeparator(top)
        menu.aboutToHide.connect(closed)
        menu.popup(at)

    def _make_collection(self, name: str, numbers: list[int]) -> None:
        spawn(self._guarded(self._marking.make_collection(name, None, numbers)))

    async def _copy(self, numbers: list[int]) -> None:
        """Copy one image as an image; several, which no clipboard supports, as files."""
        pictures = await self._library.summaries(numbers)
        if len(pictures) == 1:
            await self._copy_one(partial(_copied_file, pictures[0].path), pictures[0].id)
            return
        QGuiApplication.clipboard().setMimeData(mime_for_pictures(pictures), QClipboard.Mode.Clipboard)
        self.said.emit(f"Copied {images(len(pictures))}.", None)

    async def _copy_seed(self, numbers: list[int]) -> None:
        details = await self._library.details(numbers[0])
        if details is not None and details.recipe.seed is not None:
            QGuiApplication.clipboard().setText(str(details.recipe.seed))
            self.said.emit("Seed copied.", None)

    async def _copy_file(self, numbers: list[int]) -> None:
        self._copy_paths([picture.path for picture in await self._library.summaries(numbers)])

    def _copy_paths(self, paths: Sequence[Path]) -> None:
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        QGuiApplication.clipboard().setMimeData(mime, QClipboard.Mode.Clipboard)
        self.said.emit("Copied 1 file." if len(paths) == 1 else f"Copied {len(paths):,} files.", None)

    async def _open_outside(self, numbers: list[int]) -> None:
        for picture in await self._library.summaries(numbers[:_MAX_OPENED]):
            found = await asyncio.to_thread(picture.path.is_file)
            if not found:
                self.said.emit("The file is missing.", None)
            elif not QDesktopServices.openUrl(QUrl.fromLocalFile(str(picture.path))):
                self.said.emit("No app on this computer opens this image.", None)

    async def _show_log(self, numbers: list[int]) -> None:
        details = await self._library.details(numbers[0])
        if details is not None:
            self.log_wanted.emit(details.recipe.job_id)

    async def _show_in_folder(self, numbers: list[int]) -> None:
        (picture,) = await self._library.summaries(numbers[:1])
        if sys.platform == "win32":
            QProcess.startDetached("explorer", ["/select,", str(picture.path)])
        elif sys.platform == "darwin":
            QProcess.startDetached("open", ["-R", str(picture.path)])
        else:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(picture.path.parent)))


def _copied_file(path: Path, reach: ReportProgress) -> ClipboardImage:
    """Return the image of a file for the clipboard. Raises PictureError, WorkCancelledError."""
    pixels = load_picture(path, reach=lambda share: reach(_DECODED_SHARE * share)).pixels
    return clipboard_image(pixels, lambda share: reach(_DECODED_SHARE + (1 - _DECODED_SHARE) * share))
