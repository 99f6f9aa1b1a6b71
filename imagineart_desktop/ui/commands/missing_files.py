"""The way on where a picture's file is gone or damaged: show where it lies, or forget the picture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QWidget

from imagineart_desktop.library import FileState, Library, LibraryError, PictureSummary
from imagineart_desktop.library.maintenance.relink import Forgotten, forget_missing, locate, remember
from imagineart_desktop.support import spawn
from imagineart_desktop.ui.widgets.file_dialogs import FileDialogs, Purpose
from imagineart_desktop.workspace.library_texts import images

Say = Callable[[str, object], None]
"""A sentence, and what undoes it (or None)."""


def words_for(picture: PictureSummary) -> dict[str, str]:
    """Commands for a picture whose file is not as it should be, and their words."""
    if picture.state is FileState.MISSING:
        return {"locate": "Locate…", "forget": "Remove from library"}
    return {"locate": "Locate…"} if picture.state is FileState.DAMAGED else {}


class MissingFiles:
    """say: for the status bar."""

    def __init__(self, library: Library, window: QWidget, files: FileDialogs, say: Say) -> None:
        self._files = files
        self._library = library
        self._window = window
        self._say = say

    async def choose(self, numbers: list[int]) -> None:
        """Asks where the file of the first of the pictures lies."""
        (picture,) = await self._library.summaries(numbers[:1])
        self._files.open_file(
            self._window,
            Purpose.LOCATE,
            f"Where is {picture.path.name}?",
            lambda path: spawn(self.take(picture.id, path)),
        )

    async def take(self, number: int, path: Path) -> None:
        """This is the file of the picture."""
        try:
            await locate(self._library, number, path)
        except LibraryError as error:
            self._say(str(error), None)
            return
        self._say("File found.", None)

    async def forget(self, numbers: list[int]) -> None:
        """Pictures without a file leave the library."""
        forgotten = await forget_missing(self._library, numbers)
        count = len(forgotten.numbers)
        what = f"Removed {images(count)} from the library."
        self._say(what, lambda: spawn(self._remember(forgotten)))

    async def _remember(self, forgotten: Forgotten) -> None:
        try:
            await remember(self._library, forgotten)
        except LibraryError as error:
            self._say(str(error), None)
