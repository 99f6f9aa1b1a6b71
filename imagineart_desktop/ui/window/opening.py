"""Images that come into the open tab: pasted ones and opened files."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QWidget

from imagineart_desktop.ui.commands.actions import Actions
from imagineart_desktop.ui.widgets.file_dialogs import FileDialogs, FolderPurpose
from imagineart_desktop.ui.window.navigator import Navigator
from imagineart_desktop.ui.window.pages import Pages
from imagineart_desktop.ui.window.status_bar import StatusBar
from imagineart_desktop.workspace.mime import EMPTY_CLIPBOARD, ImageSource, clipboard_data, sources_from_mime


class ImageOpener:
    """Opens images in the tab that is open, and selects all of what it shows."""

    def __init__(
        self,
        window: QWidget,
        pages: Pages,
        navigator: Navigator,
        files: FileDialogs,
        status: StatusBar,
        actions: Actions,
    ) -> None:
        self._window = window
        self._pages = pages
        self._navigator = navigator
        self._files = files
        self._status = status
        self._actions = actions

    def paste(self) -> None:
        """Send an image from the clipboard to the open tab."""
        taken = sources_from_mime(clipboard_data())
        if not taken:
            self._status.say(EMPTY_CLIPBOARD)
            return
        self._status.clear()
        if self._pages.tab() == "inpaint":
            self._pages.inpaint.take(taken)
        else:
            self._navigator.open_in_edit(taken)

    def open_file(self) -> None:
        """Ask for references in Edit, otherwise for an image to paint on; the tab changes once a file is chosen."""
        if self._pages.tab() == "edit":
            self._pages.edit.references.choose()
        else:
            self._files.open_file(self._window, FolderPurpose.OPEN, "Open an image", self._open_in_inpaint)

    def _open_in_inpaint(self, path: Path) -> None:
        self._navigator.open_in_tab("inpaint", [ImageSource(path=path)])

    def select_all(self) -> None:
        """Select the whole gallery or the whole canvas, if no text field has the focus."""
        if self._pages.tab() == "gallery":
            self._pages.gallery.grid.selectAll()
        elif self._pages.tab() == "inpaint":
            self._actions["mask.fill"].trigger()
