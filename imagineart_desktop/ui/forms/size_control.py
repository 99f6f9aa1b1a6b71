"""The control for an image size: a preset, or a width and a height in pixels, typed or from a list."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from imagineart_desktop.models import FieldSpec, Size
from imagineart_desktop.models.own_size import own_size, pixels_of, read_size, size_text
from imagineart_desktop.support import parse_int
from imagineart_desktop.support.json_types import JsonValue
from imagineart_desktop.ui.forms.control import Control
from imagineart_desktop.ui.widgets import InlineMessage, SectionLabel, combo_box, plain_label

_MAX_TYPED = 99_999
_EDGE_WIDTH = 52
"""Width of a field for a number of pixels."""


class SizeControl(Control):
    """The presets with the pixels of the chosen one beside them; typing other numbers makes it a custom size.

    If the model takes only certain sizes, they are listed after the presets instead.
    """

    def __init__(self, field: FieldSpec) -> None:
        super().__init__(field.help)
        self._size_of: Callable[[str], Size | None] = _unknown
        self._box = combo_box(field.label)
        for option in field.options:
            self._box.addItem(field.option_text(option), option)
        for size in field.sizes:
            self._box.addItem(size_text(field, own_size(size)), _key(size))
        self._is_listed = bool(field.sizes)
        if not self._is_listed:
            self._box.addItem("Custom")
        self._edges = tuple(_edge_field(name) for name in ("Width", "Height"))
        self.problem = self.line = InlineMessage(keeps_line=True)
        self.set_value(field.default)
        self._box.currentIndexChanged.connect(self._box_chosen)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self._box, 1)
        for part in (self._edges[0], plain_label("×", "muted"), self._edges[1]):
            row.addWidget(part)
        for edge in self._edges:
            edge.textEdited.connect(self._typed)
            edge.setReadOnly(self._is_listed)
        self.column.addWidget(SectionLabel(field.label, "" if self._is_listed else field.limits_text(" px")))
        self.column.addLayout(row)

    def value(self) -> JsonValue:
        """Return the preset, or the width and height."""
        chosen = self._box.currentData()
        return read_size(chosen) if isinstance(chosen, str) else own_size(self._typed_size())

    def set_value(self, value: object) -> None:
        """Show a preset or a width and a height; anything else is ignored."""
        size = pixels_of(value)
        index = self._box.findData(value) if size is None else self._place_of(size)
        if index < 0:
            return
        with QSignalBlocker(self._box):
            self._box.setCurrentIndex(index)
        self._show_pixels(size if size is not None else self._size_of(str(value)))

    def show_sizes(self, size_of: Callable[[str], Size | None]) -> None:
        """Show the pixels of the chosen preset."""
        self._size_of = size_of
        self.set_value(self.value())

    def stops(self) -> list[QWidget]:
        """Return the widgets of the Tab order."""
        return [self._box] if self._is_listed else [self._box, *self._edges]

    def _place_of(self, size: Size) -> int:
        """Return the index of the custom size in the list."""
        return self._box.findData(_key(size)) if self._is_listed else self._custom

    @property
    def _custom(self) -> int:
        return -1 if self._is_listed else self._box.count() - 1

    def _typed_size(self) -> Size:
        width, height = (parse_int(edge.text(), 0, _MAX_TYPED) or 0 for edge in self._edges)
        return width, height

    def _show_pixels(self, size: Size | None) -> None:
        # What is being typed stays as it is if it means the same.
        if size != self._typed_size():
            for place, edge in enumerate(self._edges):
                edge.setText("" if size is None else str(size[place]))

    def _box_chosen(self, index: int) -> None:
        if index == self._custom:
            self._edges[0].setFocus(Qt.FocusReason.OtherFocusReason)
            self._edges[0].selectAll()
        self.changed.emit()

    def _typed(self) -> None:
        with QSignalBlocker(self._box):
            self._box.setCurrentIndex(self._custom)
        self.changed.emit()


def _key(size: Size) -> str:
    return f"{size[0]}x{size[1]}"


def _edge_field(name: str) -> QLineEdit:
    edge = QLineEdit()
    edge.setAccessibleName(name)
    edge.setToolTip(f"{name} in pixels")
    edge.setValidator(QIntValidator(0, _MAX_TYPED, edge))
    edge.setFixedWidth(_EDGE_WIDTH)
    return edge


def _unknown(_option: str) -> Size | None:
    return None
