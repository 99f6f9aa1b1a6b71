"""The library's folders, watched: what other programs do to them is noticed while the window is open."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer

from imagineart_desktop.library import Library, LibraryError
from imagineart_desktop.ui.loop import spawn

_QUIET_MS = 700
"""After so long without a change a folder is looked into; the library's own writing goes by in less."""


class FolderWatch(QObject):
    """One folder a month, and the one that they lie in."""

    def __init__(self, library: Library, parent: QObject) -> None:
        super().__init__(parent)
        self._library = library
        self._pictures = library.files.root / "pictures"
        self._changed: set[Path] = set()
        self._looking = False
        self._watcher = QFileSystemWatcher(self)
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(_QUIET_MS)
        self._quiet.timeout.connect(lambda: spawn(self._look()))
        self._watcher.directoryChanged.connect(self._noticed)
        self._watch_all()

    def _watch_all(self) -> None:
        folders = [str(self._pictures), *(str(path) for path in self._pictures.iterdir() if path.is_dir())]
        watched = set(self._watcher.directories())
        new = [folder for folder in folders if folder not in watched]
        if new:
            self._watcher.addPaths(new)

    def _noticed(self, folder: str) -> None:
        self._changed.add(Path(folder))
        self._quiet.start()

    async def _look(self) -> None:
        """One look at a time; what changes meanwhile is looked at next."""
        if self._looking:
            self._quiet.start()
            return
        self._looking = True
        try:
            changed, self._changed = self._changed, set()
            for folder in changed:
                await self._library.look_again(folder)
            self._watch_all()
        except (LibraryError, OSError):
            return
        finally:
            self._looking = False
