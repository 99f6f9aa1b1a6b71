"""Settings → Library: its folder, integrity check, backup, restore and rebuild."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from imagineart_desktop.library import Library, LibraryError
from imagineart_desktop.library.maintenance.backup import back_up
from imagineart_desktop.library.maintenance.integrity_check import check_library
from imagineart_desktop.library.maintenance.rebuild import rebuild
from imagineart_desktop.library.recovery.file_copy import CopyStats
from imagineart_desktop.library.recovery.restore import restore_backup
from imagineart_desktop.support import spawn
from imagineart_desktop.support.wording import format_size, pluralize
from imagineart_desktop.ui.settings.library_place import LibraryFolder
from imagineart_desktop.ui.settings.work import OperationProgress
from imagineart_desktop.ui.widgets import FlowLayout, SectionLabel, button, come_into_sight
from imagineart_desktop.ui.widgets.file_dialogs import FileDialogs, FolderPurpose
from imagineart_desktop.workspace.library_texts import check_text, rebuild_text
from imagineart_desktop.workspace.preferences import Preferences

_MAX_NAMED = 5
_LIST_HEIGHT = 140
"""Height in pixels."""


class LibrarySection(QWidget):
    """Runs one library operation at a time; each can be stopped until it can no longer be undone."""

    def __init__(self, library: Library, preferences: Preferences, files: FileDialogs) -> None:
        super().__init__()
        self._dialogs = files
        self._library = library
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(SectionLabel("Library"))
        self._work = OperationProgress(library.operations)
        self.message = self._work.message
        self.place = LibraryFolder(library, preferences, self._work, files)
        column.addWidget(self.place)
        row = FlowLayout()
        buttons = [
            button("Check library", lambda: spawn(self.check()), tip="Check that every image has its file, complete"),
            button("Back up to…", lambda: self._ask("Back up library to", lambda to: spawn(self.copy(to)))),
            button("Restore from backup…", lambda: self._ask("Choose a backup", self._ask_to_restore)),
            button("Rebuild…", self._ask_to_rebuild),
        ]
        for made in buttons:
            row.addWidget(made)
            self._work.busy_changed.connect(made.setDisabled)
        column.addLayout(row)
        column.addWidget(self._work)
        self.files = QPlainTextEdit()
        self.files.setReadOnly(True)
        self.files.setMaximumHeight(_LIST_HEIGHT)
        self.files.setAccessibleName("Files that are missing or damaged")
        self.files.hide()
        column.addWidget(self.files)

    async def check(self) -> None:
        """Check the library and list missing and damaged files."""
        self.files.hide()
        with self._work.going_on("Checking the library"):
            try:
                health = await check_library(self._library, self._work.tell, self._work.stopped)
            except LibraryError as error:
                self.message.say(str(error))
                return
        self.files.setPlainText("\n".join(health.files))
        self.files.setVisible(bool(health.files))
        QTimer.singleShot(0, self.files, lambda: come_into_sight(self.files))
        tone, said = check_text(health)
        self.message.say(said, tone)

    async def copy(self, folder: Path) -> None:
        """Back up the library. The backup can be opened as a library itself."""
        self.files.hide()
        with self._work.going_on("Backing up the library"):
            try:
                done = await back_up(self._library, folder, self._work.tell, self._work.stopped)
            except LibraryError as error:
                self.message.say(str(error))
                return
        files = done.files
        size = format_size(files.size)
        if done.stopped:
            self.message.say(
                f"Stopped after {pluralize(files.count, 'file')}, {size}. Backing up there again continues from here.",
                "info",
            )
            return
        said = f"Backed up to {folder}: {pluralize(files.count, 'new file')}, {size}."
        if files.conflicts:
            said += (
                f" {pluralize(files.conflicts, 'file')} had changed; the backup has both versions, the older ones in"
                f" {done.aside}."
            )
        use: dict[str, Callable[[], object]] = {"Use the backup from now on": lambda: self.place.use_folder(folder)}
        self.message.say(said + _damaged(files), "caution" if files.damaged else "info", use)

    async def restore(self, folder: Path) -> None:
        """Restore the library from a backup."""
        self.files.hide()
        work = self._work
        with work.going_on("Restoring the library"):
            try:
                done = await restore_backup(self._library, folder, work.tell, work.stopped, work.settle)
            except LibraryError as error:
                self.message.say(str(error))
                return
        files = done.files
        if done.stopped:
            kept = f"{_back(files.count)} Nothing else was changed." if files.count else "The library is as it was."
            self.message.say(f"Stopped. {kept}", "info")
            return
        said = f"Restored from {folder}."
        if back := files.count - files.conflicts:
            said += f" {_back(back)}"
        if files.conflicts:
            were = "was" if files.conflicts == 1 else "were"
            said += f" {pluralize(files.conflicts, 'changed file')} {were} replaced by the backup’s."
        before = f" The library as it was before was saved in {done.aside} and can be restored from there."
        self.message.say(said + before + _damaged(files), "caution" if files.damaged else "info")

    async def rebuild(self) -> None:
        """Rebuild the database from the library's files."""
        self.files.hide()
        with self._work.going_on("Rebuilding the library"):
            try:
                done = await rebuild(self._library, self._work.tell, self._work.stopped, self._work.settle)
            except LibraryError as error:
                self.message.say(str(error))
                return
        self.message.say(rebuild_text(done), "info")

    def _ask_to_rebuild(self) -> None:
        self.message.say(
            "Reads every file in the library folder again. Ratings, tags and collections are kept; images without a"
            " recipe become sources. The old database is saved.",
            "caution",
            {"Rebuild": lambda: spawn(self.rebuild())},
        )

    def _ask_to_restore(self, folder: Path) -> None:
        self.message.say(
            f"Ratings, tags, collections and jobs are restored from {folder}. The current ones are saved; no image is"
            " deleted.",
            "caution",
            {"Restore": lambda: spawn(self.restore(folder))},
        )

    def _ask(self, title: str, then: Callable[[Path], object]) -> None:
        self._dialogs.open_folder(self, FolderPurpose.BACKUP, title, then)


def _back(count: int) -> str:
    return f"{pluralize(count, 'missing file')} {'is' if count == 1 else 'are'} back."


def _damaged(files: CopyStats) -> str:
    """Return a sentence about files that were damaged in their source, or an empty string."""
    if not files.damaged:
        return ""
    names = ", ".join(files.damaged[:_MAX_NAMED])
    more = f" and {len(files.damaged) - _MAX_NAMED} more" if len(files.damaged) > _MAX_NAMED else ""
    return f" Damaged files did not replace intact ones: {names}{more}."
