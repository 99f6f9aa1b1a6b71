"""The rows of the settings that follow from the declared options."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from PySide6.QtCore import QRegularExpression, QSignalBlocker
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QLayout, QLineEdit, QSpinBox, QWidget

from imagineart_desktop.models import format_dollars
from imagineart_desktop.support import parse_dollars
from imagineart_desktop.ui.widgets import CheckBox, combo_box, create_form, form_label
from imagineart_desktop.workspace.options import (
    ChoiceOption,
    DollarsOption,
    NumberOption,
    Option,
    SettingsGroup,
    SettingsRow,
    SwitchOption,
)
from imagineart_desktop.workspace.preferences import Preferences

_DOLLARS = QRegularExpression(r"\$?[0-9]{0,6}(\.[0-9]{0,2})?")
_DOLLARS_WIDTH = 120


def row_of(option: Option[Any]) -> SettingsRow:
    """Return the row of an option that is declared with one."""
    if option.row is None:
        raise LookupError(f"{option.name} has no row")
    return option.row


class OptionRows:
    """The rows of a group. Each sets its option immediately, and shows what else changes it.

    special: the controls of options that need another one than their type has, each with the layout around it.
    """

    def __init__(
        self,
        preferences: Preferences,
        group: SettingsGroup,
        special: Mapping[Option[Any], tuple[QWidget, QLayout]],
    ) -> None:
        self._preferences = preferences
        self.form: QFormLayout = create_form()
        self.controls: dict[str, QWidget] = {}
        """Name of an option → its control."""
        for name, option in preferences.options().items():
            if option.row is None or option.row.group is not group:
                continue
            if option in special:
                self.controls[name], layout = special[option]
                self.form.addRow(form_label(option.row.title), layout)
            else:
                self._add(name, option, option.row)

    def _add(self, name: str, option: Option[Any], row: SettingsRow) -> None:
        use = partial(setattr, self._preferences, name)
        control: QWidget
        show: Callable[[Any], object]
        if isinstance(option, ChoiceOption):
            control, show = _choice(option, row, use)
        elif isinstance(option, NumberOption):
            control, show = _number(option, use)
        elif isinstance(option, DollarsOption):
            control, show = _dollars(row, use)
        elif isinstance(option, SwitchOption):
            control, show = _switch(row, use)
        else:
            raise TypeError(f"no control for {name}")
        control.setToolTip(row.tip)
        self.form.addRow("" if isinstance(control, QCheckBox) else form_label(row.title, control), control)
        self.controls[name] = control

        def show_quietly(value: Any) -> None:
            with QSignalBlocker(control):
                show(value)

        show_quietly(option.value(self._preferences))
        self._preferences.watch(control, option, show_quietly)


def _choice(
    option: ChoiceOption[Any], row: SettingsRow, use: Callable[[Any], object]
) -> tuple[QComboBox, Callable[[Any], object]]:
    box = combo_box(row.name)
    values = list(option.choices)
    for value, label in option.choices.items():
        box.addItem(label, value.value)
    box.currentIndexChanged.connect(lambda index: use(values[index]))
    return box, lambda value: box.setCurrentIndex(values.index(value))


def _number(option: NumberOption, use: Callable[[int], object]) -> tuple[QSpinBox, Callable[[int], object]]:
    box = QSpinBox()
    box.setRange(*option.limits)
    box.valueChanged.connect(use)
    return box, box.setValue


def _dollars(
    row: SettingsRow, use: Callable[[Decimal | None], object]
) -> tuple[QLineEdit, Callable[[Decimal | None], object]]:
    field = QLineEdit()
    field.setAccessibleName(f"{row.name} in US dollars")
    field.setPlaceholderText("None")
    field.setMaximumWidth(_DOLLARS_WIDTH)
    field.setValidator(QRegularExpressionValidator(_DOLLARS, field))
    field.textChanged.connect(lambda text: use(parse_dollars(text)))

    def show(value: Decimal | None) -> None:
        # While it's being typed, “10.” stays as it is.
        if parse_dollars(field.text()) != value:
            field.setText("" if value is None else format_dollars(value))

    return field, show


def _switch(row: SettingsRow, use: Callable[[bool], object]) -> tuple[QCheckBox, Callable[[bool], object]]:
    box = CheckBox(row.title)
    box.toggled.connect(use)
    return box, box.setChecked
