"""Controls in which a value is typed: numbers without a narrow range, and JSON."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QSizePolicy, QWidget

from imagineart_desktop.models import FieldKind, FieldSpec
from imagineart_desktop.support import parse_int
from imagineart_desktop.support.json_types import JsonValue
from imagineart_desktop.ui.forms.control import Control
from imagineart_desktop.ui.widgets import InlineMessage, SectionLabel

_LINES = 4


class NumberEdit(Control):
    """A number that is typed; empty if the service may choose it. Only a number within the limits is a value."""

    def __init__(self, field: FieldSpec) -> None:
        super().__init__(field.help)
        self._field = field
        self._value: int | float | None = None
        self._settled: int | float | None = None
        """The value before the text that is being typed, which one that is no number leaves as it was."""
        heading = SectionLabel(field.label, field.limits_text())
        self._edit = QLineEdit()
        self._edit.setAccessibleName(field.label)
        if field.is_optional:
            self._edit.setPlaceholderText("Default")
        self.set_value(field.default)
        self._edit.textEdited.connect(self._take)
        self._edit.editingFinished.connect(self.settle)
        self.headed = self.column
        self.column.addWidget(heading)
        self.column.addWidget(self._edit)

    def value(self) -> JsonValue:
        return self._value

    def set_value(self, value: object) -> None:
        if (value is None or isinstance(value, int | float)) and value != self._value:
            self._value = value
            self.settle()

    def stops(self) -> list[QWidget]:
        return [self._edit]

    def settle(self) -> None:
        self._settled = self._value
        self._edit.setText("" if self._value is None else f"{self._value:.12g}")

    def _take(self, typed: str) -> None:
        text = typed.strip()
        number = self._parse(text)
        self._value = self._settled if number is None and (text or not self._field.is_optional) else number
        self.changed.emit()

    def _parse(self, text: str) -> int | float | None:
        """Return the number, or None if it isn't one within the limits."""
        field = self._field
        number: int | float | None
        if field.kind is FieldKind.INTEGER:
            number = parse_int(text)
        else:
            try:
                number = float(text)
            except ValueError:
                return None
        if number is None or not number >= field.minimum or (field.maximum is not None and number > field.maximum):
            return None
        return number


class JsonControl(Control):
    """An editor for JSON. Empty if the service may choose the value."""

    def __init__(self, field: FieldSpec) -> None:
        super().__init__(field.help)
        self._is_optional = field.is_optional
        self._editor = _Editor()
        self._editor.setAccessibleName(field.label)
        self._editor.setPlaceholderText(field.hint)
        self.problem = self.line = InlineMessage(keeps_line=True)
        self.set_value(field.default)
        self._editor.textChanged.connect(self.changed)
        heading = SectionLabel(field.label)
        heading.set_note("JSON")
        self.column.addWidget(heading)
        self.column.addWidget(self._editor)

    def value(self) -> JsonValue:
        text = self._editor.toPlainText()
        return text if text.strip() or not self._is_optional else None

    def set_value(self, value: object) -> None:
        text = "" if value is None else value
        if isinstance(text, str) and text != self._editor.toPlainText() and value != self.value():
            self._editor.setPlainText(text)

    def stops(self) -> list[QWidget]:
        return [self._editor]


class _Editor(QPlainTextEdit):
    """Plain text in a font of fixed width, a few lines high."""

    def __init__(self) -> None:
        super().__init__()
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return a height of a few lines."""
        return QSize(200, _LINES * self.fontMetrics().lineSpacing() + 22)
