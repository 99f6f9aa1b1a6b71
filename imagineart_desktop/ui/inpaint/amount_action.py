"""The amount for Grow, Shrink, Feather and Smooth: in the bar, or in its » overflow menu."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSpinBox, QWidget, QWidgetAction

from imagineart_desktop.ui.widgets import plain_label

LEAST, MOST = 1, 500
_WIDTH = 88
_DEFAULT_AMOUNT = 8
"""Default, in pixels."""


class AmountAction(QWidgetAction):
    """One value with any number of fields, one per place that shows it."""

    changed = Signal(int)
    entered = Signal()
    """Enter was pressed: focus can move elsewhere."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._value = _DEFAULT_AMOUNT

    def value(self) -> int:
        """Return the amount in pixels, `LEAST` to `MOST`."""
        return self._value

    def set_value(self, value: int) -> None:
        """Set the amount, clamped to the range."""
        self._value = min(max(value, LEAST), MOST)
        self.changed.emit(self._value)

    def createWidget(self, parent: QWidget) -> QWidget:
        """Create a field for Qt: one for the bar, one for its overflow menu."""
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
            # In the bar it follows the commands it's for, where there is no room for a label.
            field.setPrefix("By ")
            field.setParent(parent)
            return field
        whole = QWidget(parent)
        row = QHBoxLayout(whole)
        row.setContentsMargins(12, 4, 12, 4)
        row.addWidget(plain_label("Amount", "muted"))
        row.addWidget(field, 1, Qt.AlignmentFlag.AlignRight)
        return whole
