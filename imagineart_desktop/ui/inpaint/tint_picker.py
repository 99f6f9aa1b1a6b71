"""Choosing the tint's color and strength, with a live preview on the canvas; the choice is saved."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QColorDialog, QWidget

from imagineart_desktop.ui.canvas.mask_overlay import TINT
from imagineart_desktop.ui.commands.actions import Actions
from imagineart_desktop.workspace.preferences import Preferences

_MIN_ALPHA = 16
"""Minimum alpha, of 255; below that a mask would seem to be gone."""


class TintPicker(QObject):
    """Holds the tint, starting with that of the last session."""

    shown = Signal(object)
    """The `QColor` to show now, including each one tried while choosing."""
    changed = Signal(object)
    """The `QColor` that is saved now."""

    def __init__(self, window: QWidget, preferences: Preferences, actions: Actions) -> None:
        super().__init__(window)
        self._window = window
        self._preferences = preferences
        self._tint = TINT if preferences.tint is None else _clamp_alpha(QColor.fromString(preferences.tint))
        actions["mask.tint colour"].triggered.connect(partial(self.show))

    @property
    def tint(self) -> QColor:
        """Return the color and strength with which the canvas shows the mask."""
        return self._tint

    def show(self, parent: QWidget | None = None) -> QColorDialog:
        """Open the color dialog. The canvas previews colors and reverts if none is chosen.

        parent: the window in front.
        """
        dialog = QColorDialog(self._tint, parent or self._window)
        dialog.setWindowTitle("Mask tint: color and strength")
        dialog.setOptions(
            QColorDialog.ColorDialogOption.ShowAlphaChannel | QColorDialog.ColorDialogOption.DontUseNativeDialog
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.currentColorChanged.connect(self._preview)
        dialog.rejected.connect(self._end_preview)
        dialog.colorSelected.connect(self._keep)
        dialog.show()
        return dialog

    def _preview(self, color: QColor) -> None:
        self.shown.emit(_clamp_alpha(color))

    def _end_preview(self) -> None:
        self.shown.emit(self._tint)

    def _keep(self, colour: QColor) -> None:
        self._tint = _clamp_alpha(colour)
        self._preferences.tint = self._tint.name(QColor.NameFormat.HexArgb)
        self.shown.emit(self._tint)
        self.changed.emit(self._tint)


def _clamp_alpha(colour: QColor) -> QColor:
    return QColor(colour.red(), colour.green(), colour.blue(), max(_MIN_ALPHA, colour.alpha()))
