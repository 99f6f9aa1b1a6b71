"""The application-wide theme: follows the system or the user's choice."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from imagineart_desktop.resources import resource_path
from imagineart_desktop.ui.theme.current import set_tokens
from imagineart_desktop.ui.theme.stylesheet import style_sheet
from imagineart_desktop.ui.theme.tokens import DARK, LIGHT, ThemeColors
from imagineart_desktop.workspace.theme_mode import ThemeMode

_FONTS = ("Inter-Regular.otf", "Inter-Medium.otf", "Inter-SemiBold.otf", "Inter-Bold.otf")


class Theme(QObject):
    """Applies the theme to the application, and follows the system if the user wants that.

    dressed: False postpones the style sheet until `apply_stylesheet`: widgets that are created before it are then
    styled once, not again each time they're added to a parent.
    """

    changed = Signal()

    def __init__(self, app: QApplication, mode: ThemeMode = ThemeMode.SYSTEM, *, dressed: bool = True) -> None:
        super().__init__(app)
        self._app = app
        self._mode = mode
        self._dressed = dressed
        for name in _FONTS:
            QFontDatabase.addApplicationFont(str(resource_path("fonts", name)))
        font = QFont("Inter")
        font.setPixelSize(13)
        app.setFont(font)
        app.setStyle(QStyleFactory.create("Fusion"))
        self._system = app.styleHints().colorScheme()
        app.styleHints().colorSchemeChanged.connect(self._system_changed)
        self._apply()

    @property
    def mode(self) -> ThemeMode:
        """The user's choice of theme."""
        return self._mode

    def set_mode(self, mode: ThemeMode) -> None:
        """Change the theme immediately."""
        self._mode = mode
        self._apply()

    def apply_stylesheet(self) -> None:
        """Apply the style sheet if it was postponed."""
        if not self._dressed:
            self._dressed = True
            self._apply()

    def _system_changed(self, scheme: Qt.ColorScheme) -> None:
        self._system = scheme
        if self._mode is ThemeMode.SYSTEM:
            self._apply()

    def _apply(self) -> None:
        wished = self._system if self._mode is ThemeMode.SYSTEM else Qt.ColorScheme.Dark
        light = self._mode is ThemeMode.LIGHT or wished is Qt.ColorScheme.Light
        chosen = LIGHT if light else DARK
        set_tokens(chosen)
        self._app.setPalette(_palette(chosen))
        if self._dressed:
            # Remove it first: replacing one sheet directly by another takes Qt five times as long as both steps.
            self._app.setStyleSheet("")
            self._app.setStyleSheet(style_sheet(chosen))
        self.changed.emit()


def _palette(t: ThemeColors) -> QPalette:
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: t.panel,
        QPalette.ColorRole.WindowText: t.text,
        QPalette.ColorRole.Base: t.field,
        QPalette.ColorRole.AlternateBase: t.panel,
        QPalette.ColorRole.Text: t.text,
        QPalette.ColorRole.Button: t.field,
        QPalette.ColorRole.ButtonText: t.text,
        QPalette.ColorRole.ToolTipBase: t.raised,
        QPalette.ColorRole.ToolTipText: t.text,
        QPalette.ColorRole.PlaceholderText: t.text_faint,
        QPalette.ColorRole.Highlight: t.accent_strong,
        QPalette.ColorRole.HighlightedText: t.on_accent,
        QPalette.ColorRole.Link: t.accent,
    }
    for role, colour in roles.items():
        palette.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(t.text_faint))
    return palette
