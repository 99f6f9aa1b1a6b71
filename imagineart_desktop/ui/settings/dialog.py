"""The settings dialog: account, theme, simultaneous requests, budgets, export defaults and the library."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPixmap
from PySide6.QtWidgets import (
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from imagineart_desktop.jobs import ServiceConnection
from imagineart_desktop.library import Library
from imagineart_desktop.ui.exporting.fields import hbox_row
from imagineart_desktop.ui.exporting.file_fields import FileSettingsForm
from imagineart_desktop.ui.inpaint.tint_picker import TintPicker
from imagineart_desktop.ui.settings.account import AccountPanel
from imagineart_desktop.ui.settings.library_care import LibrarySection
from imagineart_desktop.ui.settings.option_rows import OptionRows, row_of
from imagineart_desktop.ui.widgets import (
    BaseDialog,
    SectionLabel,
    button,
    plain_label,
    rule,
)
from imagineart_desktop.ui.widgets.file_dialogs import FileDialogs
from imagineart_desktop.ui.widgets.sight import keep_focus_in_sight
from imagineart_desktop.workspace.export_defaults import ExportDefaults
from imagineart_desktop.workspace.options import SettingsGroup
from imagineart_desktop.workspace.preferences import Preferences

_SWATCH = QSize(40, 20)
_WIDE, _MAX_HEIGHT, _FOOT = 620, 720, 70
"""Initial width and maximum height of the dialog, and height of the row with its button, in pixels."""


class SettingsDialog(BaseDialog):
    """The settings dialog. Changes take effect immediately; it doesn't block the window."""

    restart_wanted = Signal()

    def __init__(
        self,
        parent: QWidget,
        account: ServiceConnection,
        preferences: Preferences,
        library: Library,
        files: FileDialogs,
        tint: TintPicker,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Settings")
        self.setModal(False)
        self.setMinimumWidth(520)
        self._preferences = preferences
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        self.account = AccountPanel(account, preferences)
        self.care = LibrarySection(library, preferences, files)
        self.care.place.restart_wanted.connect(self.restart_wanted)
        page = self._page(tint)
        self._area = _scroll_area(page)
        whole.addWidget(self._area, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(24, 10, 24, 16)
        foot.addStretch(1)
        foot.addWidget(button("Close", self.close))
        whole.addWidget(rule())
        whole.addLayout(foot)
        self.resize(_WIDE, min(page.sizeHint().height() + _FOOT, _MAX_HEIGHT))

    def _page(self, tint: TintPicker) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(10)
        column.addWidget(self.account)
        _add_rule(column)
        self._add_general(column, tint)
        _add_rule(column)
        column.addWidget(SectionLabel(SettingsGroup.BUDGET))
        self.budget = OptionRows(self._preferences, SettingsGroup.BUDGET, {})
        column.addLayout(self.budget.form)
        _add_rule(column)
        self._add_export(column)
        _add_rule(column)
        column.addWidget(self.care)
        column.addStretch(1)
        return page

    def show_section(self, name: str) -> None:
        """Scroll to a section of `SECTIONS` and give it the focus."""
        places: dict[str, QWidget] = {
            **self.options.controls,
            **self.budget.controls,
            "account": self.account.key if self.account.key.isVisible() else self.account.address,
            "export": self.export.format,
            "library": self.care.place,
            "care": self.care,
        }
        place = places[name]
        self._area.ensureWidgetVisible(place)
        place.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _add_general(self, column: QVBoxLayout, tint: TintPicker) -> None:
        column.addWidget(SectionLabel(SettingsGroup.GENERAL))
        self.tint = button("Change…", lambda: tint.show(self), tip=row_of(Preferences.tint).tip)
        self.tint.setAccessibleName("Change the color and strength of the mask tint")
        self._swatch = plain_label()
        self._show_tint(tint.tint)
        tint.changed.connect(self._show_tint)
        chosen = hbox_row(self._swatch, self.tint)
        chosen.setStretch(0, 0)
        chosen.addStretch(1)
        self.options = OptionRows(self._preferences, SettingsGroup.GENERAL, {Preferences.tint: (self.tint, chosen)})
        column.addLayout(self.options.form)

    def _add_export(self, column: QVBoxLayout) -> None:
        column.addWidget(SectionLabel("Export defaults"))
        self.export = FileSettingsForm()
        self.export.restore(self._preferences.export)
        self.export.changed.connect(self._keep_export_defaults)
        self._preferences.watch(self, Preferences.export, self._show_export_defaults)
        column.addWidget(self.export)

    def _keep_export_defaults(self) -> None:
        self._preferences.export = self._preferences.export.updated(self.export.state())

    def _show_export_defaults(self, kept: ExportDefaults) -> None:
        """Show the settings of an export, which become the defaults; leave a field alone that is being edited."""
        if kept != self.export.state():
            with QSignalBlocker(self.export):
                self.export.restore(kept)

    def _show_tint(self, tint: QColor) -> None:
        swatch = QPixmap(_SWATCH)
        swatch.fill(tint)
        self._swatch.setPixmap(swatch)


def _add_rule(column: QVBoxLayout) -> None:
    column.addSpacing(6)
    column.addWidget(rule())
    column.addSpacing(6)


def _scroll_area(page: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(page)
    keep_focus_in_sight(area)
    return area
