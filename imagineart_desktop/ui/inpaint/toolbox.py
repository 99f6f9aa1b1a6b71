"""The toolbox at the left, and the keys that change the brush."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QActionGroup, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QToolButton, QWidget

from imagineart_desktop.imaging import Brush
from imagineart_desktop.ui.canvas.mask_canvas import MaskCanvas
from imagineart_desktop.ui.canvas.tools.tool import Tool
from imagineart_desktop.ui.commands.actions import Actions


def _with_opacity(percent: int) -> Callable[[Brush], Brush]:
    return lambda brush: replace(brush, opacity=percent / 100)


_BRUSH_STEPS: dict[str, Callable[[Brush], Brush]] = {
    "brush.smaller": lambda b: replace(b, size=b.size - max(1.0, b.size * 0.1)),
    "brush.larger": lambda b: replace(b, size=b.size + max(1.0, b.size * 0.1)),
    "brush.softer": lambda b: replace(b, hardness=b.hardness - 0.1),
    "brush.harder": lambda b: replace(b, hardness=b.hardness + 0.1),
    "brush.fainter": lambda b: replace(b, opacity=round(max(0.01, b.opacity - 0.1), 2)),
    "brush.stronger": lambda b: replace(b, opacity=round(min(1.0, b.opacity + 0.1), 2)),
    **{f"brush.opacity {percent}": _with_opacity(percent) for percent in range(10, 101, 10)},
}


_MARGIN, _SPACING, _BUTTON = 6, 5, 33
_MAX_COLUMNS = 3


class Toolbox(QWidget):
    """One button per tool, in as many columns as the height requires."""

    def __init__(self, canvas: MaskCanvas, actions: Actions) -> None:
        super().__init__()
        self._canvas = canvas
        self._actions = actions
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(_MARGIN, _MARGIN + 2, _MARGIN, _MARGIN + 2)
        self._grid.setSpacing(_SPACING)
        self._grid.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._buttons: list[QToolButton] = []
        self._columns = 0
        group = QActionGroup(self)
        for tool_id in canvas.tool_controller.tools:
            action = actions.tool(tool_id)
            group.addAction(action)
            action.triggered.connect(partial(self._use, tool_id))
            made = QToolButton()
            made.setProperty("kind", "tool")
            made.setDefaultAction(action)
            made.setFixedSize(_BUTTON, _BUTTON)
            made.setIconSize(QSize(17, 17))
            self._buttons.append(made)
        self._arrange(1)
        for name, step in _BRUSH_STEPS.items():
            actions[name].triggered.connect(partial(self._change_brush, step))
        canvas.tool_changed.connect(self._show_tool)

    def minimumSizeHint(self) -> QSize:
        """Return the height for the maximum number of columns."""
        rows = -(-len(self._buttons) // _MAX_COLUMNS)
        return QSize(self._grid.minimumSize().width(), rows * (_BUTTON + _SPACING) + 2 * _MARGIN)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out the tools in as many columns as needed."""
        super().resizeEvent(event)
        rows = max(1, (event.size().height() - 2 * (_MARGIN + 2) + _SPACING) // (_BUTTON + _SPACING))
        self._arrange(-(-len(self._buttons) // rows))

    def _arrange(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        for place, made in enumerate(self._buttons):
            self._grid.addWidget(made, place // columns, place % columns)
        self.setFixedWidth(columns * (_BUTTON + _SPACING) - _SPACING + 2 * _MARGIN)

    def _use(self, tool_id: str, _checked: bool = False) -> None:
        self._canvas.set_tool(tool_id)
        self._canvas.setFocus()

    def _show_tool(self, tool: Tool) -> None:
        """Check the tool's action, which doesn't use the tool again."""
        self._actions.tool(tool.id).setChecked(True)

    def _change_brush(self, step: Callable[[Brush], Brush], _checked: bool = False) -> None:
        self._canvas.set_brush(step(self._canvas.tool_controller.brush))
