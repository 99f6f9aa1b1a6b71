"""Settings: the account's key, where pictures lie, the look, how many requests go out at once."""

from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr
from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from imagineart_desktop.fal import FalError, ServiceKind
from imagineart_desktop.fal.key_store import KeySource
from imagineart_desktop.jobs import Account, Worker
from imagineart_desktop.ui.loop import spawn
from imagineart_desktop.ui.preferences import MOST_AT_ONCE, Preferences
from imagineart_desktop.ui.theme import Theme, ThemeMode
from imagineart_desktop.ui.widgets import ElidedLabel, InlineMessage, SectionLabel, button, plain_label, rule

_SOURCES = {
    KeySource.NONE: "No key: pictures come from the built-in demo and cost nothing.",
    KeySource.ENVIRONMENT: "Live, with the key from FAL_KEY.",
    KeySource.KEYCHAIN: "Live, with the key from the system's keychain.",
    KeySource.SESSION: "Live, with a key for this session only.",
}


class SettingsDialog(QDialog):
    """Changes take effect at once; the window goes on behind it."""

    theme_changed = Signal()

    def __init__(
        self, parent: QWidget, account: Account, worker: Worker, preferences: Preferences, theme: Theme, folder: Path
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Settings")
        self.setModal(False)
        self.setMinimumWidth(520)
        self._account = account
        self._worker = worker
        self._preferences = preferences
        self._theme = theme
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(10)
        self._add_account(column)
        column.addSpacing(6)
        column.addWidget(rule())
        column.addSpacing(6)
        self._add_general(column, folder)
        column.addStretch(1)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(button("Close", self.close))
        column.addLayout(foot)
        self._show_account()
        account.subscribe(self._show_account)

    def _add_account(self, column: QVBoxLayout) -> None:
        column.addWidget(SectionLabel("Account"))
        self._state = plain_label("", "muted", wrap=True)
        column.addWidget(self._state)
        self.key = QLineEdit()
        self.key.setEchoMode(QLineEdit.EchoMode.Password)
        self.key.setPlaceholderText("fal.ai key, as id:secret")
        self.key.setAccessibleName("fal.ai key")
        self.key.returnPressed.connect(lambda: spawn(self.use_key()))
        row = QHBoxLayout()
        row.addWidget(self.key, 1)
        self._use = button("Test and use", lambda: spawn(self.use_key()), kind="primary")
        self._remove = button("Remove key", lambda: spawn(self._account.remove_key()))
        row.addWidget(self._use)
        row.addWidget(self._remove)
        column.addLayout(row)
        self.remember = QCheckBox("Keep it in the system's keychain")
        self.remember.setChecked(True)
        column.addWidget(self.remember)
        column.addWidget(plain_label("Keys are made at fal.ai → Dashboard → Keys. Testing one costs nothing.", "faint"))
        self.message = InlineMessage()
        column.addWidget(self.message)

    def _add_general(self, column: QVBoxLayout, folder: Path) -> None:
        column.addWidget(SectionLabel("General"))
        form = QFormLayout()
        form.setHorizontalSpacing(20)
        form.setVerticalSpacing(10)
        self.look = QComboBox()
        for mode, word in ((ThemeMode.SYSTEM, "As the system"), (ThemeMode.DARK, "Dark"), (ThemeMode.LIGHT, "Light")):
            self.look.addItem(word, mode.value)
        self.look.setCurrentIndex(self.look.findData(self._theme.mode.value))
        self.look.currentIndexChanged.connect(self._change_look)
        form.addRow(plain_label("Theme", "muted"), self.look)
        self.at_once = QSpinBox()
        self.at_once.setRange(1, MOST_AT_ONCE)
        self.at_once.setValue(self._worker.limit)
        self.at_once.setToolTip(f"1 to {MOST_AT_ONCE}. fal.ai works on two at once for a new account.")
        self.at_once.valueChanged.connect(self._change_limit)
        form.addRow(plain_label("Requests at once", "muted"), self.at_once)
        self._folder = ElidedLabel(str(folder))
        place = QHBoxLayout()
        place.addWidget(self._folder, 1)
        place.addWidget(button("Change…", self._choose_folder))
        form.addRow(plain_label("Library folder", "muted"), place)
        column.addLayout(form)
        self._folder_message = InlineMessage()
        column.addWidget(self._folder_message)

    async def use_key(self) -> None:
        """Tests the key, which costs nothing, and goes live with it."""
        key = SecretStr(self.key.text().strip())
        if not key.get_secret_value():
            self.message.say("Enter a key first.", "caution")
            return
        self._use.setEnabled(False)
        self.message.say("Testing the key …", "info")
        try:
            await self._account.test(key)
            kept = await self._account.use_key(key, remember=self.remember.isChecked())
        except FalError as error:
            self.message.say(f"{error.sentence} {error.advice}")
            return
        finally:
            self._use.setEnabled(True)
        self.key.clear()
        if kept:
            self.message.say("The key works. The program is Live.", "info")
        else:
            self.message.say(
                "The key works, but this system has no keychain, so it is used for this session only.", "caution"
            )

    def _show_account(self) -> None:
        self._state.setText(_SOURCES[self._account.key_source])
        self._remove.setVisible(self._account.kind is ServiceKind.LIVE)

    def _change_look(self) -> None:
        mode = ThemeMode(self.look.currentData())
        self._preferences.theme = mode
        self._theme.set_mode(mode)
        self.theme_changed.emit()

    def _change_limit(self, count: int) -> None:
        self._preferences.at_once = count
        self._worker.set_limit(count)

    def _choose_folder(self) -> None:
        dialog = QFileDialog(self, "Choose a folder for the library")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(lambda name: self._change_folder(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _change_folder(self, folder: Path) -> None:
        self._preferences.folder = folder
        self._folder.setText(str(folder))
        self._folder_message.say(
            "Used from the next start on. What you have made so far stays in the old folder.", "info"
        )
