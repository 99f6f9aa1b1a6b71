"""File dialogs that open in the folder last used for the same purpose."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

from imagineart_desktop.workspace.mime import IMAGE_NAME_FILTER
from imagineart_desktop.workspace.preferences import Preferences

Kind = TypeVar("Kind")


class FolderPurpose(StrEnum):
    """Purpose of a file dialog. Each value is the key of a remembered folder."""

    OPEN = "open"
    REFERENCE = "reference"
    IMPORT = "import"
    MASK = "mask"
    EXPORT = "export"
    SHEET = "sheet"
    REPORT = "report"
    TABLE = "table"
    LOCATE = "locate"
    LIBRARY = "library"
    BACKUP = "backup"
    MODEL = "model"
    PROMPTS = "prompts"


class FileDialogs:
    """Opens file dialogs without blocking the window and remembers one folder per purpose."""

    def __init__(self, preferences: Preferences) -> None:
        self._preferences = preferences

    def folder(self, purpose: FolderPurpose) -> Path:
        """Return the last folder of a purpose if it still exists, otherwise the user's Pictures folder or home."""
        kept = self._preferences.folders.get(purpose.value)
        if kept is not None and Path(kept).is_dir():
            return Path(kept)
        pictures = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        return Path(pictures) if pictures and Path(pictures).is_dir() else Path.home()

    def remember(self, purpose: FolderPurpose, folder: Path) -> None:
        """Make the next dialog of this purpose open in the folder."""
        self._preferences.folders = {**self._preferences.folders, purpose.value: str(folder)}

    def open_file(
        self,
        parent: QWidget,
        purpose: FolderPurpose,
        title: str,
        then: Callable[[Path], object],
        kinds: str = IMAGE_NAME_FILTER,
    ) -> None:
        """Ask for one file."""
        self._ask(parent, purpose, title, kinds, QFileDialog.FileMode.ExistingFile, lambda paths: then(paths[0]))

    def open_files(
        self, parent: QWidget, purpose: FolderPurpose, title: str, then: Callable[[Sequence[Path]], object]
    ) -> None:
        """Ask for one or more image files."""
        self._ask(parent, purpose, title, IMAGE_NAME_FILTER, QFileDialog.FileMode.ExistingFiles, then)

    def open_folder(
        self,
        parent: QWidget,
        purpose: FolderPurpose,
        title: str,
        then: Callable[[Path], object],
        start: Path | None = None,
    ) -> None:
        """Ask for a folder. start: where to start instead of the remembered one."""
        self._ask(parent, purpose, title, "", QFileDialog.FileMode.Directory, lambda paths: then(paths[0]), start)

    def save(
        self,
        parent: QWidget,
        purpose: FolderPurpose,
        title: str,
        name: str,
        kinds: Mapping[Kind, str],
        then: Callable[[Path, Kind], object],
    ) -> None:
        """Ask where to save a file, and in which format.

        name: the suggested name, whose extension is the default; kinds: value → name filter; then: also gets the value,
        the first if the system's dialog reports a filter of its own.
        """
        filters = list(kinds.values())
        dialog = QFileDialog(parent, title, str(self.folder(purpose)), ";;".join(filters))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(Path(name).suffix.removeprefix("."))
        dialog.selectFile(name)

        def chosen(path: str) -> None:
            self.remember(purpose, Path(path).parent)
            selected = dialog.selectedNameFilter()
            then(Path(path), list(kinds)[filters.index(selected) if selected in filters else 0])

        dialog.fileSelected.connect(chosen)
        _show(dialog)

    def _ask(
        self,
        parent: QWidget,
        purpose: FolderPurpose,
        title: str,
        kinds: str,
        mode: QFileDialog.FileMode,
        then: Callable[[Sequence[Path]], object],
        start: Path | None = None,
    ) -> None:
        dialog = QFileDialog(parent, title, str(start or self.folder(purpose)), kinds)
        dialog.setFileMode(mode)

        def chosen(names: Sequence[str]) -> None:
            paths = [Path(name) for name in names]
            if paths:
                self.remember(purpose, paths[0] if mode is QFileDialog.FileMode.Directory else paths[0].parent)
                then(paths)

        dialog.filesSelected.connect(chosen)
        _show(dialog)


def _show(dialog: QFileDialog) -> None:
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
