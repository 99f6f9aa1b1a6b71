"""The control for a color palette: a preset, or color wells with weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QRectF, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QColorDialog, QDoubleSpinBox, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from imagineart_desktop.models import FieldSpec
from imagineart_desktop.models.palette import (
    MAX_WEIGHT,
    MIN_WEIGHT,
    PaletteColor,
    colors_of,
    palette_of,
    preset_of,
    preset_palette,
)
from imagineart_desktop.support.json_types import JsonValue
from imagineart_desktop.ui.forms.control import Control
from imagineart_desktop.ui.theme import tokens
from imagineart_desktop.ui.widgets import FlowLayout, SectionLabel, combo_box, guard_wheel, icon_button
from imagineart_desktop.ui.widgets.number_fields import FieldFrame

_STARTING_COLORS = ((214, 96, 52), (38, 84, 124), (242, 201, 76), (84, 140, 92), (150, 92, 160), (60, 60, 68))
"""The colors that *Add color* gives, in turn."""

_NONE, _CUSTOM = "None", "Custom"
_STEP = 0.05


class ColorWell(QToolButton):
    """A color that a click changes in a dialog."""

    picked = Signal(object)
    """The chosen (red, green, blue)."""

    def __init__(self, color: PaletteColor, number: int) -> None:
        super().__init__()
        self._color = QColor(*color.rgb)
        self.setProperty("kind", "mini")
        self.setFixedSize(26, 26)
        self.setToolTip(color.code)
        self.setAccessibleName(f"Color {number}: {color.code}")
        self.clicked.connect(self._choose)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the color, with a frame that shows it on any background."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ringed = self.hasFocus() or self.underMouse()
        painter.setPen(QPen(QColor(tokens().accent if ringed else tokens().text_faint), 1))
        color = QColor(self._color)
        color.setAlphaF(1.0 if self.isEnabled() else 0.4)
        painter.setBrush(color)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(3.5, 3.5, -3.5, -3.5), 4, 4)

    def _choose(self) -> None:
        dialog = QColorDialog(self._color, self)
        dialog.setWindowTitle("Palette color")
        dialog.setOption(QColorDialog.ColorDialogOption.DontUseNativeDialog)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.colorSelected.connect(self._pick)
        dialog.open()

    def _pick(self, color: QColor) -> None:
        self.picked.emit((color.red(), color.green(), color.blue()))


class _Entry(FieldFrame):
    """One color: its well, its weight, and a button that removes it."""

    def __init__(self, color: PaletteColor, number: int) -> None:
        super().__init__()
        self.well = ColorWell(color, number)
        self.weight = QDoubleSpinBox()
        self.weight.setRange(MIN_WEIGHT, MAX_WEIGHT)
        self.weight.setSingleStep(_STEP)
        self.weight.setValue(color.weight)
        self.weight.setFixedWidth(34)
        self.weight.setAccessibleName(f"Weight of color {number}")
        self.weight.setToolTip(f"Weight, {MIN_WEIGHT:g}–{MAX_WEIGHT:g}")
        self.remove = icon_button("x", f"Remove color {number}", kind="mini", size=12)
        self.remove.setFixedSize(18, 26)
        self.watch(self.weight)
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 1, 2, 1)
        row.setSpacing(2)
        for part in (self.well, self.weight, self.remove):
            row.addWidget(part)
        guard_wheel(self)


class PaletteControl(Control):
    """A combo box of the presets; *Custom* shows the wells."""

    def __init__(self, field: FieldSpec) -> None:
        super().__init__(field.help)
        self._max_colors = field.max_items
        self._colors: list[PaletteColor] = [PaletteColor(rgb) for rgb in _STARTING_COLORS[:2]]
        self._box = combo_box(field.label)
        self._box.addItem(_NONE)
        for name in field.options:
            self._box.addItem(field.option_text(name), name)
        self._box.addItem(_CUSTOM)
        self._add = icon_button("plus", "Add color", self._add_color, size=14)
        self._add.setFixedSize(30, 30)
        self._entries: list[_Entry] = []
        self._wells = QWidget()
        self._flow = FlowLayout()
        self._wells.setLayout(self._flow)
        self._wells.hide()
        self._flow.addWidget(self._add)
        self.headed = QVBoxLayout()
        self.headed.setSpacing(6)
        self.headed.addWidget(SectionLabel(field.label))
        self.headed.addWidget(self._box)
        self.column.addLayout(self.headed)
        self.column.addWidget(self._wells)
        self._box.currentIndexChanged.connect(self._box_chosen)

    def value(self) -> JsonValue:
        """Return the palette; None for none."""
        if self._is_custom:
            return palette_of(self._colors)
        name = self._box.currentData()
        return preset_palette(name) if isinstance(name, str) else None

    def set_value(self, value: object) -> None:
        """Show a palette; anything else is ignored."""
        colors, name = colors_of(value), preset_of(value)
        index = self._box.count() - 1 if colors else 0 if value is None else self._box.findData(name)
        if index < 0 or value == self.value():
            return
        with QSignalBlocker(self._box):
            self._box.setCurrentIndex(index)
        self._show_colors(colors or self._colors)

    def settle(self) -> None:
        """Take the weights that are being typed."""
        for entry in self._entries:
            entry.weight.interpretText()

    def stops(self) -> list[QWidget]:
        """Return the widgets of the Tab order."""
        parts = [part for entry in self._entries for part in (entry.well, entry.weight, entry.remove)]
        return [self._box, *parts, self._add]

    @property
    def _is_custom(self) -> bool:
        return self._box.currentIndex() == self._box.count() - 1

    def _box_chosen(self) -> None:
        self._show_colors(self._colors)
        self.changed.emit()

    def _show_colors(self, colors: Sequence[PaletteColor]) -> None:
        """Show the wells of these colors, if the palette is one of colors."""
        self._colors = list(colors)
        for entry in self._entries:
            self._flow.removeWidget(entry)
            entry.deleteLater()
        self._entries = [_Entry(color, number) for number, color in enumerate(colors, 1)] if self._is_custom else []
        self._flow.removeWidget(self._add)
        for place, entry in enumerate(self._entries):
            entry.well.picked.connect(partial(self._pick, place))
            entry.weight.valueChanged.connect(partial(self._weigh, place))
            entry.remove.clicked.connect(partial(self._remove, place))
            entry.remove.setEnabled(len(self._entries) > 1)
            self._flow.addWidget(entry)
        self._flow.addWidget(self._add)
        self._add.setEnabled(len(colors) < self._max_colors)
        self._wells.setVisible(self._is_custom)
        self.stops_changed.emit()

    def _set_colors(self, colors: Sequence[PaletteColor]) -> None:
        self._show_colors(colors)
        self.changed.emit()

    def _add_color(self) -> None:
        following = _STARTING_COLORS[len(self._colors) % len(_STARTING_COLORS)]
        self._set_colors([*self._colors, PaletteColor(following)])
        self._entries[-1].well.setFocus(Qt.FocusReason.OtherFocusReason)

    def _remove(self, place: int) -> None:
        self._set_colors([*self._colors[:place], *self._colors[place + 1 :]])
        self._entries[min(place, len(self._entries) - 1)].well.setFocus(Qt.FocusReason.OtherFocusReason)

    def _pick(self, place: int, rgb: tuple[int, int, int]) -> None:
        colors = list(self._colors)
        colors[place] = replace(colors[place], rgb=rgb)
        self._set_colors(colors)

    def _weigh(self, place: int, weight: float) -> None:
        self._colors[place] = replace(self._colors[place], weight=round(weight, 2))
        self.changed.emit()
