"""What goes out of the window as files: the dialogs, made when they are first wanted."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from imagineart_desktop.library import Library
from imagineart_desktop.ui.exporting.dialog import ExportDialog
from imagineart_desktop.ui.picture_commands import PictureCommands
from imagineart_desktop.ui.preferences import Preferences


class Exchange(QObject):
    """Follows the picture commands that lead out."""

    def __init__(self, window: QWidget, library: Library, preferences: Preferences, commands: PictureCommands) -> None:
        super().__init__(window)
        self._window = window
        self._library = library
        self._preferences = preferences
        self.export_dialog: ExportDialog | None = None
        commands.export_wanted.connect(self.export)

    def export(self, numbers: list[int]) -> None:
        """Opens the export of these pictures."""
        if self.export_dialog is None:
            self.export_dialog = ExportDialog(self._window, self._library, self._preferences)
        self.export_dialog.open_for(numbers)
