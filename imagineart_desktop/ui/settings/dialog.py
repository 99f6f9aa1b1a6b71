"""The settings dialog: account, theme, simultaneous requests, export defaults and the library."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QAction, QColor, QPixmap, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from imagineart_desktop.jobs import ServiceConnection, Worker
from imagineart_desktop.library import Library
from imagineart_desktop.ui.exporting.defaults import export_defaults, keep_export_defaults
from imagineart_desktop.ui.exporting.fields import hbox_row
from imagineart_desktop.ui.exporting.file_fields import FileSettingsForm
from imagineart_desktop.ui.inpaint.tint_picker import TintPicker
from imagineart_desktop.ui.settings.account import AccountPanel
from imagineart_desktop.ui.settings.library_care import LibrarySection
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.ui.widgets import (
    BaseDialog,
    CheckBox,
    SectionLabel,
    button,
    combo_box,
    create_form,
    form_label,
    plain_label,
    rule,
)
from imagineart_desktop.ui.widgets.file_dialogs import FileDialogs
from imagineart_desktop.workspace.canvas_modifier import CanvasModifier
from imagineart_desktop.workspace.preferences import MAX_SIMULTANEOUS, Preferences
from imagineart_desktop.workspace.theme_mode import ThemeMode

_SWATCH = QSize(40, 20)
_WIDE, _MAX_HEIGHT, _FOOT = 620, 720, 70
"""Initial width and maximum height of the dialog, and height of the row with its button, in pixels."""


class SettingsDialog(BaseDialog):
    """The settings dialog. Changes take effect immediately; it doesn't block the window."""

    modifier_changed = Signal(object)
    """The selected `CanvasModifier`."""
    restart_wanted = Signal()

    def __init__(
        self,
        parent: QWidget,
        account: ServiceConnection,
        worker: Worker,
        preferences: Preferences,
        theme: Theme,
        library: Library,
        files: FileDialogs,
        advance: QAction,
        tint: TintPicker,
    ) -> None:
        """advance: the action that toggles auto-advance."""
        super().__init__(parent)
        self.setWindowTitle("Settings")
        self.setModal(False)
        self.setMinimumWidth(520)
        self._worker = worker
        self._preferences = preferences
        self._theme = theme
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        self.account = AccountPanel(account, preferences)
        self.care = LibrarySection(library, preferences, files)
        self.care.place.restart_wanted.connect(self.restart_wanted)
        page = self._page(advance, tint)
        self._area = _scroll_area(page)
        whole.addWidget(self._area, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(24, 10, 24, 16)
        foot.addStretch(1)
        foot.addWidget(button("Close", self.close))
        whole.addWidget(rule())
        whole.addLayout(foot)
        self.resize(_WIDE, min(page.sizeHint().height() + _FOOT, _MAX_HEIGHT))

    def _page(self, advance: QAction, tint: TintPicker) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(10)
        column.addWidget(self.account)
        _add_rule(column)
        self._add_general(column, advance, tint)
        _add_rule(column)
        self._add_export(column)
        _add_rule(column)
        column.addWidget(self.care)
        column.addStretch(1)
        return page

    def show_section(self, name: str) -> None:
        """Scroll to a section of `SECTIONS` and give it the focus."""
        places: dict[str, QWidget] = {
            "account": self.account.key if self.account.key.isVisible() else self.account.address,
            "theme": self.look,
            "at_once": self.at_once,
            "auto_advance": self.advance,
            "tint": self.tint,
            "export": self.export.format,
            "library": self.care.place,
            "care": self.care,
        }
        place = places[name]
        self._area.ensureWidgetVisible(place)
        place.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _add_general(self, column: QVBoxLayout, advance: QAction, tint: TintPicker) -> None:
        column.addWidget(SectionLabel("General"))
        form = create_form()
        self.look = combo_box("Theme")
        for mode, word in ((ThemeMode.SYSTEM, "Match system"), (ThemeMode.DARK, "Dark"), (ThemeMode.LIGHT, "Light")):
            self.look.addItem(word, mode.value)
        self.look.setCurrentIndex(self.look.findData(self._theme.mode.value))
        self.look.currentIndexChanged.connect(self._change_look)
        self._theme.changed.connect(self._show_theme)
        form.addRow(form_label("&Theme", self.look), self.look)
        self.at_once = QSpinBox()
        self.at_once.setRange(1, MAX_SIMULTANEOUS)
        self.at_once.setValue(self._worker.limit)
        self.at_once.setToolTip(f"1 to {MAX_SIMULTANEOUS}. fal.ai runs two at a time for a new account.")
        self.at_once.valueChanged.connect(self._change_limit)
        form.addRow(form_label("Simultaneous &requests", self.at_once), self.at_once)
        self.modifier = combo_box("Subtract on the canvas with")
        for modifier in CanvasModifier:
            self.modifier.addItem(modifier.words, modifier.value)
        self.modifier.setCurrentIndex(self.modifier.findData(self._preferences.canvas_modifier.value))
        self.modifier.setToolTip(
            "Held on the canvas, it subtracts from the mask. Choose another key if your desktop moves windows with Alt."
        )
        self.modifier.currentIndexChanged.connect(self._change_modifier)
        form.addRow(form_label("S&ubtract with", self.modifier), self.modifier)
        self.tint = button("Change…", lambda: tint.show(self), tip="Color and strength of the mask on the canvas")
        self.tint.setAccessibleName("Change the color and strength of the mask tint")
        self._swatch = plain_label()
        self._show_tint(tint.tint)
        tint.changed.connect(self._show_tint)
        chosen = hbox_row(self._swatch, self.tint)
        chosen.setStretch(0, 0)
        chosen.addStretch(1)
        form.addRow(form_label("Mask tint"), chosen)
        self.advance = CheckBox("&Auto-advance to the next image")
        self.advance.setToolTip("In the loupe, after an image is rated, labeled or moved to the trash")
        self.advance.setChecked(advance.isChecked())
        self.advance.toggled.connect(advance.setChecked)
        advance.toggled.connect(self.advance.setChecked)
        form.addRow("", self.advance)
        column.addLayout(form)

    def _add_export(self, column: QVBoxLayout) -> None:
        column.addWidget(SectionLabel("Export defaults"))
        self.export = FileSettingsForm()
        self.export.restore(export_defaults(self._preferences))
        self.export.changed.connect(self._keep_export_defaults)
        column.addWidget(self.export)

    def _keep_export_defaults(self) -> None:
        keep_export_defaults(self._preferences, self.export.state())

    def showEvent(self, event: QShowEvent) -> None:
        """Show the settings of the last export, which become the defaults."""
        super().showEvent(event)
        with QSignalBlocker(self.export):
            self.export.restore(export_defaults(self._preferences))

    def _show_tint(self, tint: QColor) -> None:
        swatch = QPixmap(_SWATCH)
        swatch.fill(tint)
        self._swatch.setPixmap(swatch)

    def _change_look(self) -> None:
        mode = ThemeMode(self.look.currentData())
        self._preferences.theme = mode
        self._theme.set_mode(mode)

    def _show_theme(self) -> None:
        """Show the current theme, which the menu can change too."""
        with QSignalBlocker(self.look):
            self.look.setCurrentIndex(self.look.findData(self._theme.mode.value))

    def _change_modifier(self) -> None:
        modifier = CanvasModifier(self.modifier.currentData())
        self._preferences.canvas_modifier = modifier
        self.modifier_changed.emit(modifier)

    def _change_limit(self, count: int) -> None:
        self._preferences.at_once = count
        self._worker.set_limit(count)


def _add_rule(column: QVBoxLayout) -> None:
    column.addSpacing(6)
    column.addWidget(rule())
    column.addSpacing(6)


def _scroll_area(page: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(page)
    return area
