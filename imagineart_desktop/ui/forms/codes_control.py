"""The control for style codes: a text field that says what is wrong with a code while it's typed."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from imagineart_desktop.models import FieldSpec
from imagineart_desktop.models.style_codes import read_codes
from imagineart_desktop.support.json_types import JsonValue
from imagineart_desktop.ui.forms.control import Control, set_heading_beside
from imagineart_desktop.ui.widgets import InlineMessage, SectionLabel


class CodesControl(Control):
    """Codes separated by commas or spaces."""

    def __init__(self, field: FieldSpec) -> None:
        super().__init__(field.help)
        self._edit = QLineEdit()
        self._edit.setAccessibleName(field.label)
        self._edit.setPlaceholderText(field.hint)
        self.problem = InlineMessage(keeps_line=True)
        self.set_value(field.default)
        self._edit.textChanged.connect(self.changed)
        self._top = QVBoxLayout()
        self._top.setSpacing(6)
        self._top.addWidget(SectionLabel(field.label))
        self._top.addWidget(self._edit)
        self.column.setSpacing(2)
        self.column.addLayout(self._top)
        self.column.addWidget(self.problem)

    def value(self) -> JsonValue:
        """Return the codes, valid or not; None if there are none."""
        codes: list[JsonValue] = [*read_codes(self._edit.text())]
        return codes or None

    def set_value(self, value: object) -> None:
        """Show the codes. What is being typed stays if it means the same."""
        codes = value if isinstance(value, list) else []
        if codes != read_codes(self._edit.text()):
            self._edit.setText(", ".join(map(str, codes)))

    def set_low(self, low: bool) -> None:
        """Put the heading beside the field if space is scarce."""
        set_heading_beside(self._top, low)

    def stops(self) -> list[QWidget]:
        """Return the widgets of the Tab order."""
        return [self._edit]
