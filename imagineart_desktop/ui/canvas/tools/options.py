"""Options of a tool: their values, and how they are set in the bar above the canvas."""

from __future__ import annotations

from abc import abstractmethod
from contextlib import suppress

from pydantic import StrictBool, StrictInt, TypeAdapter, ValidationError
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QSlider

from imagineart_desktop.ui.widgets import CheckBox, ElidedLabel, plain_label

_INT = TypeAdapter(StrictInt)
_BOOL = TypeAdapter(StrictBool)


class ToolOption(QObject):
    """One option. id: identifies it in settings, and its control among the widgets; never changes."""

    def __init__(self, option_id: str, label: str, tip: str) -> None:
        super().__init__()
        self.id = option_id
        self.label = label
        self.tip = tip

    @abstractmethod
    def saved(self) -> int | bool:
        """Return the value to save."""

    @abstractmethod
    def restore(self, saved: object) -> None:
        """Take a saved value, ignoring an invalid one."""

    @abstractmethod
    def add_control(self, row: QHBoxLayout) -> None:
        """Add the control that shows and sets the value."""


class IntOption(ToolOption):
    """A whole number within limits, set with a slider."""

    changed = Signal(int)

    def __init__(self, option_id: str, label: str, tip: str, limits: tuple[int, int], default: int) -> None:
        super().__init__(option_id, label, tip)
        self.limits = limits
        self.value = default

    def set_value(self, value: int) -> None:
        """Set the value, clamped to the limits."""
        value = min(max(value, self.limits[0]), self.limits[1])
        if value != self.value:
            self.value = value
            self.changed.emit(value)

    def saved(self) -> int:
        """Return the number."""
        return self.value

    def restore(self, saved: object) -> None:
        """Take a saved number."""
        with suppress(ValidationError):
            self.set_value(_INT.validate_python(saved))

    def add_control(self, row: QHBoxLayout) -> None:
        """Add a slider with the number beside it."""
        slider, figure = add_slider(row, self.label, self.tip, self.limits, str(self.limits[1]))
        slider.setObjectName(self.id)
        slider.setValue(self.value)
        figure.setNum(self.value)
        slider.valueChanged.connect(self.set_value)
        self.changed.connect(slider.setValue)
        self.changed.connect(figure.setNum)


class SwitchOption(ToolOption):
    """Something that is on or off, set with a check box."""

    changed = Signal(bool)

    def __init__(self, option_id: str, label: str, tip: str, *, default: bool) -> None:
        super().__init__(option_id, label, tip)
        self.value = default

    def set_value(self, value: bool) -> None:
        """Switch on or off."""
        if value != self.value:
            self.value = value
            self.changed.emit(value)

    def saved(self) -> bool:
        """Return whether it's on."""
        return self.value

    def restore(self, saved: object) -> None:
        """Take a saved state."""
        with suppress(ValidationError):
            self.set_value(_BOOL.validate_python(saved))

    def add_control(self, row: QHBoxLayout) -> None:
        """Add a check box."""
        box = CheckBox(self.label)
        box.setObjectName(self.id)
        box.setToolTip(self.tip)
        box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        box.setChecked(self.value)
        box.toggled.connect(self.set_value)
        self.changed.connect(box.setChecked)
        row.addWidget(box)


def add_slider(
    row: QHBoxLayout, word: str, tip: str, limits: tuple[int, int], widest: str = "100%"
) -> tuple[QSlider, QLabel]:
    """Add a slider between its label and its value. Return it and the value's label. widest: the longest value."""
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setRange(*limits)
    slider.setFixedWidth(44)
    slider.setToolTip(tip)
    slider.setAccessibleName(word)
    # Clicking leaves keyboard focus on the canvas.
    slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    value = plain_label("", "muted")
    value.setFixedWidth(value.fontMetrics().horizontalAdvance(widest) + 4)
    row.addWidget(_elided_label(word))
    row.addWidget(slider)
    row.addWidget(value)
    return slider, value


def _elided_label(text: str) -> ElidedLabel:
    """Return a label that is elided before anything is pushed out of the bar."""
    label = ElidedLabel(text, "muted")
    label.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
    return label
