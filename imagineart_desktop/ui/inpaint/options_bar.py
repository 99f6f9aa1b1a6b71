"""The bar above the canvas: the combine mode, the tool's options, and commands on the whole mask."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from itertools import chain

from PySide6.QtCore import QEvent, QPoint, QSize, Qt
from PySide6.QtGui import QActionGroup, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolBar, QToolButton, QWidget

from imagineart_desktop.imaging import BooleanOp, Brush
from imagineart_desktop.ui.canvas.mask_canvas import MaskCanvas
from imagineart_desktop.ui.canvas.tools.options import add_slider
from imagineart_desktop.ui.canvas.tools.tool import Tool
from imagineart_desktop.ui.commands.actions import Actions
from imagineart_desktop.ui.inpaint.amount_action import AmountAction
from imagineart_desktop.ui.inpaint.brush_options import BrushOptionsMenu
from imagineart_desktop.ui.theme import icon
from imagineart_desktop.ui.widgets import icon_button, plain_label
from imagineart_desktop.workspace.canvas_modifier import CanvasModifier

_COMBINE_TIPS = {
    BooleanOp.ADD: "Paint the mask",
    BooleanOp.SUBTRACT: "Subtract from the mask (hold {})",
    BooleanOp.INTERSECT: "Intersect with the mask (hold Shift and {})",
}
_GAP = 6
_SLIDER_STEPS = 200
_MAX_SLIDER_SIZE = 1000.0


def slider_position(size: float) -> int:
    """Return the slider position of a brush size; small sizes get more space."""
    share: float = min(size, _MAX_SLIDER_SIZE) / _MAX_SLIDER_SIZE
    return int(_SLIDER_STEPS * math.pow(share, 1 / 3) + 0.5)


def brush_size_at(position: int) -> float:
    """Return the brush size of a slider position, in pixels."""
    return max(1.0, float(round(_MAX_SLIDER_SIZE * (position / _SLIDER_STEPS) ** 3)))


_MORE_WIDTH = 28
"""Width, in pixels, of the » button with its margins."""


def _panel() -> tuple[QWidget, QHBoxLayout]:
    panel = QWidget()
    row = QHBoxLayout(panel)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(4)
    return panel, row


def _options_panel(tool: Tool) -> QWidget:
    panel, row = _panel()
    for option in tool.options:
        option.add_control(row)
    return panel


def _below(widget: QWidget) -> QPoint:
    return widget.mapToGlobal(widget.rect().bottomLeft())


class OptionsBar(QWidget):
    """Moves what doesn't fit behind ». Options that tools share stay in the same place for all of them."""

    def __init__(self, canvas: MaskCanvas, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("bar")
        self._canvas = canvas
        self._wanted = 0
        self._panels: dict[str, list[QWidget]] = {}
        """Panels with the options of each tool, by its id; tools that use the brush share one."""
        self.amount = AmountAction(self)
        self.amount.entered.connect(canvas.setFocus)
        self._combine_actions = {combine: actions[f"mask.{combine.value}"] for combine in BooleanOp}
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(5)
        self._combine_holders = self._combine_buttons()
        joins = QHBoxLayout()
        joins.setSpacing(2)
        for place in self._combine_holders.values():
            joins.addWidget(place)
        row.addLayout(joins)
        row.addSpacing(2)
        row.addWidget(self._tool_options())
        row.addWidget(self._mask_toolbar(actions), 1)
        self._size.valueChanged.connect(self._set_size)
        self._hardness.valueChanged.connect(self._set_hardness)
        canvas.tool_changed.connect(self.show_tool)
        canvas.combine_changed.connect(self._show_combine)
        canvas.modifier_changed.connect(self._show_modifier)
        self._show_modifier(canvas.tool_controller.modifier)
        canvas.brush_changed.connect(self._show_brush)
        self._show_brush(canvas.tool_controller.brush)
        self.show_tool(canvas.tool_controller.tool)

    def showEvent(self, event: QShowEvent) -> None:
        """Measure the labels: fonts aren't known earlier."""
        super().showEvent(event)
        self._update_preferred_width()

    def changeEvent(self, event: QEvent) -> None:
        """Measure the labels again after a style or font change."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self._update_preferred_width()

    def _update_preferred_width(self) -> None:
        """Reserve the width of the widest tool, so that its neighbors stay in place whichever tool is used."""
        for part in self._tool.findChildren(QWidget):
            part.ensurePolished()
        names = self._name.fontMetrics()
        tools = self._canvas.tool_controller.tools
        widths = {tool_id: names.horizontalAdvance(tool.label) for tool_id, tool in tools.items()}
        for tool_id, panels in self._panels.items():
            for panel in panels:
                if (layout := panel.layout()) is not None:
                    layout.invalidate()
                    widths[tool_id] += _GAP + layout.sizeHint().width()
        self._wanted = max(widths.values()) + 2
        self._fit_tool()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shrink the tool's options in a narrow bar."""
        super().resizeEvent(event)
        self._fit_tool()

    def _fit_tool(self) -> None:
        """Give the tool's options the width of the widest tool, as far as » still fits beside them."""
        room = self.width() - self._tool.x() - _MORE_WIDTH
        self._tool.setFixedWidth(max(_GAP, min(self._wanted, room)))
        # The tool is highlighted beside the canvas, so its name can be left out.
        has_options = bool(self._panels[self._canvas.tool_controller.tool.id])
        self._name.setHidden(has_options and self._wanted > room)

    def _combine_buttons(self) -> dict[BooleanOp, QWidget]:
        """Put each button in its own container and disable that, not the action: actions work with any tool."""
        group = QActionGroup(self)
        places: dict[BooleanOp, QWidget] = {}
        for combine, action in self._combine_actions.items():
            group.addAction(action)
            action.triggered.connect(partial(self._choose_combine, combine))
            made = QToolButton()
            made.setDefaultAction(action)
            made.setFixedSize(27, 27)
            made.setIconSize(QSize(15, 15))
            made.setProperty("kind", "mini")
            made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            places[combine] = place = QWidget()
            inner = QHBoxLayout(place)
            inner.setContentsMargins(0, 0, 0, 0)
            inner.addWidget(made)
        return places

    def _tool_options(self) -> QWidget:
        self._tool = QWidget()
        row = QHBoxLayout(self._tool)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(_GAP)
        self._name = plain_label("", "strong")
        row.addWidget(self._name)
        brush = self._brush_panel()
        row.addWidget(brush)
        for tool in self._canvas.tool_controller.tools.values():
            self._panels[tool.id] = [brush] if tool.uses_brush else []
            if tool.options:
                own = _options_panel(tool)
                row.addWidget(own)
                self._panels[tool.id].append(own)
        row.addStretch(1)
        return self._tool

    def _brush_panel(self) -> QWidget:
        panel, parts = _panel()
        self._size, self._size_label = add_slider(parts, "Size", "Brush size  [ ]", (1, _SLIDER_STEPS), "2000 px")
        self._hardness, self._hardness_label = add_slider(parts, "Hardness", "Brush hardness  { }", (1, 100))
        self.more = BrushOptionsMenu(self._canvas, self)
        tip = "Opacity, spacing, smoothing, pen pressure"
        opener = icon_button("sliders-horizontal", tip, lambda: self.more.popup(_below(opener)), kind="mini", size=16)
        parts.addWidget(opener)
        return panel

    def _mask_toolbar(self, actions: Actions) -> QToolBar:
        """Return the toolbar with commands on the whole mask, aligned right."""
        bar = QToolBar()
        bar.setIconSize(QSize(16, 16))
        space = QWidget()
        space.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        bar.addWidget(space)
        bar.addActions(actions.mask_bar_actions(self._canvas))
        bar.insertAction(actions["mask.clear"], self.amount)
        extension = bar.findChild(QToolButton, "qt_toolbar_ext_button")
        if isinstance(extension, QToolButton):
            extension.setIcon(icon("chevrons-right", "text"))
            extension.setToolTip("More")
        return bar

    def show_tool(self, tool: Tool) -> None:
        """Show the options of another tool."""
        self._name.setText(tool.label)
        shown = self._panels[tool.id]
        for panel in chain.from_iterable(self._panels.values()):
            panel.setVisible(panel in shown)
        self._fit_tool()
        for combine, place in self._combine_holders.items():
            place.setEnabled(combine in tool.combine_choices)
        self._show_combine()

    def _show_combine(self) -> None:
        """Check the mode in effect for the current tool."""
        self._combine_actions[self._canvas.tool_controller.tool.combine].setChecked(True)

    def _choose_combine(self, combine: BooleanOp, _checked: bool = False) -> None:
        self._canvas.set_combine(combine)

    def _show_modifier(self, modifier: CanvasModifier) -> None:
        for combine, action in self._combine_actions.items():
            action.setToolTip(_COMBINE_TIPS[combine].format(modifier.words))

    def _set_size(self, position: int) -> None:
        self._canvas.set_brush(replace(self._canvas.tool_controller.brush, size=brush_size_at(position)))

    def _set_hardness(self, percent: int) -> None:
        self._canvas.set_brush(replace(self._canvas.tool_controller.brush, hardness=percent / 100))

    def _show_brush(self, brush: Brush) -> None:
        for slider, value in ((self._size, slider_position(brush.size)), (self._hardness, round(brush.hardness * 100))):
            slider.blockSignals(True)
            slider.setValue(value)
            slider.blockSignals(False)
        self._size_label.setText(f"{brush.size:.0f} px")
        self._hardness_label.setText(f"{brush.hardness * 100:.0f}%")
