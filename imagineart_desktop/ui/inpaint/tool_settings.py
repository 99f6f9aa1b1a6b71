"""Tool, brush and tool options, kept from one session to the next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from itertools import chain
from typing import Any

from imagineart_desktop.imaging import Brush
from imagineart_desktop.imaging.mask.brush import MAX_SIZE, MIN_SIZE
from imagineart_desktop.ui.canvas.mask_canvas import MaskCanvas
from imagineart_desktop.ui.canvas.tools.options import ToolOption
from imagineart_desktop.ui.inpaint.options_bar import OptionsBar

_RANGES: dict[str, tuple[float, float]] = {
    "size": (MIN_SIZE, MAX_SIZE),
    "hardness": (0.0, 1.0),
    "opacity": (0.01, 1.0),
    "spacing": (0.01, 2.0),
    "smoothing": (0.0, 1.0),
}


_FORMER_IDS = {"magnetic": "magnetic lasso", "wand": "magic wand", "smart": "smart select"}
"""Ids of tools by those that earlier versions saved, in upper case."""


def _options(canvas: MaskCanvas) -> Iterator[ToolOption]:
    return chain.from_iterable(tool.options for tool in canvas.tool_controller.tools.values())


def tool_settings(canvas: MaskCanvas, options: OptionsBar) -> dict[str, object]:
    """Return the options as a small JSON value."""
    return {
        "tool": canvas.tool_controller.tool.id,
        "brush": asdict(canvas.tool_controller.brush),
        **{option.id: option.saved() for option in _options(canvas)},
        "amount": options.amount.value(),
    }


def restore_tool_settings(kept: Mapping[str, object], canvas: MaskCanvas, options: OptionsBar) -> None:
    """Restore saved options, ignoring invalid values."""
    tool = str(kept.get("tool")).lower()
    tool = _FORMER_IDS.get(tool, tool)
    if tool in canvas.tool_controller.tools:
        canvas.set_tool(tool)
    brush, amount = kept.get("brush"), kept.get("amount")
    if isinstance(brush, dict):
        canvas.set_brush(_brush(brush, canvas.tool_controller.brush))
    for option in _options(canvas):
        option.restore(kept.get(option.id))
    if isinstance(amount, int) and not isinstance(amount, bool):
        options.amount.set_value(amount)


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
