"""Windows that stand beside the main one and are about pictures, loaded and made when they are first wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from imagineart_desktop.library import Library
from imagineart_desktop.ui.picture_commands import PictureCommands

if TYPE_CHECKING:
    from imagineart_desktop.ui.compare.window import CompareWindow
    from imagineart_desktop.ui.lineage.window import LineageWindow


class PictureWindows(QObject):
    """Follows the picture commands that open a window of its own."""

    def __init__(self, window: QWidget, library: Library, commands: PictureCommands) -> None:
        super().__init__(window)
        self._window = window
        self._library = library
        self._commands = commands
        self.compare_window: CompareWindow | None = None
        self.lineage_window: LineageWindow | None = None
        commands.compare_wanted.connect(self.compare)
        commands.lineage_wanted.connect(self.lineage)

    def compare(self, numbers: list[int]) -> None:
        """Opens the comparison of these pictures."""
        from imagineart_desktop.ui.compare.window import CompareWindow

        if len(numbers) < 2:
            self._commands.said.emit("Select two to four images to compare.", None)
            return
        if self.compare_window is None:
            self.compare_window = CompareWindow(self._window, self._library)
        self.compare_window.open_for(numbers)

    def lineage(self, number: int) -> None:
        """Opens the lineage of this picture."""
        from imagineart_desktop.ui.lineage.window import LineageWindow

        if self.lineage_window is None:
            self.lineage_window = LineageWindow(self._window, self._library)
            self.lineage_window.opened.connect(lambda opened: self._commands.run("open", [opened]))
        self.lineage_window.open_for(number)
