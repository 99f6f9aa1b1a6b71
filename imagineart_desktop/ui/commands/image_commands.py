"""Commands for images, available everywhere, with one context menu and one place that runs them."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, QPoint, QProcess, QUrl, Signal
from PySide6.QtGui import QAction, QClipboard, QDesktopServices, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QWidget

from imagineart_desktop.imaging import Pixels, load_picture
from imagineart_desktop.library import Collection, Library
from imagineart_desktop.support import ReportProgress, UserError, spawn
from imagineart_desktop.ui.commands.image_menu import ImageMenu, MenuSelection, NoteOf, no_note
from imagineart_desktop.ui.commands.missing_files import FileRelinker
from imagineart_desktop.ui.widgets import PendingWork
from imagineart_desktop.ui.widgets.file_dialogs import FileDialogs
from imagineart_desktop.ui.widgets.image_copier import ClipboardImage, ImageCopier, clipboard_image
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.commands.image_commands import (
    COPY,
    COPY_FILE,
    COPY_SEED,
    FAVORITE,
    RESTORE,
    TRASH,
)
from imagineart_desktop.workspace.gallery.organizer import GalleryCommands
from imagineart_desktop.workspace.gallery.rows import mime_for_pictures
from imagineart_desktop.workspace.library_texts import images

RunForImages = Callable[[list[int]], object]
"""Runs a command for the images with these ids."""

_MAX_OPENED = 5
"""Maximum number of images opened in another program at once."""

_DECODED_SHARE = 0.3
"""Share of the progress of copying a file's image that decoding takes."""


class ImageCommands(QObject):
    """Runs image commands. What a command does is bound to its id, here or where it's implemented."""

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
        self._runs = self._own_commands()
        self.note: NoteOf = no_note
        """Returns what an entry displays beside a command's label."""

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

    def bind(self, command_id: str, run: RunForImages) -> None:
        """Set what a command does. Commands that apply to a single image use the first id."""
        self._runs[command_id] = run

    def run(self, command_id: str, numbers: list[int]) -> None:
        """Run a command for these images."""
        if numbers:
            self._runs[command_id](numbers)

    def _own_commands(self) -> dict[str, RunForImages]:
        work: dict[str, Callable[[list[int]], Coroutine[object, None, None]]] = {
            COPY: self._copy,
            COPY_FILE: self._copy_file,
            COPY_SEED: self._copy_seed,
            "file.open with": self._open_outside,
            "image.folder": self._show_in_folder,
            "image.locate": self.missing.choose,
            "image.forget": self.missing.forget,
        }
        return {
            FAVORITE: self._marking.toggle_favorite,
            TRASH: self._trash,
            RESTORE: self._marking.restore,
            **{command_id: partial(self._start, run) for command_id, run in work.items()},
        }

    def _start(self, work: Callable[[list[int]], Coroutine[object, None, None]], numbers: list[int]) -> None:
        spawn(self._guarded(work(numbers)))

    def _trash(self, numbers: list[int]) -> None:
        self.trashing.emit(numbers)
        self._marking.trash(numbers)

    async def _guarded(self, work: Coroutine[object, None, None]) -> None:
        try:
            await work
        except (UserError, OSError) as error:
            self.said.emit(str(error), None)

    def copy_unsaved(self, command: str, pixels: Pixels, path: Path) -> bool:
        """Copy an image that isn't in the library, as an image or as its file. Return whether that was the command."""
        if command == COPY:
            spawn(self._copy_one(lambda reach: clipboard_image(pixels, reach)))
        elif command == COPY_FILE:
            self._copy_paths([path])
        return command in (COPY, COPY_FILE)

    def copy_input(self, command: str, sha256: str) -> None:
        """Copy an image that's stored as an input, as an image or as its file."""
        spawn(self._guarded(self._copy_input(command, sha256)))

    async def _copy_input(self, command: str, sha256: str) -> None:
        kept = await self._library.inputs.find(sha256)
        if kept is None:
            self.said.emit("The image file is missing.", None)
            return
        if command == COPY:
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
        menu = ImageMenu(self._window, chosen, self._marking, self.run, self._make_collection, self._keys, self.note)
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

    async def _show_in_folder(self, numbers: list[int]) -> None:
        (picture,) = await self._library.summaries(numbers[:1])
        if sys.platform == "win32":
            QProcess.startDetached("explorer", ["/select,", str(picture.path)])
        elif sys.platform == "darwin":
            QProcess.startDetached("open", ["-R", str(picture.path)])
        else:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(picture.path.parent)))


def _copied_file(path: Path, reach: ReportProgress) -> ClipboardImage:
    """Return the image of a file for the clipboard. Raises PictureError, WorkCanceledError."""
    pixels = load_picture(path, reach=lambda share: reach(_DECODED_SHARE * share)).pixels
    return clipboard_image(pixels, lambda share: reach(_DECODED_SHARE + (1 - _DECODED_SHARE) * share))
