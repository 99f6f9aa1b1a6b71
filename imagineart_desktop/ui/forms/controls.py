"""The input controls for a model's fields, by kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from imagineart_desktop.models import FieldKind, FieldSpec, Size, for_each_kind
from imagineart_desktop.support.json_types import JsonValue
from imagineart_desktop.ui.forms.codes_control import CodesControl
from imagineart_desktop.ui.forms.control import Control
from imagineart_desktop.ui.forms.palette_control import PaletteControl
from imagineart_desktop.ui.forms.size_control import SizeControl
from imagineart_desktop.ui.forms.style_control import StyleControl
from imagineart_desktop.ui.forms.typed_controls import JsonControl, NumberEdit
from imagineart_desktop.ui.widgets import CheckBox, RatioPicker, SectionLabel, Segmented, combo_box
from imagineart_desktop.ui.widgets.completions import complete_with
from imagineart_desktop.ui.widgets.sliders import ClickSlider

_MAX_SEGMENTS = 3
_LETTER, _SEGMENT, _NARROW = 8, 20, 140
"""Pixels that a letter and the edges of a segment need, and that half a form has."""

_DECIMALS = 6
_MAX_STEPS = 1000
"""Number of steps above which a number is typed: a slider would skip some of its values."""
_MAX_LISTED = 20
"""Number of options above which they can be searched."""


class _Ratio(Control):
    def __init__(self, field: FieldSpec) -> None:
        super().__init__(field.help)
        self._heading = SectionLabel(field.label)
        self._tiles = RatioPicker(_sorted_ratios(field.options))
        self.set_value(field.default)
        self._tiles.changed.connect(self.changed)
        self.column.addWidget(self._heading)
        self.column.addWidget(self._tiles)

    def value(self) -> JsonValue:
        return self._tiles.value()

    def set_value(self, value: object) -> None:
        self._tiles.set_value(str(value))

    def stops(self) -> list[QWidget]:
        return self._tiles.stops()

    def show_size(self, size: Size | None) -> None:
        self._heading.set_note(f"About {size[0]} × {size[1]}" if size is not None else "")

    def show_sizes(self, size_of: Callable[[str], Size | None]) -> None:
        self._tiles.set_sizes(size_of)


class _Segments(Control):
    small = True

    def __init__(self, field: FieldSpec) -> None:
        super().__init__(field.help)
        words = {option: field.option_text(option) for option in field.options}
        self.narrow = sum(len(word) * _LETTER + _SEGMENT for word in words.values()) <= _NARROW
        self._segments = Segmented(words)
        self.set_value(field.default)
        self._segments.changed.connect(self.changed)
        self.column.addWidget(SectionLabel(field.label))
        self.column.addWidget(self._segments)

    def value(self) -> JsonValue:
        return self._segments.value()

    def set_value(self, value: object) -> None:
        self._segments.set_value(str(value))

    def stops(self) -> list[QWidget]:
        return self._segments.stops()


class _ComboControl(Control):
    def __init__(self, field: FieldSpec) -> None:
        super().__init__(field.help)
        self._is_optional = field.is_optional
        self._box = combo_box(field.label)
        if field.is_optional:
            self._box.addItem("None")
        for option in field.options:
            self._box.addItem(field.option_text(option), option)
        self.set_value(field.default)
        self._box.currentIndexChanged.connect(self.changed)
        self.headed = self.column
        self.column.addWidget(SectionLabel(field.label))
        self.column.addWidget(self._box)

    def value(self) -> JsonValue:
        option = self._box.currentData()
        return option if isinstance(option, str) else None

    def set_value(self, value: object) -> None:
        index = 0 if value is None and self._is_optional else self._box.findData(value)
        if index >= 0:
            self._box.setCurrentIndex(index)

    def set_refused(self, refused: Mapping[str, str]) -> None:
        super().set_refused(refused)
        options = self._box.model()
        for index in range(self._box.count()):
            if isinstance(options, QStandardItemModel):
                options.item(index).setEnabled(self._box.itemData(index) not in refused)

    def stops(self) -> list[QWidget]:
        return [self._box]


class _SearchableCombo(_ComboControl):
    """A combo box for many options: typing any part of an option's name finds it."""

    def __init__(self, field: FieldSpec) -> None:
        super().__init__(field)
        self._box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._edit = QLineEdit()
        self._edit.setProperty("bare", True)
        # Its text lines up with that of the other boxes.
        self._edit.setTextMargins(-2, 0, 0, 0)
        self._box.setLineEdit(self._edit)
        complete_with(self._edit, self._box.model()).activated.connect(self._choose_typed)
        self._edit.editingFinished.connect(self._choose_typed)

    def settle(self) -> None:
        self._choose_typed()

    def _choose_typed(self) -> None:
        """Choose the option that was typed, or show the chosen one again in place of text that names none."""
        typed = self._box.findText(self._edit.text().strip(), Qt.MatchFlag.MatchFixedString)
        if typed >= 0:
            self._box.setCurrentIndex(typed)
        self._edit.setText(self._box.itemText(self._box.currentIndex()))


class _Number(Control):
    """A slider with its value beside the heading."""

    def __init__(self, field: FieldSpec) -> None:
        super().__init__(field.help)
        self._field = field
        self._heading = SectionLabel(field.label)
        self._slider = ClickSlider(Qt.Orientation.Horizontal)
        self._slider.setAccessibleName(field.label)
        self._slider.setRange(0, self._place_of(field.minimum if field.maximum is None else field.maximum))
        self._slider.valueChanged.connect(self._moved)
        self.set_value(field.default)
        self.column.addWidget(self._heading)
        self.column.addWidget(self._slider)

    def value(self) -> JsonValue:
        # Floating point would make 0.8 of 79 steps of 0.01 and a minimum of 0.01.
        return round(self._field.minimum + self._slider.value() * self._field.step, _DECIMALS)

    def set_value(self, value: object) -> None:
        if isinstance(value, int | float):
            # A value between two places of the slider stays as it is until the user moves it.
            with QSignalBlocker(self._slider):
                self._slider.setValue(self._place_of(value))
            self._heading.set_note(f"{value:g}")

    def stops(self) -> list[QWidget]:
        return [self._slider]

    def _place_of(self, value: float) -> int:
        return round((value - self._field.minimum) / self._field.step)

    def _moved(self) -> None:
        self._heading.set_note(f"{self.value():g}")
        self.changed.emit()


class _Text(Control):
    def __init__(self, field: FieldSpec) -> None:
        super().__init__(field.help)
        self._is_optional = field.is_optional
        self._edit = QLineEdit()
        self._edit.setAccessibleName(field.label)
        self._edit.setPlaceholderText(field.hint)
        self.set_value(field.default)
        self._edit.textChanged.connect(self.changed)
        self.headed = self.column
        self.column.addWidget(SectionLabel(field.label))
        self.column.addWidget(self._edit)

    def value(self) -> JsonValue:
        return self._edit.text() or (None if self._is_optional else "")

    def set_value(self, value: object) -> None:
        text = "" if value is None else value
        if isinstance(text, str) and text != self._edit.text():
            self._edit.setText(text)

    def stops(self) -> list[QWidget]:
        return [self._edit]


class _Switch(Control):
    def __init__(self, field: FieldSpec) -> None:
        super().__init__(field.help)
        self._check = CheckBox(field.label)
        self.set_value(field.default)
        self._check.toggled.connect(self.changed)
        self.column.addWidget(self._check)

    def value(self) -> JsonValue:
        return self._check.isChecked()

    def set_value(self, value: object) -> None:
        if isinstance(value, bool):
            self._check.setChecked(value)

    def stops(self) -> list[QWidget]:
        return [self._check]


def create_control(field: FieldSpec) -> Control | None:
    """Return the control for a field, or None if it's set elsewhere: prompt, seed and images.

    That's a ratio picker for ratios, segments for up to three options, a combo box for more, a searchable one for many,
    a check box, a slider, a number that is typed, a text field or an editor for JSON.
    """
    create = _CREATE[field.kind]
    return None if create is None else create(field)


def _choice_control(field: FieldSpec) -> Control:
    if len(field.options) > _MAX_LISTED:
        return _SearchableCombo(field)
    return _ComboControl(field) if field.is_optional or len(field.options) > _MAX_SEGMENTS else _Segments(field)


def _number_control(field: FieldSpec) -> Control:
    is_narrow = field.maximum is not None and (field.maximum - field.minimum) / field.step <= _MAX_STEPS
    return _Number(field) if is_narrow and not field.is_optional else NumberEdit(field)


_CREATE: Mapping[FieldKind, Callable[[FieldSpec], Control] | None] = for_each_kind(
    {
        FieldKind.PROMPT: None,
        FieldKind.RATIO: _Ratio,
        FieldKind.CHOICE: _choice_control,
        FieldKind.SWITCH: _Switch,
        FieldKind.TEXT: _Text,
        FieldKind.NUMBER: _number_control,
        FieldKind.INTEGER: _number_control,
        FieldKind.JSON: JsonControl,
        FieldKind.SEED: None,
        FieldKind.PICTURE: None,
        FieldKind.PICTURES: None,
        FieldKind.MASK: None,
        FieldKind.COUNT: None,
        FieldKind.HIDDEN: None,
        FieldKind.CODES: CodesControl,
        FieldKind.PALETTE: PaletteControl,
        FieldKind.SIZE: SizeControl,
        FieldKind.STYLE: StyleControl,
    }
)
"""Kind → what creates the control of a field. None if the form or the page has its own control, or none."""


def _sorted_ratios(ratios: Sequence[str]) -> list[str]:
    """Sort the ratios as users expect: auto, square, then by shape, with wide and tall versions side by side."""
    known = (
        "auto",
        "1:1",
        "16:9",
        "9:16",
        "3:2",
        "2:3",
        "4:3",
        "3:4",
        "4:5",
        "5:4",
        "3:1",
        "1:3",
        "21:9",
        "4:1",
        "1:4",
    )
    return sorted(ratios, key=lambda ratio: known.index(ratio) if ratio in known else len(known))
