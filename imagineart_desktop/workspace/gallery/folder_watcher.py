"""A watcher of the library's folders, which notices changes by other programs while the window is open."""

from __future__ import annotations

import asyncio
import os
from collections import deque
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from imagineart_desktop.library import Library, LibraryError, ReconcileResult
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.coalesced import Debouncer

_DEBOUNCE_MS = 700
"""Milliseconds without a change after which a folder is scanned; the library's own writes take less."""

_MAX_DEBOUNCE_MS = 10_000
"""Milliseconds after which a folder that changes all the time is scanned."""

_SCAN_INTERVAL_MS = 20_000
"""Interval at which another folder is scanned, because the system doesn't report overwritten files."""


class FolderWatcher(QObject):
    """Watches the folder of the images and all folders below it."""

    said = Signal(str)
    """What was noticed, as a sentence."""

    def __init__(self, library: Library, parent: QObject) -> None:
        super().__init__(parent)
        self._library = library
        self._pictures = library.files.root / "pictures"
        self._changed: set[Path] = set()
        self._watcher = QFileSystemWatcher(self)
        self._noted = Debouncer(
            self, lambda: spawn_owned(self, self._look()), quiet=_DEBOUNCE_MS, longest=_MAX_DEBOUNCE_MS
        )
        self._watcher.directoryChanged.connect(self._directory_changed)
        self._turns: deque[Path] = deque()
        self._scan_timer = QTimer(self)
        self._scan_timer.setInterval(_SCAN_INTERVAL_MS)
        self._scan_timer.timeout.connect(self._queue_next_scan)
        self._scan_timer.start()
        QGuiApplication.instance().applicationStateChanged.connect(self._app_state_changed)  # type: ignore[union-attr]
        spawn_owned(self, self._watch_below({self._pictures}))

    async def _watch_below(self, parents: set[Path]) -> None:
        """Watch these folders and all folders below them."""
        folders = await asyncio.to_thread(_folders, parents)
        watched = set(self._watcher.directories())
        new = [str(folder) for folder in folders if str(folder) not in watched]
        if new:
            self._watcher.addPaths(new)

    def _directory_changed(self, folder: str) -> None:
        self._changed.add(Path(folder))
        self._noted.touch()

    def _app_state_changed(self, state: Qt.ApplicationState) -> None:
        """Scan all folders after a switch from another program, which may have overwritten files."""
        if state is Qt.ApplicationState.ApplicationActive:
            self._changed.update(map(Path, self._watcher.directories()))
            self._noted.touch()

    def _queue_next_scan(self) -> None:
        """Scan the newest folder and one of the others, in rotation."""
        if not self._turns:
            self._turns.extend(sorted(map(Path, self._watcher.directories())))
        if self._turns and not self._changed:
            newest = max(map(Path, self._watcher.directories()), default=self._pictures)
            self._changed.update({newest, self._turns.popleft()} - {self._pictures})
            self._noted.touch()

    async def _look(self) -> None:
        """Scan every folder that changed."""
        changed, self._changed = self._changed, set()
        with suppress(LibraryError, OSError):
            try:
                for folder in sorted(changed):
                    self._report(await self._library.rescan_folder(folder))
            finally:
                await self._watch_below(changed)

    def _report(self, found: ReconcileResult) -> None:
        if found.changed:
            one = "The file was" if len(found.changed) == 1 else f"The files of {len(found.changed)} images were"
            self.said.emit(f"{one} changed by another program.")
        elif found.added:
            one = "An image was" if len(found.added) == 1 else f"{len(found.added)} images were"
            self.said.emit(f"{one} found in the library folder and added.")


def _folders(parents: set[Path]) -> set[Path]:
    """Return these folders and all folders below them, walking each once."""
    tops = {parent for parent in parents if parents.isdisjoint(parent.parents)}
    return {Path(folder) for top in tops for folder, _, _ in os.walk(top)}
