"""The tint's colour and strength: chosen while the canvas shows them, and kept."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QColorDialog, QWidget

from imagineart_desktop.ui.actions import Actions
from imagineart_desktop.ui.canvas.mask_canvas import MaskCanvas
from imagineart_desktop.ui.preferences import Preferences

_KEPT = "tint"
_WEAKEST = 16
"""Of 255; below that a mask would seem to be gone."""


class TintChoice(QObject):
    """Gives the canvas the tint of last time."""

    def __init__(self, widget: QWidget, canvas: MaskCanvas, preferences: Preferences, actions: Actions) -> None:
        super().__init__(widget)
        self._widget = widget
        self._canvas = canvas
        self._preferences = preferences
        if (kept := _colour_of(preferences.value(_KEPT))) is not None:
            canvas.set_tint(kept)
        actions["mask.tint colour"].triggered.connect(self.show)

    def show(self) -> QColorDialog:
        """Asks; the canvas follows at once, and goes back when nothing is chosen."""
        before = self._canvas.tint
        dialog = QColorDialog(before, self._widget)
        dialog.setWindowTitle("Mask tint: color and strength")
        dialog.setOptions(
            QColorDialog.ColorDialogOption.ShowAlphaChannel | QColorDialog.ColorDialogOption.DontUseNativeDialog
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.currentColorChanged.connect(self._try)
        dialog.rejected.connect(lambda: self._canvas.set_tint(before))
        dialog.colorSelected.connect(self._keep)
        dialog.show()
        return dialog

    def _try(self, colour: QColor) -> None:
        self._canvas.set_tint(_visible(colour))

    def _keep(self, colour: QColor) -> None:
        self._try(colour)
        self._preferences.set_value(_KEPT, self._canvas.tint.name(QColor.NameFormat.HexArgb))


def _colour_of(kept: object) -> QColor | None:
    colour = QColor.fromString(kept) if isinstance(kept, str) else QColor()
    return _visible(colour) if colour.isValid() else None


def _visible(colour: QColor) -> QColor:
    return QColor(colour.red(), colour.green(), colour.blue(), max(_WEAKEST, colour.alpha()))
