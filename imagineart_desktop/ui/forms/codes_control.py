"""The control for style codes: a text field that says what is wrong with a code while it's typed."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QWidget

from imagineart_desktop.models import FieldSpec
from imagineart_desktop.models.style_codes import read_codes
from imagineart_desktop.support.json_types import JsonValue
from imagineart_desktop.ui.forms.control import Control
from imagineart_desktop.ui.widgets import InlineMessage, SectionLabel


class CodesControl(Control):
    """Codes separated by commas or spaces."""

    def __init__(self, field: FieldSpec) -> None:
        super().__init__(field.help)
        self._edit = QLineEdit()
        self._edit.setAccessibleName(field.label)
        self._edit.setPlaceholderText(field.hint)
        self.problem = self.line = InlineMessage(keeps_line=True)
        self.set_value(field.default)
        self._edit.textChanged.connect(self.changed)
        self.headed = self.column
        self.column.addWidget(SectionLabel(field.label))
        self.column.addWidget(self._edit)

    def value(self) -> JsonValue:
        """Return the codes, valid or not; None if there are none."""
        codes: list[JsonValue] = [*read_codes(self._edit.text())]
        return codes or None

    def set_value(self, value: object) -> None:
        """Show the codes. What is being typed stays if it means the same."""
        codes = value if isinstance(value, list) else []
        if codes != read_codes(self._edit.text()):
            self._edit.setText(", ".join(map(str, codes)))

    def stops(self) -> list[QWidget]:
        """Return the widgets of the Tab order."""
        return [self._edit]
