"""Settings → Library: its folder, using another folder from the next start on, and moving the library."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from imagineart_desktop.library import Library, LibraryError
from imagineart_desktop.library.maintenance.relocate import can_hold_library, is_library, prepare_move, target_folder
from imagineart_desktop.support import spawn
from imagineart_desktop.support.system_trash import send2trash
from imagineart_desktop.ui.settings.work import OperationProgress
from imagineart_desktop.ui.widgets import ElidedLabel, button, create_form, form_label
from imagineart_desktop.ui.widgets.file_dialogs import FileDialogs, FolderPurpose
from imagineart_desktop.workspace.preferences import Preferences


class LibraryFolder(QWidget):
    """Shows the current folder, and below it the folder after the next start if that's different."""

    restart_wanted = Signal()

    def __init__(self, library: Library, preferences: Preferences, work: OperationProgress, files: FileDialogs) -> None:
        super().__init__()
        self._dialogs = files
        self._root = library.files.root
        self._library = library
        self._preferences = preferences
        self._work = work
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.folder = ElidedLabel(str(self._root))
        row.addWidget(self.folder, 1)
        self._buttons = [
            button("Change…", lambda: self._ask("Choose a folder for the library", self.use_folder)),
            button("Move…", lambda: self._ask("Move the library to", lambda to: spawn(self.move_to(to)))),
        ]
        for made in self._buttons:
            row.addWidget(made)
            work.busy_changed.connect(made.setDisabled)
        form = create_form()
        form.addRow(form_label("Folder"), row)
        column.addLayout(form)
        self.next = ElidedLabel("")
        column.addWidget(self.next)
        self._show_next()
        left = preferences.left
        if left is not None and left != self._root and is_library(left):
            work.message.say(
                f"The library was moved here. The old folder, {left}, is unchanged.",
                "info",
                {
                    "Move the old folder to the system’s trash": lambda: spawn(self.trash_previous_folder()),
                    "Keep it": self._keep,
                },
                holds=lambda: preferences.left == left,
            )

    def use_folder(self, folder: Path) -> None:
        """Use another folder from the next start on. Refuse one that contains other files."""
        try:
            problem = None if can_hold_library(folder) else f"Other files lie in {folder}."
        except LibraryError as error:
            problem = str(error)
        if problem is not None:
            self._work.message.say(f"{problem} Choose an empty folder or one with a library.")
            return
        self._preferences.moving = None
        self._preferences.folder = folder
        self._show_next()
        if folder == self._root:
            self._work.message.say("The library stays where it is.", "info")
        elif is_library(folder):
            self._work.message.say(f"The library in {folder} opens at the next start.", "info", self._restart())
        else:
            self._work.message.say(
                f"A new, empty library is created in {folder} at the next start. Your images stay where they are; to"
                " take them along, use “Move…”.",
                "info",
                self._restart(),
            )

    async def move_to(self, folder: Path) -> None:
        """Copy the library to a folder; the next start updates the copy and opens it."""
        with self._work.going_on("Moving the library"):
            try:
                folder = await asyncio.to_thread(target_folder, folder, self._root)
                done = await prepare_move(self._library, folder, self._work.tell, self._work.stopped)
            except LibraryError as error:
                self._work.message.say(str(error))
                return
        if done.stopped:
            self._work.message.say("Stopped. Moving there again continues from here.", "info")
            return
        self._preferences.moving = folder
        self._show_next()
        self._work.message.say(
            f"Copied to {folder} and verified. The library switches at the next start; anything you make before then"
            " is moved too. The old folder stays until you delete it.",
            "info",
            self._restart(),
        )

    async def trash_previous_folder(self) -> None:
        """Move the library's previous folder to the system's trash."""
        left = self._preferences.left
        if left is None or left == self._root or left in self._root.parents:
            return
        try:
            await asyncio.to_thread(send2trash, left)
        except OSError as error:
            self._work.message.say(f"Can’t move {left} to the system’s trash: {error}.")
            return
        self._keep()
        self._work.message.say("Moved the old folder to the system’s trash.", "info")

    def _restart(self) -> dict[str, Callable[[], object]]:
        return {"Restart now": self.restart_wanted.emit}

    def _keep(self) -> None:
        self._preferences.left = None

    def _show_next(self) -> None:
        coming = self._preferences.moving or self._preferences.folder
        self.next.setText(f"After the next start: {coming}")
        self.next.setVisible(coming is not None and coming != self._root)

    def _ask(self, title: str, then: Callable[[Path], object]) -> None:
        self._dialogs.open_folder(self, FolderPurpose.LIBRARY, title, then)
