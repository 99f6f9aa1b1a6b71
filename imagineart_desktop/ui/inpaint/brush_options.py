"""The panel below the brush button: brush settings besides size and hardness."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QMenu, QSlider, QWidget, QWidgetAction

from imagineart_desktop.imaging import Brush
from imagineart_desktop.ui.canvas.mask_canvas import MaskCanvas
from imagineart_desktop.ui.widgets import plain_label

_PERCENT_SLIDERS: tuple[tuple[str, str, str, int, int], ...] = (
    ("opacity", "Opacity", "How opaque a stroke is; crossing itself doesn’t add up", 1, 100),
    ("spacing", "Spacing", "Distance between dabs, relative to the size", 1, 200),
    ("smoothing", "Smoothing", "Steadies lines by trailing behind the pointer", 0, 100),
)


class BrushOptionsMenu(QMenu):
    """Brush settings; changes take effect with the next stroke."""

    def __init__(self, canvas: MaskCanvas, parent: QWidget) -> None:
        super().__init__(parent)
        self._canvas = canvas
        panel = QWidget()
        grid = QGridLayout(panel)
        grid.setContentsMargins(14, 10, 14, 12)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(8)
        self.sliders: dict[str, QSlider] = {}
        self._values: dict[str, QLabel] = {}
        for row, (name, word, tip, min_value, max_value) in enumerate(_PERCENT_SLIDERS):
            slider = QSlider(Qt.Orientation.Horizontal)
            slider.setRange(min_value, max_value)
            slider.setFixedWidth(130)
            slider.setToolTip(tip)
            slider.setAccessibleName(word)
            slider.valueChanged.connect(self._changing(name))
            value = plain_label("", "muted")
            value.setFixedWidth(44)
            for column, part in enumerate((plain_label(word, "muted"), slider, value)):
                grid.addWidget(part, row, column)
            self.sliders[name], self._values[name] = slider, value
        self.pressure_size = QCheckBox("Pen pressure changes the size")
        self.pressure_opacity = QCheckBox("Pen pressure changes the opacity")
        for row, box in enumerate((self.pressure_size, self.pressure_opacity), len(_PERCENT_SLIDERS)):
            grid.addWidget(box, row, 0, 1, 3)
        self.pressure_size.toggled.connect(
            lambda on: self._set(replace(canvas.tool_controller.brush, pressure_size=on))
        )
        self.pressure_opacity.toggled.connect(
            lambda on: self._set(replace(canvas.tool_controller.brush, pressure_opacity=on))
        )
        action = QWidgetAction(self)
        action.setDefaultWidget(panel)
        self.addAction(action)
        canvas.brush_changed.connect(self._show)
        self._show(canvas.tool_controller.brush)

    def _changing(self, name: str) -> Callable[[int], None]:
        changes: dict[str, Callable[[float], Brush]] = {
            "opacity": lambda share: replace(self._canvas.tool_controller.brush, opacity=share),
            "spacing": lambda share: replace(self._canvas.tool_controller.brush, spacing=share),
            "smoothing": lambda share: replace(self._canvas.tool_controller.brush, smoothing=share),
        }
        return lambda value: self._set(changes[name](value / 100))

    def _set(self, brush: Brush) -> None:
        if brush != self._canvas.tool_controller.brush:
            self._canvas.set_brush(brush)

    def _show(self, brush: Brush) -> None:
        for name, slider in self.sliders.items():
            percent = round(getattr(brush, name) * 100)
            slider.blockSignals(True)
            slider.setValue(percent)
            slider.blockSignals(False)
            self._values[name].setText(f"{percent}%")
        self.pressure_size.setChecked(brush.pressure_size)
        self.pressure_opacity.setChecked(brush.pressure_opacity)
