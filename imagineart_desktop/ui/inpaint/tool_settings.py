"""Tool, brush and tool options, kept from one session to the next."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from imagineart_desktop.imaging import Brush
from imagineart_desktop.imaging.mask.brush import MAX_SIZE, MIN_SIZE
from imagineart_desktop.ui.canvas.mask_canvas import MaskCanvas
from imagineart_desktop.ui.canvas.tools import ToolKind
from imagineart_desktop.ui.commands.actions import Actions
from imagineart_desktop.ui.inpaint.options_bar import OptionsBar

_RANGES: dict[str, tuple[float, float]] = {
    "size": (MIN_SIZE, MAX_SIZE),
    "hardness": (0.0, 1.0),
    "opacity": (0.01, 1.0),
    "spacing": (0.01, 2.0),
    "smoothing": (0.0, 1.0),
}


def tool_settings(canvas: MaskCanvas, options: OptionsBar) -> dict[str, Any]:
    """Return the options as a small JSON value."""
    return {
        "tool": canvas.tool_controller.tool.name,
        "brush": asdict(canvas.tool_controller.brush),
        "tolerance": options.tolerance.value(),
        "contiguous": options.contiguous.isChecked(),
        "amount": options.amount.value(),
    }


def restore_tool_settings(kept: object, canvas: MaskCanvas, options: OptionsBar, actions: Actions) -> None:
    """Restore saved options, ignoring invalid values."""
    if not isinstance(kept, dict):
        return
    for tool in ToolKind:
        if tool.name == kept.get("tool"):
            _choose(tool, canvas, options, actions)
    if isinstance(kept.get("brush"), dict):
        canvas.set_brush(_brush(kept["brush"], canvas.tool_controller.brush))
    if isinstance(kept.get("tolerance"), int):
        options.tolerance.setValue(kept["tolerance"])
    if isinstance(kept.get("contiguous"), bool):
        options.contiguous.setChecked(kept["contiguous"])
    if isinstance(kept.get("amount"), int):
        options.amount.set_value(kept["amount"])


def _choose(tool: ToolKind, canvas: MaskCanvas, options: OptionsBar, actions: Actions) -> None:
    """Choose a tool without its action, which is disabled as long as another tab is shown and takes the keyboard."""
    canvas.set_tool(tool)
    options.show_tool(tool)
    actions.tool(tool).setChecked(True)


def _brush(kept: dict[str, Any], otherwise: Brush) -> Brush:
    found: dict[str, Any] = asdict(otherwise)
    for name, before in found.items():
        value = kept.get(name)
        if isinstance(before, bool):
            found[name] = value if isinstance(value, bool) else before
        elif isinstance(value, int | float):
            least, most = _RANGES[name]
            found[name] = min(max(float(value), least), most)
    return Brush(**found)
