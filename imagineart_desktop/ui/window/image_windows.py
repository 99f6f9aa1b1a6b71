"""Secondary windows for images, loaded and created on first use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from imagineart_desktop.library import Library, LibraryError
from imagineart_desktop.models import is_source
from imagineart_desktop.ui.commands.image_commands import ImageCommands
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.commands.image_commands import COMPARE, OPEN

if TYPE_CHECKING:
    from imagineart_desktop.ui.compare.window import CompareWindow
    from imagineart_desktop.ui.lineage.window import LineageWindow


class ImageWindows(QObject):
    """Handles the image commands that open a separate window."""

    def __init__(self, window: QWidget, library: Library, commands: ImageCommands) -> None:
        super().__init__(window)
        self._window = window
        self._library = library
        self._commands = commands
        self.compare_window: CompareWindow | None = None
        self.lineage_window: LineageWindow | None = None
        commands.bind(COMPARE, self.compare)
        commands.bind("image.lineage", self._lineage_of)

    def compare(self, numbers: list[int]) -> None:
        """Open the comparison of these images; a single one is compared with the image it was made from."""
        if len(numbers) > 1:
            self._compare(numbers)
        else:
            spawn_owned(self, self._compare_with_source(numbers[0]))

    async def _compare_with_source(self, number: int) -> None:
        try:
            details = await self._library.details(number)
        except LibraryError as error:
            self._commands.said.emit(str(error), None)
            return
        parents = details.parents if details is not None else ()
        source = next(
            (parent.picture_id for parent in parents if is_source(parent.role) and parent.picture_id is not None), None
        )
        if source is None:
            self._commands.said.emit("This image has no source in the library. Select two to four to compare.", None)
        else:
            self._compare([source, number])

    def _compare(self, numbers: list[int]) -> None:
        from imagineart_desktop.ui.compare.window import CompareWindow

        if self.compare_window is None:
            self.compare_window = CompareWindow(self._window, self._library)
        self.compare_window.open_for(numbers)

    def _lineage_of(self, numbers: list[int]) -> None:
        self.lineage(numbers[0])

    def lineage(self, number: int) -> None:
        """Open the lineage of this image."""
        from imagineart_desktop.ui.lineage.window import LineageWindow

        if self.lineage_window is None:
            self.lineage_window = LineageWindow(self._window, self._library)
            self.lineage_window.opened.connect(lambda opened: self._commands.run(OPEN, [opened]))
        self.lineage_window.open_for(number)
