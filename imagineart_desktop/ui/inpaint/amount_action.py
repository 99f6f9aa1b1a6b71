"""By how much the mask grows, shrinks, is feathered and smoothed: in the bar, or behind its »."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSpinBox, QWidget, QWidgetAction

from imagineart_desktop.ui.widgets import plain_label

LEAST, MOST = 1, 500
_WIDTH = 88
_AMOUNT = 8
"""Pixels, unless the user says otherwise."""


class Amount(QWidgetAction):
    """One number with as many fields as there are places for it."""

    changed = Signal(int)
    entered = Signal()
    """Typed to the end: the keyboard is wanted elsewhere."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._value = _AMOUNT

    def value(self) -> int:
        """Pixels, `LEAST` to `MOST`."""
        return self._value

    def set_value(self, value: int) -> None:
        """Anything else is brought into range."""
        self._value = min(max(value, LEAST), MOST)
        self.changed.emit(self._value)

    def createWidget(self, parent: QWidget) -> QWidget:
        """Qt asks for a field for the bar, and for one for the menu behind its »."""
        field = QSpinBox()
        field.setRange(LEAST, MOST)
        field.setValue(self._value)
        field.setSuffix(" px")
        field.setProperty("kind", "small")
        field.setFixedWidth(_WIDTH)
        field.setToolTip("Amount for Grow, Shrink, Feather and Smooth")
        field.setAccessibleName("Amount")
        field.valueChanged.connect(self.set_value)
        self.changed.connect(field.setValue)
        field.lineEdit().returnPressed.connect(self.entered)
        if not isinstance(parent, QMenu):
            # It stands behind the commands that it is for, where there is no room for a label.
            field.setPrefix("By ")
            field.setParent(parent)
            return field
        whole = QWidget(parent)
        row = QHBoxLayout(whole)
        row.setContentsMargins(12, 4, 12, 4)
        row.addWidget(plain_label("Amount", "muted"))
        row.addWidget(field, 1, Qt.AlignmentFlag.AlignRight)
        return whole
