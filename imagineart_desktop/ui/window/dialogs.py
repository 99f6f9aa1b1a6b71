"""The window's modeless dialogs, loaded and created on first use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QWidget

from imagineart_desktop.jobs import Budget, BudgetPeriod, ServiceConnection
from imagineart_desktop.library import Library
from imagineart_desktop.ui.commands.actions import Actions
from imagineart_desktop.ui.commands.shortcuts import ShortcutEditor
from imagineart_desktop.ui.inpaint.tint_picker import TintPicker
from imagineart_desktop.ui.widgets.file_dialogs import FileDialogs
from imagineart_desktop.workspace.model_updates import ModelUpdates
from imagineart_desktop.workspace.preferences import Preferences

if TYPE_CHECKING:
    from imagineart_desktop.ui.about.dialog import AboutDialog
    from imagineart_desktop.ui.models.dialog import ModelsDialog
    from imagineart_desktop.ui.settings.dialog import SettingsDialog
    from imagineart_desktop.ui.settings.shortcuts import ShortcutsDialog
    from imagineart_desktop.ui.spending.dialog import SpendingDialog


class Dialogs(QObject):
    """Opens the dialogs for models, settings, shortcuts, spending and about."""

    restart_wanted = Signal()

    def __init__(
        self,
        window: QWidget,
        library: Library,
        account: ServiceConnection,
        budget: Budget,
        preferences: Preferences,
        actions: Actions,
        files: FileDialogs,
        tint: TintPicker,
        models: ModelUpdates,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._account, self._preferences = account, preferences
        self._files, self._tint, self._model_updates = files, tint, models
        self._library = library
        self._budget = budget
        self._keys = ShortcutEditor(actions, preferences)
        self._settings: SettingsDialog | None = None
        self._shortcuts: ShortcutsDialog | None = None
        self._spending: SpendingDialog | None = None
        self._about: AboutDialog | None = None
        self._models: ModelsDialog | None = None

    def models(self) -> None:
        """Open the list of models."""
        from imagineart_desktop.ui.models.dialog import ModelsDialog

        self._models = self._models or ModelsDialog(self._window, self._model_updates, self._files)
        _show_and_raise(self._models)

    def settings(self, section: str = "") -> None:
        """Open the settings: account, appearance, library. section: the one of `SECTIONS` to show."""
        from imagineart_desktop.ui.settings.dialog import SettingsDialog

        if self._settings is None:
            parts = self._account, self._preferences, self._library, self._files, self._tint
            self._settings = SettingsDialog(self._window, *parts)
            self._settings.restart_wanted.connect(self.restart_wanted)
        _show_and_raise(self._settings)
        if section:
            self._settings.show_section(section)

    def shortcuts(self) -> None:
        """Open the list of keyboard shortcuts."""
        from imagineart_desktop.ui.settings.shortcuts import ShortcutsDialog

        self._shortcuts = self._shortcuts or ShortcutsDialog(self._window, self._keys)
        _show_and_raise(self._shortcuts)

    def spending(self) -> None:
        """Open the spending report."""
        from imagineart_desktop.ui.spending.dialog import SpendingDialog

        if self._spending is None:
            self._spending = SpendingDialog(self._window, self._library, self._budget, self._files)
            self._spending.budgets_wanted.connect(lambda: self.settings(BudgetPeriod.DAY))
        _show_and_raise(self._spending)

    def about(self) -> None:
        """Open the dialog with name, version, licenses and links."""
        from imagineart_desktop.ui.about.dialog import AboutDialog

        self._about = self._about or AboutDialog(self._window)
        _show_and_raise(self._about)


def _show_and_raise(dialog: QDialog) -> None:
    dialog.show()
    dialog.raise_()
