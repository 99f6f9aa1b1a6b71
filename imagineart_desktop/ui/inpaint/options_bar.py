"""The bar above the canvas: the tool's options, and what is done to the whole mask."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSlider,
    QSpinBox,
    QToolBar,
    QWidget,
)

from imagineart_desktop.imaging import Brush, Combine
from imagineart_desktop.ui.canvas.mask_canvas import MaskCanvas
from imagineart_desktop.ui.canvas.tools import PAINTING, WITHOUT_MASK, ToolKind, WandOptions
from imagineart_desktop.ui.inpaint.brush_options import BrushOptions
from imagineart_desktop.ui.widgets import button, icon_button, plain_label

_SLIDER_STEPS = 200
_LARGEST_BY_SLIDER = 1000.0
_AMOUNT = 8
"""Pixels by which the mask grows, shrinks and is feathered, unless the user says otherwise."""


def slider_of(size: float) -> int:
    """A brush size on the slider: small sizes get more room."""
    share: float = min(size, _LARGEST_BY_SLIDER) / _LARGEST_BY_SLIDER
    return int(_SLIDER_STEPS * math.pow(share, 1 / 3) + 0.5)


def size_of(position: int) -> float:
    """The brush size of a slider position, in pixels."""
    return max(1.0, float(round(_LARGEST_BY_SLIDER * (position / _SLIDER_STEPS) ** 3)))


def _below(widget: QWidget) -> QPoint:
    return widget.mapToGlobal(widget.rect().bottomLeft())


class OptionsBar(QWidget):
    """actions: those of the whole mask, shown at the right."""

    def __init__(self, canvas: MaskCanvas, actions: list[QAction]) -> None:
        super().__init__()
        self.setObjectName("bar")
        self._canvas = canvas
        self.amount = QSpinBox()
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(5)
        self._name = plain_label("Brush", "strong")
        row.addWidget(self._name)
        self._brush_parts = QWidget()
        parts = QHBoxLayout(self._brush_parts)
        parts.setContentsMargins(6, 0, 0, 0)
        parts.setSpacing(6)
        self._size, self._size_label = self._slider(parts, "Size", "Brush size  [ ]", _SLIDER_STEPS, "2000 px")
        self._hardness, self._hardness_label = self._slider(parts, "Hardness", "Brush hardness  { }", 100)
        self.more = BrushOptions(canvas, self)
        tip = "Opacity, spacing, smoothing, pen pressure"
        opener = icon_button("sliders-horizontal", tip, lambda: self.more.popup(_below(opener)), kind="mini", size=16)
        parts.addWidget(opener)
        row.addWidget(self._brush_parts)
        row.addWidget(self._wand())
        self._modes = QButtonGroup(self)
        for combine, word, tip in (
            (Combine.ADD, "Add", "Paint the mask"),
            (Combine.SUBTRACT, "Subtract", "Take away from the mask (hold Alt)"),
            (Combine.INTERSECT, "Intersect", "Keep only what both cover (hold Shift and Alt)"),
        ):
            made = button(word, tip=tip)
            made.setCheckable(True)
            made.setChecked(combine is Combine.ADD)
            made.clicked.connect(lambda _checked, combine=combine: setattr(canvas.stylus, "combine", combine))
            made.setProperty("combine", combine.value)
            self._modes.addButton(made)
            row.addWidget(made)
        row.addWidget(self._whole_mask(actions), 1)
        self._size.valueChanged.connect(lambda value: self._set(size=size_of(value)))
        self._hardness.valueChanged.connect(lambda value: self._set(hardness=value / 100))
        canvas.brush_changed.connect(self._show_brush)
        self._show_brush(canvas.stylus.brush)
        self.show_tool(canvas.stylus.tool)

    def _wand(self) -> QWidget:
        self._wand_parts = QWidget()
        parts = QHBoxLayout(self._wand_parts)
        parts.setContentsMargins(6, 0, 0, 0)
        parts.setSpacing(6)
        self.tolerance, self._tolerance_label = self._slider(parts, "Tolerance", "By how much colours may differ", 255)
        self.tolerance.setMinimum(0)
        self.contiguous = QCheckBox("Contiguous")
        self.contiguous.setToolTip("Only what is connected with the place that was clicked")
        parts.addWidget(self.contiguous)
        self.tolerance.setValue(self._canvas.stylus.wand.tolerance)
        self.contiguous.setChecked(self._canvas.stylus.wand.contiguous)
        self._show_wand()
        self.tolerance.valueChanged.connect(self._show_wand)
        self.contiguous.toggled.connect(self._show_wand)
        self._wand_parts.hide()
        return self._wand_parts

    def _show_wand(self) -> None:
        self._canvas.stylus.wand = WandOptions(self.tolerance.value(), self.contiguous.isChecked())
        self._tolerance_label.setText(str(self.tolerance.value()))

    def _whole_mask(self, actions: list[QAction]) -> QToolBar:
        """At the right; what has no room goes behind »."""
        bar = QToolBar()
        bar.setIconSize(QSize(16, 16))
        space = QWidget()
        space.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        bar.addWidget(space)
        self.amount.setRange(1, 500)
        self.amount.setValue(_AMOUNT)
        self.amount.setSuffix(" px")
        self.amount.setProperty("kind", "small")
        self.amount.setFixedWidth(66)
        self.amount.setToolTip("By how much Grow, Shrink, Feather and Smooth change the mask")
        self.amount.setAccessibleName("Amount")
        bar.addActions(actions)
        self._amount_place = bar.addWidget(self.amount)
        return bar

    def show_tool(self, tool: ToolKind) -> None:
        """The options of another tool."""
        self._name.setText(tool.value)
        self._brush_parts.setVisible(tool in PAINTING)
        self._wand_parts.setVisible(tool is ToolKind.WAND)
        self._amount_place.setVisible(tool not in PAINTING)
        for made in self._modes.buttons():
            only_selections = made.property("combine") == Combine.INTERSECT.value
            made.setVisible(tool not in WITHOUT_MASK | {ToolKind.ERASER} and not (only_selections and tool in PAINTING))

    def _slider(
        self, row: QHBoxLayout, word: str, tip: str, steps: int, widest: str = "100 %"
    ) -> tuple[QSlider, QLabel]:
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(1, steps)
        slider.setFixedWidth(58)
        slider.setToolTip(tip)
        slider.setAccessibleName(word)
        value = plain_label("", "muted")
        value.setFixedWidth(value.fontMetrics().horizontalAdvance(widest) + 4)
        row.addWidget(plain_label(word, "muted"))
        row.addWidget(slider)
        row.addWidget(value)
        return slider, value

    def _set(self, **change: Any) -> None:
        self._canvas.set_brush(replace(self._canvas.stylus.brush, **change))

    def _show_brush(self, brush: Brush) -> None:
        for slider, value in ((self._size, slider_of(brush.size)), (self._hardness, round(brush.hardness * 100))):
            slider.blockSignals(True)
            slider.setValue(value)
            slider.blockSignals(False)
        self._size_label.setText(f"{brush.size:.0f} px")
        self._hardness_label.setText(f"{brush.hardness * 100:.0f} %")
