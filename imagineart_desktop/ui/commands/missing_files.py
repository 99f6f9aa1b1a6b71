"""What the user can do about an image whose file is missing or damaged: locate the file, or remove the image."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QWidget

from imagineart_desktop.library import Library, LibraryError
from imagineart_desktop.library.maintenance.relink import RemovedRows, relink, remove_missing, restore_removed
from imagineart_desktop.support import spawn
from imagineart_desktop.ui.widgets.file_dialogs import FileDialogs, FolderPurpose
from imagineart_desktop.workspace.library_texts import images

ShowMessage = Callable[[str, object], None]
"""Shows a message; the second argument undoes what it reports, or is None."""


class FileRelinker:
    """Locates missing files and removes images without one. say: shows a message in the status bar."""

    def __init__(self, library: Library, window: QWidget, files: FileDialogs, say: ShowMessage) -> None:
        self._files = files
        self._library = library
        self._window = window
        self._say = say

    async def choose(self, numbers: list[int]) -> None:
        """Ask where the file of the first of the images is."""
        (picture,) = await self._library.summaries(numbers[:1])
        self._files.open_file(
            self._window,
            FolderPurpose.LOCATE,
            f"Where is {picture.path.name}?",
            lambda path: spawn(self.take(picture.id, path)),
        )

    async def take(self, number: int, path: Path) -> None:
        """Use this file for the image."""
        try:
            await relink(self._library, number, path)
        except LibraryError as error:
            self._say(str(error), None)
            return
        self._say("File found.", None)

    async def forget(self, numbers: list[int]) -> None:
        """Remove images without a file from the library."""
        forgotten = await remove_missing(self._library, numbers)
        count = len(forgotten.numbers)
        what = f"Removed {images(count)} from the library."
        self._say(what, lambda: spawn(self._remember(forgotten)))

    async def _remember(self, forgotten: RemovedRows) -> None:
        try:
            await restore_removed(self._library, forgotten)
        except LibraryError as error:
            self._say(str(error), None)
