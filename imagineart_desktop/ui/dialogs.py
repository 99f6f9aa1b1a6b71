"""The window's dialogs, loaded and made when they are first wanted; none of them holds the window up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QDialog, QMessageBox, QWidget

from imagineart_desktop import __version__
from imagineart_desktop.jobs import Account, Worker
from imagineart_desktop.library import Library
from imagineart_desktop.ui.actions import Actions
from imagineart_desktop.ui.file_dialogs import FileDialogs
from imagineart_desktop.ui.preferences import Preferences
from imagineart_desktop.ui.shortcuts import Shortcuts
from imagineart_desktop.ui.theme import Theme, icon

if TYPE_CHECKING:
    from imagineart_desktop.ui.settings.dialog import SettingsDialog
    from imagineart_desktop.ui.settings.shortcuts import ShortcutsDialog
    from imagineart_desktop.ui.spending.dialog import SpendDialog


class Dialogs(QObject):
    """Settings, shortcuts, spending, and what the program is."""

    modifier_changed = Signal(object)
    """`CanvasModifier`, chosen in the settings."""

    def __init__(
        self,
        window: QWidget,
        library: Library,
        worker: Worker,
        account: Account,
        preferences: Preferences,
        theme: Theme,
        actions: Actions,
        files: FileDialogs,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._parts = account, worker, preferences, theme, library, files
        self._files = files
        self._library = library
        self._keys = Shortcuts(actions, preferences)
        self._settings: SettingsDialog | None = None
        self._shortcuts: ShortcutsDialog | None = None
        self._spending: SpendDialog | None = None

    def settings(self, section: str = "") -> None:
        """Account, look, library. section: the one of `SECTIONS` to open at."""
        from imagineart_desktop.ui.settings.dialog import SettingsDialog

        if self._settings is None:
            self._settings = SettingsDialog(self._window, *self._parts)
            self._settings.modifier_changed.connect(self.modifier_changed)
        _bring(self._settings)
        if section:
            self._settings.show_section(section)

    def shortcuts(self) -> None:
        """All keys."""
        from imagineart_desktop.ui.settings.shortcuts import ShortcutsDialog

        self._shortcuts = self._shortcuts or ShortcutsDialog(self._window, self._keys)
        _bring(self._shortcuts)

    def spending(self) -> None:
        """What was spent."""
        from imagineart_desktop.ui.spending.dialog import SpendDialog

        self._spending = self._spending or SpendDialog(self._window, self._library, self._files)
        _bring(self._spending)

    def about(self) -> None:
        """Name and version."""
        box = QMessageBox(self._window)
        box.setWindowTitle("About")
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(f"ImagineArt Desktop {__version__}\n\nGenerate, edit and inpaint pictures, and keep everything.")
        box.setIconPixmap(icon("sparkles", "accent").pixmap(32, 32))
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()


def _bring(dialog: QDialog) -> None:
    dialog.show()
    dialog.raise_()
