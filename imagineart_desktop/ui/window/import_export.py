"""Import and export of files: the dialogs, loaded and created on first use."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from imagineart_desktop.library import ImportReport, Library
from imagineart_desktop.ui.commands.image_commands import ImageCommands
from imagineart_desktop.ui.widgets.drops import DropTarget
from imagineart_desktop.ui.widgets.file_dialogs import FileDialogs, FolderPurpose
from imagineart_desktop.workspace.commands.image_commands import EXPORT, TRASH
from imagineart_desktop.workspace.library_texts import import_text
from imagineart_desktop.workspace.mime import local_files
from imagineart_desktop.workspace.preferences import Preferences

if TYPE_CHECKING:
    from imagineart_desktop.ui.exporting.dialog import ExportDialog, MakeImage
    from imagineart_desktop.ui.exporting.sheet_dialog import SheetDialog
    from imagineart_desktop.ui.importing.dialog import ImportDialog


class ImportExport(QObject):
    """Handles the export commands, and imports what's chosen or dropped."""

    imported = Signal(str, object, list)
    """The result of an import as text, a callback that undoes it or None, and the ids of the images it's about.

    Emitted when the user can see the message: after the import dialog closes, if it had something to show.
    """

    def __init__(
        self,
        window: QWidget,
        library: Library,
        preferences: Preferences,
        files: FileDialogs,
        commands: ImageCommands,
    ) -> None:
        super().__init__(window)
        self._files = files
        self._window = window
        self._library = library
        self._preferences = preferences
        self.export_dialog: ExportDialog | None = None
        self._commands = commands
        self.import_dialog: ImportDialog | None = None
        self._pending_report: ImportReport | None = None
        self.sheet_dialog: SheetDialog | None = None
        commands.bind(EXPORT, self.export)
        commands.bind("file.sheet", self.sheet)

    def export(self, numbers: list[int]) -> None:
        """Open the export dialog for these images."""
        self._export_dialog().open_for(numbers)

    async def export_when_ready(self, make: MakeImage) -> None:
        """Open the export dialog for an image that's still being made."""
        await self._export_dialog().open_when_made(make)

    def _export_dialog(self) -> ExportDialog:
        from imagineart_desktop.ui.exporting.dialog import ExportDialog

        if self.export_dialog is None:
            self.export_dialog = ExportDialog(self._window, self._library, self._preferences, self._files)
        return self.export_dialog

    def sheet(self, numbers: list[int]) -> None:
        """Open the contact sheet dialog for these images."""
        from imagineart_desktop.ui.exporting.sheet_dialog import SheetDialog

        if self.sheet_dialog is None:
            self.sheet_dialog = SheetDialog(self._window, self._library, self._files)
        self.sheet_dialog.open_for(numbers)

    def accept_drops_on(self, widget: QWidget) -> None:
        """Import files and folders that are dropped on a widget."""
        DropTarget(widget, lambda mime: bool(local_files(mime)), local_files).dropped.connect(self.take_in)

    def choose_files(self) -> None:
        """Ask for images to import."""
        self._files.open_files(self._window, FolderPurpose.IMPORT, "Import images", self.take_in)

    def choose_folder(self) -> None:
        """Ask for a folder to import, including its subfolders."""
        self._files.open_folder(
            self._window, FolderPurpose.IMPORT, "Import a folder", lambda folder: self.take_in([folder])
        )

    def take_in(self, places: Sequence[Path]) -> None:
        """Import files and folders."""
        from imagineart_desktop.ui.importing.dialog import ImportDialog

        if self.import_dialog is None:
            self.import_dialog = ImportDialog(self._window, self._library)
            self.import_dialog.ended.connect(self._on_import_ended)
            self.import_dialog.finished.connect(self._tell)
        self.import_dialog.start(list(places))

    def _on_import_ended(self, report: ImportReport) -> None:
        self._pending_report = report
        if self.import_dialog is None or not self.import_dialog.isVisible():
            self._tell()

    def _tell(self) -> None:
        report, self._pending_report = self._pending_report, None
        if report is None:
            return
        added = report.added
        undo = partial(self._commands.run, TRASH, added) if added else None
        self.imported.emit(import_text(report), undo, added or report.restored or report.known)
